"""How is this counted? A small control beside a number; the explanation is computed when somebody asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

import pandas as pd
import streamlit as st

from analytics.access.actions import Action
from analytics.events.export import CUSTOMER_IN_TABLES, PERSONAL_IN_TABLES
from analytics.metrics.account import explain_left_out_of_all
from analytics.metrics.agents import AGENT_PERFORMANCE
from analytics.metrics.behind import Mark, count_behind, list_behind
from analytics.metrics.cases import Narrowing, mark_events_of_cases, mark_events_of_cases_ever
from analytics.metrics.metric import Metric, Reading
from analytics.metrics.modes import SERVICE_MODES
from analytics.metrics.report import MetricRow, metric_table
from analytics.metrics.response_time import RESPONSE_TIME, explain_left_out, mark_beginnings, numbers_of
from analytics.metrics.tally import Page
from analytics.metrics.traffic import TRAFFIC_BY_COUNTRY
from analytics.ui.browser.dialogs import dialog
from analytics.ui.data.permissions import guarded, may
from analytics.ui.data.preferences import sees_in_full
from analytics.ui.data.view import View, current_view
from analytics.ui.elements.case_links import draw_cases_link, draw_waiting_link, name_of_wait
from analytics.ui.elements.downloads import describe_view, list_filters, slug
from analytics.words import display
from analytics.words.card_parts import ANY_REPLY, MASKED, OWN_CSV, PERSONS, TIMES_UTC, describe_parts, metric_of
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.sheets import FORMATS, Sheet
from analytics.words.start_mode import explain_start_mode
from analytics.words.wait_kinds import PERSON, Wait

QUESTION = "How is this counted?"
_KIND_OF_CASES = {
    "in_target": "late",
    "conversations": "customer",
    "not_delivered": "undelivered",
    "stayed_solved": "came_back",
    **dict.fromkeys(("median", "p90", "answered"), ""),
}
"""The kind of conversations behind a card's number, if it is not the card's own key."""
_COUNTED_BY_MODE = (RESPONSE_TIME, AGENT_PERFORMANCE, SERVICE_MODES)
"""The metrics that hang on who answers first."""
_EXCEL_ROWS = 50_000
"""A workbook with more rows takes long to write. A CSV does not, and Excel opens it, too."""
_ROWS_AT_A_TIME = 1_000_000


@dataclass(frozen=True)
class Number:
    """A number on the screen: its label, the metric that it belongs to, and the key of its card if it has one.

    `shown` is the number as it appears there, `explained` its meaning, and `wait` the kind of wait if it is about
    waits.
    """

    label: str
    metric: Metric
    card: str = ""
    shown: str = ""
    explained: str = ""
    wait: Wait | None = None

    @classmethod
    def of_card(cls, key: str, label: str, shown: str, explained: str, wait: Wait) -> "Number":
        """Return the number of a card; `wait` only matters for cards about waits."""
        metric = metric_of(key)
        return cls(label, metric, key, shown, explained, wait if metric is RESPONSE_TIME else None)


def draw_heading(title: str, metric: Metric, wait: Wait | None = None, explained: str = "") -> None:
    """Draw a heading, and beside it the control that explains how the numbers below are counted.

    `wait` is their kind of wait, if they are about waits. `explained` says in sentences what they are if they are not
    the metric itself.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=f"heading {slug(title)}"):
        st.subheader(title, width="content", anchor=False)
        draw_question(Number(title, metric, wait=wait, explained=explained))


@st.fragment
def draw_question(number: Number) -> None:
    """Draw the small control that opens a number's explanation; the page is not drawn again for it."""
    key = f"ask {slug(number.label)} {number.card}"
    if st.button(QUESTION, key=key, icon=":material/help:", type="tertiary", help=QUESTION):
        open_explanation(number)


def open_explanation(number: Number) -> None:
    """Open the explanation of a number of the current view."""
    if view := current_view():
        dialog(QUESTION, width="large")(_draw_explanation)(number, view)


def describe_reading(metric: Metric, found: Reading) -> str:
    """Return the number of a reading with its name and its parts; a country has its full name."""
    return display.reading(metric, replace(found, name=name_of_reading(metric, found)))


def name_of_reading(metric: Metric, found: Reading) -> str:
    """Return what the number of a reading is about, such as a country by its full name; empty if about everything."""
    return country_name(found.name) if metric is TRAFFIC_BY_COUNTRY else found.name


def _draw_explanation(number: Number, view: View) -> None:
    metric = number.metric
    (row,) = (row for row in metric_table(view.numbers) if row.metric is metric)
    if number.explained:
        shown = f": {for_markdown(number.shown)}" if number.shown else ""
        st.markdown(f"**{for_markdown(number.label)}{shown}**  \n{number.explained}")
    if number.card:
        st.markdown(describe_parts(number.card, view.numbers, view.ask, number.wait.kind if number.wait else 0))
        _draw_cases_link(number, view)
    if number.explained:
        st.caption(f"This number belongs to the metric “{metric.label}”:")
    else:
        st.markdown(f"**{metric.label}**  \n{metric.definition}")
    if number.wait is PERSON:
        row = replace(row, ledger=_read_persons(view))
    _draw_readings(row, PERSONS if number.wait is PERSON else metric.per_message)
    gap = [ANY_REPLY] if number.wait is PERSON else view.ask(metric.account.gap)
    _draw_list("Why the two differ", gap, "Both count the same.")
    of_waits = view.ask(explain_left_out, number.wait.kind) if number.wait else view.ask(metric.account.left_out)
    _draw_list("Left out, or still counting", [*of_waits, *view.ask(explain_left_out_of_all)], "Nothing is left out.")
    if metric in _COUNTED_BY_MODE:
        st.caption(explain_start_mode(view.start))
    _draw_events(number, view)


def _draw_cases_link(number: Number, view: View) -> None:
    """Draw the link to the conversations behind a card."""
    if number.card == "waiting_now" and number.wait:
        draw_waiting_link(view, number.wait)
        return
    kind = _KIND_OF_CASES.get(number.card, number.card)
    label = "See cases that took longer" if kind == "late" else "See cases"
    draw_cases_link(view, label, kind=kind, wait=name_of_wait(number.wait) if number.wait else "")


def _read_persons(view: View) -> Reading:
    found = view.ask(numbers_of, PERSON.kind)
    return Reading(found["median_seconds"], found["answered"])


def _draw_readings(row: MetricRow, per_message: str) -> None:
    """Draw a table with both readings beside each other."""
    frame = pd.DataFrame(
        {
            "": ["Number", "Formula", "Counted (numerator)", "Of (denominator)"],
            "Raw event count": [describe_reading(row.metric, row.guide), row.metric.formula, *_parts_of(row.guide)],
            "Per message": [describe_reading(row.metric, row.ledger), per_message, *_parts_of(row.ledger)],
        }
    )
    filled = (frame[["Raw event count", "Per message"]] != display.NO_VALUE).any(axis=1)
    st.table(frame[filled].map(for_markdown), hide_index=True, border="horizontal")


def _parts_of(found: Reading) -> tuple[str, str]:
    return display.count(found.numerator), display.count(found.denominator)


def _draw_list(title: str, sentences: list[str], otherwise: str) -> None:
    st.markdown("\n".join([f"**{title}**", "", *(f"- {sentence}" for sentence in sentences or [otherwise])]))


def _draw_events(number: Number, view: View) -> None:
    """Draw downloads of the events behind each reading."""
    if not may(Action.DOWNLOAD):
        return
    shows = sees_in_full()
    st.markdown("**The events behind it**")
    account = number.metric.account
    behind = [_Behind("Raw event count", account.raw), _Behind("Per message", account.ledger)]
    if number.wait:
        behind[1] = _Behind("Events that begin the waits", mark_beginnings, (number.wait.kind,))
    if number.card:
        behind.append(_of_conversations(number))
    for events in behind:
        number_of = view.ask(count_behind, events.mark, *events.about)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{events.name}: {display.with_noun(number_of, 'event')}", width="content")
            _draw_files(replace(events, name=f"{number.label}, {events.name.lower()}"), number_of, view, shows=shows)
    st.caption(OWN_CSV if shows else f"{TIMES_UTC} {MASKED}")


@dataclass(frozen=True)
class _Behind:
    """Some events behind a number, under a name: what marks them, and what that is told."""

    name: str
    mark: Mark
    about: tuple[Any, ...] = ()


def _of_conversations(number: Number) -> _Behind:
    """Return the events of the conversations behind a card: of those that it counts, or that have its waits."""
    counts_now = number.card == "waiting_now"
    kind = "waiting" if counts_now else _KIND_OF_CASES.get(number.card, number.card)
    narrowing = Narrowing(kind, (number.wait or PERSON).kind)
    mark = mark_events_of_cases_ever if counts_now else mark_events_of_cases
    return _Behind("Events of the conversations in this number", mark, (narrowing,))


def _draw_files(events: _Behind, number_of: int, view: View, *, shows: bool) -> None:
    with st.container(horizontal=True, width="content"):
        for kind, (ending, media_type, _) in FORMATS.items():
            st.download_button(
                kind,
                guarded(
                    partial(_write_file, kind, events, view, shows=shows),
                    f"events-{slug(events.name)}",
                    list_filters(view),
                    rows=number_of,
                    in_full=shows,
                ),
                f"events-{slug(events.name)}.{ending}",
                media_type,
                key=f"events {kind} {slug(events.name)}",
                on_click="ignore",
                type="tertiary",
                disabled=not number_of or (kind == "Excel" and number_of > _EXCEL_ROWS),
            )


def _write_file(kind: str, events: _Behind, view: View, *, shows: bool) -> bytes:
    parts = (part if shows else mask_personal(part) for part in _read_pages(events, view))
    table = pd.concat(parts, ignore_index=True)
    metadata = (("What", f"The events behind {events.name}"), *describe_view(view)) if kind != "CSV" else ()
    _, _, write = FORMATS[kind]
    return write(Sheet(events.name, table, metadata))


def _read_pages(events: _Behind, view: View) -> Iterator[pd.DataFrame]:
    """Yield the events as our own tables hold them, the oldest first."""
    for first in count(0, _ROWS_AT_A_TIME):
        rows = view.ask_once(list_behind, Page(first, _ROWS_AT_A_TIME), events.mark, *events.about)
        yield rows.frame
        if rows.count <= first + _ROWS_AT_A_TIME:
            return


def mask_personal(events: pd.DataFrame) -> pd.DataFrame:
    """Return events as our own tables hold them with customers masked, and nothing in what is personal besides."""
    customers = events[CUSTOMER_IN_TABLES]
    shown = customers.map({known: display.mask_customer(known) for known in customers.unique()}).astype(customers.dtype)
    nothing = {name: pd.Series(pd.NA, events.index, events[name].dtype) for name in PERSONAL_IN_TABLES}
    return events.assign(**{**nothing, CUSTOMER_IN_TABLES: shown})
