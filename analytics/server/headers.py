"""What browsers are told about each answer of the dashboard: what its pages may load, and who may show them."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'{socket}; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # an address holds filters
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_A_YEAR = "max-age=31536000"
_HOST = re.compile(r"[\w.:\[\]-]+", re.ASCII)


class SafeHeaders:
    """Adds these headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, and add the headers to what is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_headers(scope))
            await send(message)

        await self.app(scope, receive, adding)


def _headers(scope: Scope) -> dict[str, str]:
    secure = scope["scheme"] == "https"
    host = Headers(scope=scope).get("host", "")
    socket = f" {'wss' if secure else 'ws'}://{host}" if _HOST.fullmatch(host) else ""
    policy = _POLICY.format(socket=socket)
    return {"Content-Security-Policy": policy, **_ALWAYS, **({"Strict-Transport-Security": _A_YEAR} if secure else {})}
