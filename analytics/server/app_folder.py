"""Where the app's script lies, with its pages and its options beside it, and how its commands are called there."""

from pathlib import Path

_PACKED = Path(__file__).parents[1] / "app"  # what pyproject.toml calls it in a wheel


def app_folder() -> Path:
    """Return the folder of `streamlit_app.py`, `pages` and `.streamlit`: the checkout, or its copy in a wheel."""
    return _PACKED if _PACKED.is_dir() else _PACKED.parents[1]


def shell_command(arguments: str) -> str:
    """Return how `analytics` is called with arguments in a shell: in a checkout, uv knows where it is."""
    return f"analytics {arguments}" if _PACKED.is_dir() else f"uv run analytics {arguments}"
