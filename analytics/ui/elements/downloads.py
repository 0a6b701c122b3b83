"""Downloads: the numbers of each chart and table as a file with a description."""

import re
from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from analytics.access.actions import Action
from analytics.metrics.filters import NARROWING, Filter
from analytics.metrics.report import METRICS
from analytics.ui.data.permissions import guarded, may
from analytics.ui.data.view import View, current_view
from analytics.ui.filters.naming import say_values
from analytics.words import display
from analytics.words.periods import COMPARISONS
from analytics.words.sheets import FORMATS, Sheet
from analytics.words.start_mode import say_start_mode
from analytics.words.times import days_in_words

UNITS = {"seconds": "seconds", "share": "share, 0–1"}
"""The words in brackets behind a column's name, by unit; counts need none."""

MEANINGS = {
    "Open now": "Conversations with the agent that are neither resolved nor silent for as long as Settings say",
    "Waiting now": "Customers who wait for the agent now, whenever they began to",
    "Replies": "Answered waits for a person",
    "A day": "Conversations on each day on which the agent did anything",
    "In target": "Answered within the target, of all who got an answer, never did, or wait for longer",
    "Never answered": "Their waits for a person that were never answered",
    "Stayed solved": "Resolved, and the customer did not come back, of all resolved long enough ago",
    "Passed to them": "Handoffs to the agent",
}
"""The meaning of columns, on the screen and in files."""

_OF_PAGES = {
    "wait": "Wait for a",
    "every": "Every message by itself",
    "kind": "Conversations that are",
    "reason": "Reason of the handoff",
    "step": "Journey step",
    "sort": "Sorted by",
}
"""Parameters of single pages in the address, and their words in a download."""

ALL_DAYS = "All"


def offer_download(frame: pd.DataFrame, name: str, *, units: Mapping[str, str] | None = None) -> None:
    """Draw a small control that offers a table or the numbers of a chart as a file; without data nothing is drawn.

    The columns of `frame` have their names on the screen; `units` are keys of `UNITS` by column. The file is made when
    somebody asks for it.
    """
    view = current_view()
    if view is None or not may(Action.DOWNLOAD):
        return
    named = {column: f"{column} ({UNITS[unit]})" for column, unit in (units or {}).items()}
    sheet = Sheet(
        name, frame.rename(columns=named), (("What", name), *describe_view(view), *_meanings(list(frame.columns)))
    )
    with (
        st.container(key=f"get {slug(name)}", horizontal=True, horizontal_alignment="right"),
        st.popover("Download", icon=":material/download:", type="tertiary", help=name, key=f"open {slug(name)}"),
        st.container(gap="xxsmall"),
    ):
        draw_buttons(sheet, view)


def draw_buttons(sheet: Sheet, view: View) -> None:
    """Draw a button for each kind of file."""
    for kind, (ending, media_type, write) in FORMATS.items():
        if kind == "Parquet":
            st.caption("More")
        st.download_button(
            kind,
            guarded(partial(write, sheet), slug(sheet.name), list_filters(view), rows=len(sheet.frame)),
            f"{slug(sheet.name)}{_days_in_name(view.filter)}.{ending}",
            media_type,
            key=f"{kind} {slug(sheet.name)}",
            on_click="ignore",
            type="tertiary",
        )


def describe_view(view: View) -> list[tuple[str, str]]:
    """Return the description of a view's numbers: data, period, time zone, each filter, and the compared period."""
    chosen = view.filter
    found = {
        "Data": view.name,
        "Data up to": f"{view.data_up_to:%Y-%m-%d %H:%M %Z}",
        "Period": days_in_words(chosen.first_day, chosen.last_day) or ALL_DAYS,
        "Time zone": chosen.timezone,
        **{choice.heading or choice.label: say_values(choice, getattr(chosen, choice.field)) for choice in NARROWING},
        "Test events": "Included" if view.rules.include_test else "Left out",
        "Compared with": COMPARISONS[view.comparison] if view.comparison and view.is_compared else "",
        "Hours that count": "Open hours only" if view.hours else "",
        "Last words": "" if view.scope.terms.last_word_counts else "Left out of what is judged",
        "Start mode": say_start_mode(view.start),
        "Target": f"answered within {display.duration(view.target.total_seconds())}",
        **{label: display.words(st.query_params.get(key, "")) for key, label in _OF_PAGES.items()},
    }
    return [(name, value) for name, value in found.items() if value]


def list_filters(view: View) -> list[str]:
    """Return which filters are set, without their values, which may be names."""
    return [choice.key for choice in NARROWING if getattr(view.filter, choice.field)]


def slug(name: str) -> str:
    """Return a name in a form that suits file names and keys."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _days_in_name(chosen: Filter) -> str:
    return "".join(f"-{day:%Y-%m-%d}" for day in (chosen.first_day, chosen.last_day) if day)


def _meanings(columns: Sequence[str]) -> list[tuple[str, str]]:
    """Return the meanings of those columns that have a definition."""
    return [(column, _DEFINED[column]) for column in columns if column in _DEFINED]


_BY_KEY = {metric.key: metric for metric in METRICS}
_DEFINED = {
    **{metric.label: f"{metric.definition} {metric.per_message}." for metric in METRICS},
    "Delivered": _BY_KEY["delivery_rate"].per_message,
    "Read (at least)": _BY_KEY["read_rate"].per_message,
    "Replied": _BY_KEY["reply_rate"].per_message,
    "Median": "Half were answered within this time, in seconds",
    "9 in 10 within": "One in ten waited for longer, in seconds",
    "9 in 10 answered within": "One in ten waited for longer, in seconds",
    "Answered": "Waits that ended with a reply",
    **MEANINGS,
    "Opened": "Conversations begun, in which the customer wrote",
    "Closed": "chat.resolved events",
    "Received": "message.received events, each message once",
    "Sent": "message.sent events, each message once",
    "Waited": "From the beginning of the wait until now, in seconds",
    "Free reply": "What is left of the 24 hours after the customer’s latest message",
    "Outcome": "Needed an agent (any event of one), else solved by the bot (resolved), gave up (silent, the customer "
    "spoke last), ended quietly (silent, we spoke last), ongoing",
    "New contacts": _BY_KEY["daily_new_contacts"].per_message,
    "First-time writers": "Users, on the day of their first ever message.received",
}
