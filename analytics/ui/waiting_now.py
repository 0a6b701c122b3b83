"""Waiting now, as a table whose times move on while it is looked at."""

from datetime import UTC, datetime
from functools import partial

import pandas as pd
import streamlit as st

from analytics.events.timestamps import instants_of, to_microseconds
from analytics.metrics.filters import Filter
from analytics.metrics.selection import Selection
from analytics.metrics.waiting import most_urgent_first, running, waiting_now
from analytics.ui.browser import dialogs
from analytics.ui.data.preferences import agent_name, phone_shown
from analytics.ui.data.view import View
from analytics.ui.elements import tables
from analytics.ui.elements.case_links import OPENING, asked, open_case
from analytics.ui.elements.tables import Rows
from analytics.words import display, headlines
from analytics.words.countries import country_name
from analytics.words.wait_kinds import Wait

MOST = 500
_NAME = "Who waits now, the most urgent first"
_SECONDS = 5
_PASSED = "passed: template only"


def found(view: View, wait: Wait) -> pd.DataFrame:
    """Return who waits at this moment, of explored data when their newest event happened."""
    now = to_microseconds(datetime.now(UTC)) if view.dataset.live else None
    return waiting_now(view.selection, wait.kind, now)


def draw(view: View, wait: Wait, headline: str) -> None:
    """Draw who waits, the most urgent first; when the `headline` of the page is no longer so, draw the page again."""
    st.fragment(_table, run_every=_SECONDS if view.dataset.live else None)(view, wait, headline)
    if not view.dataset.live:
        st.caption("These data are not live: “now” is when their newest event happened.")


def _table(view: View, wait: Wait, headline: str) -> None:
    waiting = found(view, wait)
    if asked().case or (headlines.waiting_now(waiting, wait) != headline and not dialogs.is_open()):
        st.rerun()
    if waiting.empty:
        _nobody(view, wait)
        return
    shown = most_urgent_first(waiting).head(MOST)
    rows = Rows([str(number) for number in shown["conversation"]], partial(open_case, view))
    tables.draw(_frame(view, shown), {"Waited": display.duration}, alt=_NAME, rows=rows)
    more = f"The first {MOST} of {display.count(len(waiting))}. " if len(waiting) > MOST else ""
    st.caption(f"First who can still be answered freely, the least time left on top; then the longest waits. {more}")
    st.caption(OPENING)


def _nobody(view: View, wait: Wait) -> None:
    """Say that nobody waits, or that others do whom the filters leave out."""
    others = running(Selection(view.selection.facts, Filter(), view.selection.as_of), wait.kind)
    if others:
        wait_for = f"{'waits' if others == 1 else 'wait'} for {wait.awaited}"
        st.markdown(
            f"{display.counted(others, 'customer')} outside of what is chosen {wait_for}: remove a filter to see who."
        )
    else:
        st.success(f"No customer is left waiting for {wait.awaited}.", icon=":material/done_all:")


def _frame(view: View, waiting: pd.DataFrame) -> pd.DataFrame:
    phones = view.dataset.events["user_id"].cat.categories[waiting["user"]]
    since = instants_of(waiting["since"]).tz_convert(view.filter.timezone)
    return pd.DataFrame(
        {
            "Customer": [phone_shown(phone) for phone in phones],
            "Waited": waiting["waited"],
            "Free reply": [_left(seconds) for seconds in waiting["left"].tolist()],
            "Agent": [agent_name(name) for name in waiting["agent"]],
            "Country": [country_name(code) for code in waiting["country"]],
            "Waiting since": since,
        }
    )


def _left(seconds: float) -> str:
    """Return how long a customer can still be answered freely; others only with a template message."""
    return f"{display.duration(seconds)} left" if seconds > 0 else _PASSED
