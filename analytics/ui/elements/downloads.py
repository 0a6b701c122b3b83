"""Downloads: the numbers of each chart and table as a file with a description."""

import re
from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from analytics.access.actions import Action
from analytics.metrics.filters import NARROWING, Filter
from analytics.ui.data.permissions import guarded, may
from analytics.ui.data.view import View, current_view
from analytics.ui.filters.naming import say_values
from analytics.words import display
from analytics.words.meanings import meanings_of
from analytics.words.periods import COMPARISONS
from analytics.words.sheets import FORMATS, Sheet
from analytics.words.start_mode import say_start_mode
from analytics.words.times import days_in_words

UNITS = {"seconds": "seconds", "share": "share, 0–1"}
"""The words in brackets behind a column's name, by unit; counts need none."""

_OF_PAGES = {
    "wait": "Wait for a",
    "every": "Every message by itself",
    "kind": "Conversations",
    "reason": "Handoff reason",
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
        name, frame.rename(columns=named), (("What", name), *describe_view(view), *meanings_of(list(frame.columns)))
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
        "Hours that count": "Business hours only" if view.hours else "",
        "Last words": "" if view.scope.terms.last_word_counts else "Left out of the share in target",
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
