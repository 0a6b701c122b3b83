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
from analytics.words import display, headlines, reports
from analytics.words.countries import country_name
from analytics.words.wait_kinds import Wait

MOST_SHOWN = 500
_NAME = "Who is waiting now, the most urgent first"


def waiting_list(view: View, wait: Wait) -> WaitingList:
    """Return what lists who waits in this second; in a file "now" is the time of its newest event."""
    now = to_microseconds(datetime.now(UTC).replace(microsecond=0)) if view.live else None
    return WaitingList(wait.kind, now, secret_of_keys())


def write_headline(view: View, asked: WaitingList) -> str:
    """Return how many wait, and how many reply windows close soon."""
    return headlines.waiting_now(view.ask(count_waiting_now, asked))


def draw(view: View, wait: Wait, headline: str) -> None:
    """Draw who waits, the most urgent first; when the page's `headline` is no longer true, draw the page again."""
    draw_following(partial(_draw_table, wait=wait, headline=headline), view)
    if not view.live:
        st.caption(reports.NOW_IN_A_FILE)


def _draw_table(view: View, wait: Wait, headline: str) -> None:
    asked = waiting_list(view, wait)
    if write_headline(view, asked) != headline and not dialogs.is_open():
        st.rerun()
    waiting = view.ask(list_waiting, Page(0, MOST_SHOWN), asked)
    if not waiting.count:
        _draw_nobody(view, wait)
        return
    rows = TickableRows([*waiting.frame["key"]], open_case)
    tables.draw(_build_frame(view, waiting.frame), {"Waited": display.duration}, alt=_NAME, rows=rows)
    st.caption(reports.order_of_waiting(MOST_SHOWN, waiting.count))
    st.caption(OPENING)


def _draw_nobody(view: View, wait: Wait) -> None:
    """Say that nobody waits, or that only customers outside the filters do."""
    others = view.through(Filter()).ask(count_running, wait.kind)
    if others:
        st.markdown(reports.waiting_elsewhere(others))
    else:
        st.success(f"No customer is waiting for {wait.awaited}.", icon=":material/done_all:")


def _build_frame(view: View, waiting: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Customer": [show_customer(phone) for phone in waiting["user"]],
            "Waited": waiting["waited"],
            "Reply window": [_describe_left(seconds) for seconds in waiting["left"].tolist()],
            "Agent": [agent_name(name) for name in waiting["agent"]],
            "Country": [country_name(code) for code in waiting["country"]],
            "Waiting since": waiting["since"].dt.tz_convert(view.filter.timezone),
        }
    )


def _describe_left(seconds: float) -> str:
    """Return how long a free-form reply is still possible; if not at all, that a template is needed."""
    return f"{display.duration(seconds)} left" if seconds > 0 else reports.WINDOW_CLOSED
