"""What is served beside the pages, and to whom."""

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics.server.faults import LoggedFaults
from analytics.server.frames import KnownFrames
from analytics.server.front_end import FrontEnd
from analytics.server.headers import SafeHeaders

MAIN_SCRIPT = Path(__file__).parents[1] / "ui" / "main.py"
MAP_PATH = "/map"


def routes() -> list[BaseRoute]:
    """Return the routes mounted beside Streamlit's own: the topology of the country map."""
    return [Mount(MAP_PATH, app=StaticFiles(directory=Path(__file__).with_name("static")))]


def middleware() -> list[Middleware]:
    """Return the middleware before all routes: only requests to the configured host, or to this machine, pass.

    Without it, a foreign web page could reach the app through a host name of its own that leads to 127.0.0.1, or open a
    connection to the app from its visitor's browser.
    """
    named = [st.get_option("browser.serverAddress")] if st.get_option("browser.serverAddress") else []
    bound = [st.get_option("server.address")] if st.get_option("server.address") else []
    return [
        Middleware(SafeHeaders),
        Middleware(LoggedFaults),
        Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]", *bound, *named]),
        Middleware(OwnOriginOnly, hosts=["localhost", "127.0.0.1", *named]),
        Middleware(HiddenPath, path="/_stcore/metrics"),
        Middleware(KnownFrames),
        Middleware(FrontEnd),
    ]


class MountedApp:
    """Serves an app below a path, and another everywhere else."""

    def __init__(self, app: ASGIApp, path: str, served: ASGIApp) -> None:
        self._app = app
        self._path = path
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to one app or the other."""
        if scope["type"] == "http" and f"{scope['path']}/".startswith(f"{self._path}/"):
            await self._served({**scope, "root_path": self._path}, receive, send)
        else:
            await self._app(scope, receive, send)


class OwnOriginOnly:
    """Refuses requests from pages of other hosts. Programs other than browsers send no origin, and pass.

    Streamlit refuses them, too, but first looks up this machine's external address on the internet. It does not do so
    for an origin that equals the requested host, and neither for those `hosts`.
    """

    def __init__(self, app: ASGIApp, hosts: list[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request or answer it with 403."""
        if scope["type"] == "lifespan" or self._is_own(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("Requests from pages of other hosts are refused.", 403)(scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        if all(name != b"origin" for name, _ in scope["headers"]):
            return True
        headers = Headers(scope=scope)
        origin = headers["origin"]
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        return parts.netloc == headers.get("host") or parts.hostname in self.hosts


class HiddenPath:
    """Answers a path as if it did not exist. Otherwise Streamlit would show its measurements to anybody."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self.app = app
        self.path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request or answer it with 404."""
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith(self.path):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)
