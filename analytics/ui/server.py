"""What is served beside the pages: the topology of the country map, from this machine."""

from pathlib import Path

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

MAIN_SCRIPT = Path(__file__).with_name("main.py")
PAGES = Path(__file__).parents[2] / "pages"
MAP_PATH = "/map"


def routes() -> list[BaseRoute]:
    """Return the routes mounted beside Streamlit's own."""
    return [Mount(MAP_PATH, app=StaticFiles(directory=Path(__file__).with_name("static")))]
