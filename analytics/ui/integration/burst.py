"""Burst: many realistic events, with progress and a stop."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import streamlit as st

from analytics.sending.answer import Answer
from analytics.sending.trouble import Failure
from analytics.simulation import simulate
from analytics.ui.browser.session import Key
from analytics.ui.integration.connection import Connection
from analytics.ui.integration.exchange import draw_failure, format_milliseconds
from analytics.words import display, integration_tabs

_DAYS = 7
_SIZES = (100, 1_000, 10_000, 100_000)
_BATCH = 500
_ATTEMPTS = 4


@dataclass(frozen=True)
class _Burst:
    """The progress of a burst; `slowest` is the longest time to an answer, in seconds."""

    wanted: int
    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    failure: Failure | None = None

    def after(self, answer: Answer, sent: int, seconds: float) -> "_Burst":
        """Return the burst after one more answer."""
        return replace(
            self,
            sent=self.sent + sent,
            accepted=self.accepted + answer.accepted,
            duplicates=self.duplicates + answer.duplicates,
            rejected=self.rejected + answer.rejected,
            seconds=seconds,
            slowest=max(self.slowest, answer.seconds),
            failure=answer.failure,
        )


def draw(connection: Connection | None) -> None:
    """Draw the tab."""
    st.markdown(integration_tabs.burst(_DAYS, _BATCH))
    wanted = st.segmented_control(
        "How many events", _SIZES, default=1_000, format_func=display.count, key="burst_size", required=True
    )
    place = st.empty()
    if place.button("Send them", type="primary", icon=":material/rocket_launch:", disabled=connection is None):
        place.button("Stop", icon=":material/stop_circle:")  # another run of the script ends this one
        _run(connection, wanted)  # type: ignore[arg-type]
        st.rerun()
    if burst := st.session_state.get(Key.TEST_BURST):
        _draw_result(burst)


def _run(connection: Connection, wanted: int) -> None:
    burst = _Burst(wanted)
    bar = st.progress(0.0, "Sending")
    began = time.monotonic()
    with connection.client(_ATTEMPTS) as client:
        for events in _batches(wanted):
            answer = client.send(events)
            burst = burst.after(answer, len(events), time.monotonic() - began)
            st.session_state[Key.TEST_BURST] = burst
            if answer.failure:
                break
            bar.progress(burst.sent / wanted, f"{display.count(burst.sent)} of {display.count(wanted)} sent")


def _batches(wanted: int) -> Iterator[list[bytes]]:
    """Yield batches of test events from days that are over."""
    start = datetime.now(UTC).date() - timedelta(days=_DAYS + 1)
    events: list[bytes] = []
    for block in simulate(wanted, seed=secrets.randbelow(2**31), start=start, days=_DAYS):
        for line in block.splitlines():
            events.append(line.replace(b'"context":{', b'"context":{"test":true,', 1))
            if len(events) == _BATCH:
                yield events
                events = []
    if events:
        yield events


def _draw_result(burst: _Burst) -> None:
    if burst.failure:
        draw_failure(burst.failure)
    found = (
        f"{display.count(burst.accepted)} accepted, {display.with_noun(burst.duplicates, 'duplicate')}, "
        f"{display.count(burst.rejected)} rejected · {display.count(burst.sent / burst.seconds)} events/s, "
        f"the slowest answer took {format_milliseconds(burst.slowest)}"
    )
    sent, wanted = display.count(burst.sent), display.count(burst.wanted)
    if burst.sent == burst.wanted and not burst.failure:
        st.success(f"**{sent} events sent:** {found}", icon=":material/check_circle:")
    else:
        st.warning(f"**Stopped after {sent} of {wanted} events:** {found}", icon=":material/stop_circle:")
