"""A tab without a browser: it asks for a page and runs the timers of its parts, as Streamlit's front end does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect


class Tab:
    """What a tab shows: the numbers of its cards by their label, as they came, and its warnings and errors."""

    def __init__(self, socket: ClientConnection) -> None:
        self.whole_pages = 0
        self.numbers: dict[str, list[str]] = {}
        self._alerts: list[tuple[str, str]] = []  # the part that each stands in, and its text
        self._socket = socket
        self._hash = ""
        self._timers: dict[str, tuple[float, float]] = {}
        self._asked: dict[str, tuple[float, float]] = {}
        self._running: str | None = None
        self._heard: list[tuple[str, str]] = []
        self._ask()

    @property
    def alerts(self) -> list[str]:
        """The warnings and errors that stand on the page."""
        return [text for _, text in self._alerts]

    def look(self, seconds: float) -> None:
        """Look at the page for some seconds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._running is None:
                self._ask_for_what_is_due()
            try:
                self._hear(ForwardMsg.FromString(bytes(self._socket.recv(timeout=0.1))))
            except TimeoutError:
                continue

    def _ask(self, part: str = "") -> None:
        run = {"query_string": "period=all", "fragment_id": part, "is_auto_rerun": bool(part)}
        message = BackMsg(rerun_script={**run, "page_script_hash": self._hash})
        self._running = part
        self._socket.send(message.SerializeToString())

    def _ask_for_what_is_due(self) -> None:
        now = time.monotonic()
        for part, (interval, at) in self._timers.items():
            if at <= now:
                self._timers[part] = interval, now + interval
                self._ask(part)
                return

    def _hear(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "auto_rerun":
            asked = message.auto_rerun
            self._asked[asked.fragment_id] = asked.interval, time.monotonic() + asked.interval
        elif kind == "delta":
            self._hear_delta(message.delta)
        elif kind == "script_finished":
            self._hear_end(message.script_finished)

    def _hear_delta(self, delta: Delta) -> None:
        element = delta.new_element
        if element.WhichOneof("type") == "metric":
            self.numbers.setdefault(element.metric.label, []).append(element.metric.body)
        elif element.WhichOneof("type") == "alert":
            self._heard.append((delta.fragment_id, element.alert.body))

    def _hear_end(self, status: int) -> None:
        whole = status == ForwardMsg.FINISHED_SUCCESSFULLY
        if whole:
            self.whole_pages += 1
            self._timers, self._asked = self._asked, {}
            self._alerts = self._heard
        elif self._running:
            self._alerts = [alert for alert in self._alerts if alert[0] != self._running] + self._heard
        if status != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._running, self._heard = None, []


@contextmanager
def open_tab(address: str) -> Iterator[Tab]:
    """Yield a tab that shows Overview, of all time."""
    stream = f"{address.replace('http', 'ws')}/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        yield Tab(socket)
