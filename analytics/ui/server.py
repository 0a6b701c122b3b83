"""What is served beside the pages, and to whom."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

MAIN_SCRIPT = Path(__file__).with_name("main.py")
MAP_PATH = "/map"


def routes() -> list[BaseRoute]:
    """Return the routes mounted beside Streamlit's own: the topology of the country map."""
    return [Mount(MAP_PATH, app=StaticFiles(directory=Path(__file__).with_name("static")))]


def middleware() -> list[Middleware]:
    """Return what stands before all routes: only requests to the host that was set, or to this machine.

    Without it, a foreign web page could reach the app through a name of its own that leads to 127.0.0.1.
    """
    hosts = [name for name in (st.get_option("server.address"), st.get_option("browser.serverAddress")) if name]
    return [Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]", *hosts])]
