"""What is served beside the pages, and to whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics.server.faults import LoggedFaults
from analytics.server.forwarded import BelievedProxies
from analytics.server.frames import KnownFrames
from analytics.server.front_end import FrontEnd
from analytics.server.headers import SafeHeaders
from analytics.server.loopback import PROXIED, THIS_MACHINE, came_through_proxy, is_loopback, refuse_address

MAIN_SCRIPT = Path(__file__).parents[1] / "ui" / "main.py"
MAP_PATH = "/map"


def routes() -> list[BaseRoute]:
    """Return the routes mounted beside Streamlit's own: the topology of the country map."""
    return [Mount(MAP_PATH, app=StaticFiles(directory=Path(__file__).with_name("static")))]


def _trusts_nobody(_: str) -> bool:
    return False


@dataclass(frozen=True)
class Passing:
    """Which requests pass: from this machine alone or from `outside` too, and under which further names and origins.

    `trusts` says whether the proxy at an address is believed.
    """

    outside: bool = False
    trusts: Callable[[str], bool] = _trusts_nobody
    hosts: Sequence[str] = ()
    origins: Sequence[str] = ()


def middleware(passing: Passing | None = None, *gate: Middleware) -> list[Middleware]:
    """Return the middleware before all routes: only this machine, under its own names, and its own pages pass.

    Without it, a foreign web page could reach the app through a host name of its own that leads to 127.0.0.1, or open a
    connection to the app from its visitor's browser. A `gate` stands before all that answers.
    """
    bound, passing = st.get_option("server.address"), passing or Passing()
    names = ["localhost", THIS_MACHINE, "[::1]", *([bound] if bound else []), *passing.hosts]
    return [
        Middleware(BelievedProxies, trusts=passing.trusts),
        Middleware(SafeHeaders),
        Middleware(LoggedFaults),
        *([] if passing.outside else [Middleware(ThisMachineOnly)]),
        Middleware(TrustedHostMiddleware, allowed_hosts=names),
        Middleware(OwnOriginOnly, origins=passing.origins),
        *gate,
        Middleware(HiddenPath, path="/_stcore/metrics"),
        Middleware(KnownFrames),
        Middleware(FrontEnd),
    ]


def refuse_start() -> str | None:
    """Return why the app may not be served where Streamlit was told to, in a sentence; None if it may."""
    return refuse_address(st.get_option("server.address") or "") or refuse_address(
        st.get_option("browser.serverAddress")
    )


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


class ThisMachineOnly:
    """Refuses requests that come from elsewhere: to an address that others reach, or through a proxy.

    Where Streamlit itself may listen is checked at the start: see `refuse_start`. Another server may be put around it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request or answer it with 403."""
        if scope["type"] == "lifespan" or self._is_own(scope):
            await self.app(scope, receive, send)
        else:
            await _refuse(PROXIED, scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        reached_at = scope.get("server")
        return not came_through_proxy(scope["headers"]) and (not reached_at or is_loopback(reached_at[0]))


class OwnOriginOnly:
    """Refuses requests from pages of other origins. Programs other than browsers send no origin, and pass.

    An origin is the scheme, the host and the port. Streamlit looks at the host alone, and where it is another, looks up
    this machine's external address on the internet.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str] = ()) -> None:
        self.app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request or answer it with 403."""
        if scope["type"] == "lifespan" or self._is_own(scope):
            await self.app(scope, receive, send)
        else:
            await _refuse("Requests from pages of other origins are refused.", scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        secure = scope["scheme"] in ("https", "wss")
        own = f"{'https' if secure else 'http'}://{Headers(scope=scope).get('host', '')}"
        return all(origin.decode("latin-1") in (own, *self._origins) for origin in origins)


async def _refuse(why: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse(why, 403)(scope, receive, send)


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
