"""Waiting now: a table whose times move on while somebody looks at it."""

from datetime import UTC, datetime
from functools import partial

import pandas as pd
import streamlit as st

from analytics.events.timestamps import to_microseconds
from analytics.metrics.filters import Filter
from analytics.metrics.tally import Page
from analytics.metrics.waiting import WaitingList, count_running, count_waiting_now, list_waiting
from analytics.ui.browser import dialogs
from analytics.ui.data.preferences import agent_name, show_customer
from analytics.ui.data.view import View
from analytics.ui.elements import tables
from analytics.ui.elements.case_links import OPENING, open_case, secret_of_keys
from analytics.ui.elements.following import draw_following
from analytics.ui.elements.tables import TickableRows
from analytics.words import display, headlines
from analytics.words.countries import country_name
from analytics.words.wait_kinds import Wait

MOST_SHOWN = 500
_NAME = "Who waits now, the most urgent first"
_WINDOW_PASSED = "passed: template only"


def waiting_list(view: View, wait: Wait) -> WaitingList:
    """Return what lists who waits in this second; in a file "now" is the time of its newest event."""
    now = to_microseconds(datetime.now(UTC).replace(microsecond=0)) if view.live else None
    return WaitingList(wait.kind, now, secret_of_keys())


def write_headline(view: View, wait: Wait, asked: WaitingList) -> str:
    """Return how many wait, and how many leave the reply window soon."""
    return headlines.waiting_now(view.ask(count_waiting_now, asked), wait)


def draw(view: View, wait: Wait, headline: str) -> None:
    """Draw who waits, the most urgent first; when the page's `headline` is no longer true, draw the page again."""
    draw_following(partial(_draw_table, wait=wait, headline=headline), view)
    if not view.live:
        st.caption("These data are not live: “now” is when their newest event happened.")


def _draw_table(view: View, wait: Wait, headline: str) -> None:
    asked = waiting_list(view, wait)
    if write_headline(view, wait, asked) != headline and not dialogs.is_open():
        st.rerun()
    waiting = view.ask(list_waiting, Page(0, MOST_SHOWN), asked)
    if not waiting.count:
        _draw_nobody(view, wait)
        return
    rows = TickableRows([*waiting.frame["key"]], open_case)
    tables.draw(_build_frame(view, waiting.frame), {"Waited": display.duration}, alt=_NAME, rows=rows)
    more = f"The first {MOST_SHOWN} of {display.count(waiting.count)}. " if waiting.count > MOST_SHOWN else ""
    st.caption(f"First who can still be answered freely, the least time left on top; then the longest waits. {more}")
    st.caption(OPENING)


def _draw_nobody(view: View, wait: Wait) -> None:
    """Say that nobody waits, or that only customers outside the filters do."""
    others = view.through(Filter()).ask(count_running, wait.kind)
    if others:
        wait_for = f"{'waits' if others == 1 else 'wait'} for {wait.awaited}"
        st.markdown(
            f"{display.with_noun(others, 'customer')} outside of what is chosen {wait_for}: remove a filter to see who."
        )
    else:
        st.success(f"No customer is left waiting for {wait.awaited}.", icon=":material/done_all:")


def _build_frame(view: View, waiting: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Customer": [show_customer(phone) for phone in waiting["user"]],
            "Waited": waiting["waited"],
            "Free reply": [_describe_left(seconds) for seconds in waiting["left"].tolist()],
            "Agent": [agent_name(name) for name in waiting["agent"]],
            "Country": [country_name(code) for code in waiting["country"]],
            "Waiting since": waiting["since"].dt.tz_convert(view.filter.timezone),
        }
    )


def _describe_left(seconds: float) -> str:
    """Return how long a customer can still be answered freely; if not at all, that a template is needed."""
    return f"{display.duration(seconds)} left" if seconds > 0 else _WINDOW_PASSED
