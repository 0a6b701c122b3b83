"""Waiting now: a table whose times move on while somebody looks at it."""

from datetime import UTC, datetime
from functools import partial

import pandas as pd
import streamlit as st

from analytics.events.timestamps import instants_of, to_microseconds
from analytics.metrics.filters import Filter
from analytics.metrics.waiting import count_running, find_waiting, sort_by_urgency
from analytics.ui.browser import dialogs
from analytics.ui.data.preferences import agent_name, show_phone
from analytics.ui.data.view import View
from analytics.ui.elements import tables
from analytics.ui.elements.case_links import OPENING, open_case
from analytics.ui.elements.following import draw_following
from analytics.ui.elements.tables import TickableRows
from analytics.words import display, headlines
from analytics.words.countries import country_name
from analytics.words.wait_kinds import Wait

MOST_SHOWN = 500
_NAME = "Who waits now, the most urgent first"
_WINDOW_PASSED = "passed: template only"


def find_waiting_now(view: View, wait: Wait) -> pd.DataFrame:
    """Return who waits at this moment; in a file "this moment" is the time of its newest event."""
    now = to_microseconds(datetime.now(UTC)) if view.dataset.live else None
    return find_waiting(view.selection, wait.kind, now)


def draw(view: View, wait: Wait, headline: str) -> None:
    """Draw who waits, the most urgent first; when the page's `headline` is no longer true, draw the page again."""
    draw_following(partial(_draw_table, wait=wait, headline=headline), view)
    if not view.dataset.live:
        st.caption("These data are not live: “now” is when their newest event happened.")


def _draw_table(view: View, wait: Wait, headline: str) -> None:
    waiting = find_waiting_now(view, wait)
    if headlines.waiting_now(waiting, wait) != headline and not dialogs.is_open():
        st.rerun()
    if waiting.empty:
        _draw_nobody(view, wait)
        return
    shown = sort_by_urgency(waiting).head(MOST_SHOWN)
    rows = TickableRows([str(number) for number in shown["conversation"]], partial(open_case, view))
    tables.draw(_build_frame(view, shown), {"Waited": display.duration}, alt=_NAME, rows=rows)
    more = f"The first {MOST_SHOWN} of {display.count(len(waiting))}. " if len(waiting) > MOST_SHOWN else ""
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
    phones = view.dataset.events["user_id"].cat.categories[waiting["user"]]
    since = instants_of(waiting["since"]).tz_convert(view.filter.timezone)
    return pd.DataFrame(
        {
            "Customer": [show_phone(phone) for phone in phones],
            "Waited": waiting["waited"],
            "Free reply": [_describe_left(seconds) for seconds in waiting["left"].tolist()],
            "Agent": [agent_name(name) for name in waiting["agent"]],
            "Country": [country_name(code) for code in waiting["country"]],
            "Waiting since": since,
        }
    )


def _describe_left(seconds: float) -> str:
    """Return how long a customer can still be answered freely; if not at all, that a template is needed."""
    return f"{display.duration(seconds)} left" if seconds > 0 else _WINDOW_PASSED
