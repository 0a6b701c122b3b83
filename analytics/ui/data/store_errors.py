"""What the store cannot do: said to whoever asked for it, on the page or where the page says what came of an action."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import streamlit as st

from analytics.live.follower import Trouble
from analytics.live.last_answers import last_answers
from analytics.store.database import StoreError, StoreFullError
from analytics.store.event_store import open_store
from analytics.words.escape import for_markdown
from analytics.words.times import time_since

ICON = ":material/database_off:"
_TRY_SECONDS = 2.0


def show(text: str) -> None:
    """Draw an error of the store where the page is."""
    st.error(for_markdown(text), icon=ICON)


def draw_standing_still(trouble: Trouble) -> None:
    """Draw since when the numbers stand still, and why, above numbers that are right up to then."""
    st.warning(
        f"**These numbers have not changed for {time_since(trouble.since)}.** {for_markdown(trouble.reason)} "
        "The app tries again every few seconds.",
        icon=ICON,
    )


def draw_full() -> None:
    """Draw that nothing new can be stored, above numbers that are right up to then."""
    st.error(f"**New events are not stored.** {for_markdown(str(StoreFullError()))}", icon=ICON)


def draw_out_of_reach(text: str) -> None:
    """Draw why there are no numbers yet, and since when; once the store answers, the page is drawn again."""
    _draw_out_of_reach(text, time.monotonic() + _TRY_SECONDS / 2)


@st.fragment(run_every=_TRY_SECONDS)
def _draw_out_of_reach(text: str, try_from: float) -> None:
    with catch_store_errors(keep_quiet):
        if time.monotonic() > try_from and open_store().answers():
            st.rerun()
    since = last_answers().silent_since or datetime.now(UTC)
    st.error(
        f"**We have not been able to reach your events for {time_since(since)}.** {for_markdown(text)} "
        "The app tries again every few seconds. This page will then continue by itself.",
        icon=ICON,
    )


def show_warnings() -> None:
    """Draw what of the store was found damaged or was lost, above numbers that lack it.

    Raises:
        StoreError: where it cannot be opened.
    """
    for text in open_store().warnings():
        st.warning(for_markdown(text), icon=ICON)


def keep_quiet(_: str) -> None:
    """Say nothing: the page draws something else instead."""


@contextmanager
def catch_store_errors(say: Callable[[str], object] = show) -> Iterator[None]:
    """Have an error of the store within said in plain text, and go on behind."""
    try:
        yield
    except StoreError as error:
        say(str(error))
