"""Errors of the dashboard's server, told in one line of the log each, as the collector's are."""

import logging

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)


class LoggedFaults:
    """Answers where an app fails, and lets go of clients that have left; no error is left to the server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except (ClientDisconnect, ConnectionError):
            log.info("A client left before it was answered")
        except Exception:
            if scope["type"] == "lifespan":
                raise
            log.exception("A request could not be answered")
            if scope["type"] == "http" and not begun:
                await PlainTextResponse("The request could not be answered.", 500)(scope, receive, send)
