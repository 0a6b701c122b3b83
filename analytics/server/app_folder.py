"""Where the app's script lies, with its pages and its options beside it."""

from pathlib import Path


def app_folder() -> Path:
    """Return the folder of `streamlit_app.py`, `pages` and `.streamlit`: the checkout, or its copy in a wheel."""
    package = Path(__file__).parents[1]
    packed = package / "app"  # pyproject.toml says so
    return packed if packed.is_dir() else package.parent
