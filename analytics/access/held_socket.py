"""One page's socket, held for as long as its session stands and its person's roles stay as they are."""

import asyncio
from contextlib import suppress

from google.protobuf.message import DecodeError
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from analytics.access.belongings import Belongings
from analytics.access.standing import FRESH_SECONDS, Standing, Visitor
from analytics.store.database import StoreError

_POLICY_VIOLATION = 1008
_PROTOCOLS = b"sec-websocket-protocol"

AWAY, ANEW = "/auth/signed-out", "/"
"""Where a page goes whose session has ended, and one whose person has other roles now."""


class HeldSocket:
    """Passes on what a page says and hears, until it has to go."""

    def __init__(self, app: ASGIApp, standing: Standing, belongings: Belongings, visitor: Visitor) -> None:
        self._app = app
        self._standing = standing
        self._belongings = belongings
        self._visitor = visitor
        self._page: str | None = None
        self._gone = asyncio.Event()
        self._leaving = asyncio.ensure_future(self._gone.wait())
        self._accepted = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the socket until the page leaves or is sent away."""
        digest = self._visitor.digest
        self._standing.open(digest)
        watching = asyncio.create_task(self._watch(send))
        try:
            await self._app(self._without_foreign_page(scope), self._hear(receive), self._tell(send))
        finally:
            watching.cancel()
            self._leaving.cancel()
            self._standing.close(digest)

    async def _watch(self, send: Send) -> None:
        while True:
            await asyncio.sleep(FRESH_SECONDS)
            where = await self._where_to()
            if where:
                break
        self._gone.set()
        if self._accepted:
            message = ForwardMsg()
            message.auth_redirect.url = where
            with suppress(OSError, RuntimeError):  # it has left by itself
                await send({"type": "websocket.send", "bytes": message.SerializeToString()})
                await send({"type": "websocket.close", "code": _POLICY_VIOLATION})

    async def _where_to(self) -> str | None:
        """Return where the page has to go; None if it may stay."""
        try:
            now = await run_in_threadpool(self._standing.find_digest, self._visitor.digest)
        except StoreError:
            return None  # who was let in stays
        if now is None:
            return AWAY
        return ANEW if now.person.grants != self._visitor.person.grants else None

    def _hear(self, receive: Receive) -> Receive:
        async def hear() -> Message:
            if self._gone.is_set():
                return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
            coming = asyncio.ensure_future(receive())
            try:
                await asyncio.wait({coming, self._leaving}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
            finally:
                coming.cancel()  # which does nothing to what is done
            message = coming.result()
            if _is_of_a_person(message) and self._standing.is_to_note(self._visitor.digest):
                await self._note_seen()
            return message

        return hear

    async def _note_seen(self) -> None:
        try:
            await run_in_threadpool(self._standing.sessions().note_seen, [self._visitor.digest])
        except StoreError:
            return  # the page says so

    def _tell(self, send: Send) -> Send:
        async def tell(message: Message) -> None:
            if self._gone.is_set():
                return
            if message["type"] == "websocket.accept":
                self._accepted = True
            elif said := message.get("bytes"):
                self._belongings.note_files(said, self._visitor.person.id)
                if self._page is None:
                    self._learn_page(said)
            await send(message)

        return tell

    def _learn_page(self, said: bytes) -> None:
        """Note whose the page is; Streamlit names it in one of the first things that it says."""
        message = ForwardMsg.FromString(said)
        if message.WhichOneof("type") == "new_session":
            self._page = message.new_session.initialize.session_id
            self._belongings.note_page(self._page, self._visitor.person.id)

    def _without_foreign_page(self, scope: Scope) -> Scope:
        """Return the request without the page that it wants to go on with, if that is another person's."""
        headers = []
        person = self._visitor.person.id
        for name, value in scope["headers"]:
            parts = value.split(b",") if name == _PROTOCOLS else []
            foreign = len(parts) > 2 and not self._belongings.is_page_of(parts[2].strip().decode("latin-1"), person)
            headers.append((name, b",".join(parts[:2]) if foreign else value))
        return {**scope, "headers": headers, "subprotocols": scope.get("subprotocols", [])[:2]}


def _is_of_a_person(message: Message) -> bool:
    """Return whether a message comes of something that somebody did, rather than of a timer."""
    if message["type"] != "websocket.receive":
        return False
    try:
        said = BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:
        return False  # which is dealt with behind
    kind = said.WhichOneof("type")
    return kind == "backend_operation_request" or (kind == "rerun_script" and not said.rerun_script.is_auto_rerun)
