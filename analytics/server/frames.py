"""What pages may send over their socket to Streamlit: what this app uses, and nothing that would hurt others.

Streamlit also takes messages that clear the caches of all sessions, read the state of the repository, or write files
beside the app's; its front end has buttons for them that we do not show.
"""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

TAKEN = frozenset({"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"})
"""The kinds of messages that go on to Streamlit."""
OPERATIONS_TAKEN = frozenset({"deferred_file", "dataframe_chunk"})
"""What may be asked of the server: a download that is made when it is clicked, and more rows of a table."""
MOST_FILES = 1_000
"""Files that may be announced at once; each costs an address."""

_PROTOCOL_ERROR = 1002


class KnownFrames:
    """Drops messages of other kinds, and closes a connection that sends anything else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a connection, with those of its messages that are taken."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        closed = False

        async def receive_taken() -> Message:
            nonlocal closed
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                try:
                    if _is_taken(BackMsg.FromString(message.get("bytes") or b"")):
                        return message
                except DecodeError:
                    closed = True
                    await send({"type": "websocket.close", "code": _PROTOCOL_ERROR})
                    return {"type": "websocket.disconnect", "code": _PROTOCOL_ERROR}

        async def send_while_open(message: Message) -> None:
            if not closed:
                await send(message)

        await self.app(scope, receive_taken, send_while_open)


def _is_taken(message: BackMsg) -> bool:
    match kind := message.WhichOneof("type"):
        case "backend_operation_request":
            return message.backend_operation_request.WhichOneof("payload") in OPERATIONS_TAKEN
        case "file_urls_request":
            return len(message.file_urls_request.file_names) <= MOST_FILES
        case _:
            return kind in TAKEN
