"""The gate before all of Streamlit: nothing of the dashboard answers without a session that stands.

It uses Streamlit's own routes of signing in, wraps the answer to who comes back from the provider, and holds each
socket: within seconds of the end of its session it sends the page elsewhere and closes.
"""

from urllib.parse import quote, unquote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import encode_provider_token

from analytics.access.arriving import NotLetInError, let_in
from analytics.access.belongings import Belongings
from analytics.access.cookies import (
    BACK,
    COOKIES,
    PLAIN,
    SECURE,
    make_cookie,
    read_claims,
    read_cookies,
    secure_cookies,
)
from analytics.access.entrance import SignIn
from analytics.access.held_socket import HeldSocket
from analytics.access.standing import Standing, Visitor
from analytics.access.told import tell_away, tell_no_user, tell_refused, tell_signed_out
from analytics.store.database import StoreError
from analytics.store.write_keys import digest_key

LOGIN, CALLBACK = "/auth/login", "/oauth2callback"
SIGN_OUT, SIGNED_OUT = "/auth/sign-out", "/auth/signed-out"
HEALTH = "/_stcore/health"
_BACK_SECONDS = 600
_LONGEST_BACK = 3_000


class Gate:
    """Lets in whoever has a session, and leads others to the provider."""

    def __init__(self, app: ASGIApp, sign_in: SignIn, standing: Standing) -> None:
        self.app = app
        self._sign_in = sign_in
        self._standing = standing
        self._belongings = Belongings()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or pass it on."""
        match scope["type"]:
            case "http":
                await self._answer(scope, receive, self._safely(send))
            case "websocket":
                await self._hold(scope, receive, send)
            case _:
                await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["path"]:
            case path if path in (LOGIN, HEALTH):
                await self.app(scope, receive, send)
            case path if path == CALLBACK:
                await (await self._arrive(scope, receive))(scope, receive, send)
            case path if path == SIGN_OUT:
                await (await self._sign_out(scope))(scope, receive, send)
            case path if path == SIGNED_OUT:
                await tell_signed_out()(scope, receive, send)
            case _:
                await self._answer_visitor(scope, receive, send)

    async def _answer_visitor(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            visitor = await self._find(scope)
        except StoreError:
            await tell_away()(scope, receive, send)
            return
        if visitor is None:
            await self._lead_to_provider(scope)(scope, receive, send)
        elif self._belongings.are_of(visitor.person.id, scope["path"]):
            await self.app(scope, receive, self._belongings.uncached(scope["path"], send))
        else:
            await PlainTextResponse("This belongs to somebody else.", 403)(scope, receive, send)

    async def _hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            visitor = await self._find(scope)
        except StoreError:
            visitor = None
        if visitor is None:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await HeldSocket(self.app, self._standing, self._belongings, visitor)(scope, receive, send)

    async def _find(self, scope: Scope) -> Visitor | None:
        secret = _session_cookie(scope)
        return await run_in_threadpool(self._standing.find, secret) if secret else None

    def _lead_to_provider(self, scope: Scope) -> Response:
        """Answer somebody without a session: a page leads to the provider, all else is refused."""
        if scope["method"] != "GET" or "text/html" not in Headers(scope=scope).get("accept", ""):
            return PlainTextResponse("Sign in first.", 401)
        answer = RedirectResponse(f"{LOGIN}?{urlencode({'provider': encode_provider_token('default')})}", 302)
        wanted = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        value = quote(wanted, safe="")
        if len(value) <= _LONGEST_BACK:
            secure = self._sign_in.is_secure
            answer.raw_headers.append(make_cookie(BACK, value, secure=secure, seconds=_BACK_SECONDS))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def _arrive(self, scope: Scope, receive: Receive) -> Response:
        """Have Streamlit ask the provider who comes back, and begin a session for them or say why not."""
        headers: list[tuple[bytes, bytes]] = []

        async def listen(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers.extend(message["headers"])

        await self.app(scope, receive, listen)
        claims = read_claims(headers)
        if claims is None:
            return tell_no_user()
        secure = self._sign_in.is_secure
        try:
            secret = await run_in_threadpool(let_in, claims, self._sign_in, self._standing, _address(scope))
        except NotLetInError as error:
            return tell_refused(str(error))
        except StoreError:
            return tell_away()
        answer = RedirectResponse(_way_back(scope), 302)
        seconds = int(self._standing.longest.total_seconds())
        answer.raw_headers += [
            *(header for header in headers if header[0].lower() == b"set-cookie"),
            make_cookie(SECURE if secure else PLAIN, secret, secure=secure, seconds=seconds),
            make_cookie(BACK, "", secure=secure, seconds=0),
        ]
        return answer

    async def _sign_out(self, scope: Scope) -> Response:
        if secret := _session_cookie(scope):
            digest = digest_key(secret)
            try:
                await run_in_threadpool(self._standing.sessions().end, digest, _address(scope))
            except StoreError:
                return tell_away()
            self._standing.forget(digest)
        answer = RedirectResponse(SIGNED_OUT, 302)
        secure = self._sign_in.is_secure
        answer.raw_headers.append(make_cookie(SECURE if secure else PLAIN, "", secure=secure, seconds=0))
        return answer

    def _safely(self, send: Send) -> Send:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = secure_cookies(message["headers"], secure=self._sign_in.is_secure)
                message = {**message, "headers": found}
            await send(message)

        return send_safely


def _session_cookie(scope: Scope) -> str | None:
    cookies = read_cookies(Headers(scope=scope))
    return next((cookies[name] for name in COOKIES if cookies.get(name)), None)


def _way_back(scope: Scope) -> str:
    """Return where somebody wanted to go, if it is an address here."""
    wanted = unquote(read_cookies(Headers(scope=scope)).get(BACK, ""))
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if inside else "/"


def _address(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else "unknown"
