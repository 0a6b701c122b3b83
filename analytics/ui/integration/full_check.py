"""Full check: one button, and a tick for each promise that holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.events import samples
from analytics.live.follower import Follower
from analytics.live.followers import followers
from analytics.sending.client import batch
from analytics.store.event_store import open_store
from analytics.store.projects import Project
from analytics.ui.browser.session import Key
from analytics.ui.data.datasets import STORED
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import tables
from analytics.ui.elements.explanation import describe_reading
from analytics.ui.elements.opening import explore_button
from analytics.ui.filters.looked_at import current_time_zone
from analytics.ui.integration import exchange
from analytics.ui.integration.check import (
    PROMISES,
    Move,
    Tick,
    check_sending,
    check_showing,
    compare_metrics,
    view_last_day,
)
from analytics.ui.integration.connection import Connection
from analytics.words import display, integration_tabs
from analytics.words.escape import for_markdown

_APART = "Keep them out of reports"
_COUNTED = "Count them like real traffic"


@dataclass(frozen=True)
class _Result:
    """The request and the result of a check; without a project the dashboard could not be checked."""

    url: str
    body: bytes
    ticks: list[Tick]
    moved: list[Move]
    project: Project | None
    counted: bool


def draw(connection: Connection | None) -> None:
    """Draw the tab."""
    st.markdown(integration_tabs.FULL_CHECK)
    choice = st.radio(
        "What should the dashboard do with these seven events?",
        [_APART, _COUNTED],
        captions=[
            integration_tabs.APART,
            integration_tabs.COUNTED,
        ],
        key="check_counted",
        persist_state="session",
    )
    run = st.button("Run full check", type="primary", icon=":material/checklist:", disabled=connection is None)
    if run and connection:
        with _ticks_container():
            st.session_state[Key.TEST_FULL_CHECK] = _run(connection, counted=choice == _COUNTED)
        st.rerun()
    if result := st.session_state.get(Key.TEST_FULL_CHECK):
        with _ticks_container():
            _draw_ticks(result)
        _draw_moves(result)
        exchange.draw_request(result.url, result.body)


def _ticks_container() -> DeltaGenerator:
    return st.container(key="ticks", gap="xsmall")


def _run(connection: Connection, *, counted: bool) -> _Result:
    """Run the check, drawing each tick as it comes."""
    events = samples.make_conversation(test=not counted)
    ticks: list[Tick] = []
    lines = [st.empty() for _ in PROMISES]
    for line, promise in zip(lines, PROMISES, strict=True):
        line.markdown(_describe_open(promise, "not checked yet"))
    moved: list[Move] = []
    with catch_store_errors(lambda text: ticks.append(Tick(False, text))):
        for tick in _check_all(connection, events, moved, counted=counted):
            lines[len(ticks)].markdown(_describe_tick(PROMISES[len(ticks)], tick))
            ticks.append(tick)
    return _Result(connection.shown, batch(samples.as_json(events)), ticks, moved, connection.project, counted)


def _check_all(
    connection: Connection, events: list[samples.Event], moved: list[Move], *, counted: bool
) -> Iterator[Tick]:
    """Yield the ticks; at the end the metrics are put into `moved`."""
    zone = current_time_zone()
    live = _follow_project(connection.project)
    before = live.look() if live else None
    sent: list[Tick] = []
    with connection.client() as client:
        for tick in check_sending(client, events):
            sent.append(tick)
            yield tick
    if live is None or before is None or len(sent) < 5 or not sent[-1].kept:
        return
    yield from check_showing(live.look, events)
    now = datetime.now(UTC)
    moved += compare_metrics(
        view_last_day(before, now, zone, test=not counted),
        view_last_day(live.look(), now, zone, test=not counted),
    )


def _follow_project(project: Project | None) -> Follower | None:
    return followers().of(open_store(), project) if project else None


def _draw_ticks(result: _Result) -> None:
    for promise, tick in zip_longest(PROMISES, result.ticks):
        if tick:
            st.markdown(_describe_tick(promise, tick))
        elif result.project or not all(tick.kept for tick in result.ticks):
            st.markdown(_describe_open(promise, integration_tabs.NOT_REACHED))
        else:
            st.markdown(_describe_open(promise, integration_tabs.ELSEWHERE))
    if len(result.ticks) == len(PROMISES) and all(tick.kept for tick in result.ticks):
        st.success(integration_tabs.ALL_HOLD, icon=":material/verified:")


def _describe_tick(promise: str, tick: Tick) -> str:
    icon = ":green[:material/check_circle:]" if tick.kept else ":red[:material/cancel:]"
    return f"{icon} **{promise}** · {for_markdown(tick.finding)}"


def _describe_open(promise: str, why: str) -> str:
    return f":gray[:material/radio_button_unchecked:] {promise} · {why}"


def _draw_moves(result: _Result) -> None:
    if not result.moved:
        return
    moved = sum(move.moved for move in result.moved)
    st.subheader(f"{moved} of {len(result.moved)} numbers changed")
    included = "" if result.counted else ", test events included"
    st.caption(f"These numbers are of the last 24 hours{included}. {integration_tabs.MOVED}")
    frame = pd.DataFrame(
        {
            "Metric": [move.metric.label for move in result.moved],
            "Before": [describe_reading(move.metric, move.before) for move in result.moved],
            "After": [describe_reading(move.metric, move.after) for move in result.moved],
            "Changed": ["yes" if move.moved else display.NO_VALUE for move in result.moved],
        }
    )
    tables.show(frame, alt="All metrics before and after the check")
    if result.counted and result.project:
        icon = ":material/dashboard:"
        explore_button("Open the dashboard", STORED, project=result.project.name, type="primary", icon=icon)
    else:
        st.caption(integration_tabs.TESTS_HIDDEN)
