"""What a proxy says about who sent a request: believed of those that are trusted, and of nobody else."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_SCHEMES = {
    ("http", "https"): "https",
    ("websocket", "https"): "wss",
    ("http", "http"): "http",
    ("websocket", "http"): "ws",
}


class BelievedProxies:
    """Takes the scheme and the address of the sender from `X-Forwarded-Proto` and `X-Forwarded-For`.

    Of several addresses the last that no trusted proxy has counts: those before it are what the sender says.
    """

    def __init__(self, app: ASGIApp, trusts: Callable[[str], bool]) -> None:
        self.app = app
        self._trusts = trusts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request."""
        if scope["type"] != "lifespan" and scope.get("client") and self._trusts(scope["client"][0]):
            scope = self._believe(scope)
        await self.app(scope, receive, send)

    def _believe(self, scope: Scope) -> Scope:
        headers = Headers(scope=scope)
        said = headers.get("x-forwarded-proto", "").strip().lower()
        scheme = _SCHEMES.get((scope["type"], said), scope["scheme"])
        path = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
        sender = next((address for address in reversed(path) if not self._trusts(address)), None)
        return {**scope, "scheme": scheme, **({"client": (sender, 0)} if sender else {})}
