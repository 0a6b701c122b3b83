"""Waiting now, as a table whose times move on while it is looked at."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from analytics import display
from analytics.events.timestamps import to_microseconds
from analytics.metrics.waiting import waiting_now
from analytics.ui import tables
from analytics.ui.countries import country_name
from analytics.ui.preferences import agent_name, preferences
from analytics.ui.view import View
from analytics.ui.waits import Wait

MOST = 500
_SECONDS = 5
PASSED = "passed: template only"


def draw(view: View, wait: Wait) -> None:
    """Draw who waits, the longest first."""
    st.fragment(_table, run_every=_SECONDS if view.dataset.live else None)(view, wait)
    if not view.dataset.live:
        st.caption("These data are not live: “now” is when their newest event happened.")


def _table(view: View, wait: Wait) -> None:
    now = to_microseconds(datetime.now(UTC)) if view.dataset.live else None
    found = waiting_now(view.selection, wait.kind, now)
    if found.empty:
        st.success(f"Nobody waits for {wait.awaited}.", icon=":material/done_all:")
        return
    tables.draw(_frame(view, found.head(MOST)), {"Waited": display.duration}, alt="Who waits now, the longest first")
    if len(found) > MOST:
        st.caption(f"The {MOST} who have waited longest, of {display.count(len(found))}.")


def _frame(view: View, found: pd.DataFrame) -> pd.DataFrame:
    phones = view.dataset.events["user_id"].cat.categories[found["user"]]
    since = pd.to_datetime(found["since"], unit="us", utc=True).dt.tz_convert(view.filter.timezone)
    return pd.DataFrame(
        {
            "Customer": phones if preferences().show_phones else [display.masked(phone) for phone in phones],
            "Waiting since": since.dt.strftime("%a %-d %b, %H:%M"),
            "Waited": found["waited"],
            "Free reply": [_left(seconds) for seconds in found["left"].tolist()],
            "Agent": [agent_name(name) for name in found["agent"]],
            "Country": [country_name(code) for code in found["country"]],
        }
    )


def _left(seconds: float) -> str:
    """Return how long a customer can still be answered freely; others only with a template message."""
    return f"{display.duration(seconds)} left" if seconds > 0 else PASSED
