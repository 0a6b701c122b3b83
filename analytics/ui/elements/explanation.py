"""How is this counted? A small control beside a number; what it says is computed when it is asked for."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from analytics.events.export import to_table
from analytics.events.frame import COLUMNS
from analytics.facts.timeline import Mask
from analytics.facts.waits import HUMAN
from analytics.metrics.account import at, left_out_of_all
from analytics.metrics.cases import Narrowing, find, members
from analytics.metrics.metric import Metric, Reading
from analytics.metrics.report import Row, metric_table
from analytics.metrics.response_time import RESPONSE_TIME, answered, begun, left_out, median
from analytics.metrics.selection import Selection
from analytics.metrics.traffic import TRAFFIC_BY_COUNTRY
from analytics.ui.browser.dialogs import dialog
from analytics.ui.data.preferences import preferences
from analytics.ui.data.view import View, current_view
from analytics.ui.elements.case_links import name_of as name_of_wait
from analytics.ui.elements.case_links import see_cases, see_waiting
from analytics.ui.elements.downloads import about, slug
from analytics.words import display
from analytics.words.card_parts import metric_of, parts
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.sheets import FORMATS, Sheet
from analytics.words.wait_kinds import PERSON, Wait

QUESTION = "How is this counted?"
_KIND_OF_CASES = {
    "in_target": "late",
    "conversations": "customer",
    "not_delivered": "undelivered",
    **dict.fromkeys(("median", "p90", "answered"), ""),
}
"""Which conversations are behind the number of a card, where they are not called as it is."""
_PERSONS = "Median over waits for a person: from being passed to an agent, or writing to one, until a person replies"
_OF_ANY_REPLY = (
    "The raw event count is of any reply, the bot’s included, from each message on; per message is of those who waited "
    "for a person, once for each wait."
)
_EXCEL_ROWS = 50_000
"""A workbook of more rows takes long to write; a CSV, which Excel opens, too, does not."""


@dataclass(frozen=True)
class Number:
    """A number on the screen: what it is called, the metric it belongs to, and where it is a card's, that card.

    `shown` is the number as it stands there, `explained` what it says; a wait's is of waits of a kind.
    """

    label: str
    metric: Metric
    card: str = ""
    shown: str = ""
    explained: str = ""
    wait: Wait | None = None

    @classmethod
    def of_card(cls, key: str, label: str, shown: str, explained: str, wait: Wait) -> "Number":
        """Return the number of a card; `wait` is that of cards that show waits."""
        metric = metric_of(key)
        return cls(label, metric, key, shown, explained, wait if metric is RESPONSE_TIME else None)


def heading(title: str, metric: Metric, wait: Wait | None = None, explained: str = "") -> None:
    """Draw a heading, and beside it how what stands below is counted; of a kind of wait where it shows one.

    `explained` says what stands there where it is not the metric itself, without a full stop.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=f"heading {slug(title)}"):
        st.subheader(title, width="content", anchor=False)
        ask(Number(title, metric, wait=wait, explained=explained))


@st.fragment
def ask(number: Number) -> None:
    """Draw the small control that opens how a number is counted; the page is not drawn again for it."""
    key = f"ask {slug(number.label)} {number.card}"
    if st.button(QUESTION, key=key, icon=":material/help:", type="tertiary", help=QUESTION):
        explain(number)


def explain(number: Number) -> None:
    """Open how a number of what is looked at is counted."""
    if view := current_view():
        dialog(QUESTION, width="large")(_explain)(number, view)


def reading(metric: Metric, found: Reading) -> str:
    """Return the number of a reading with its name and its parts; a country by its name."""
    return display.reading(metric, replace(found, name=name_of(metric, found)))


def name_of(metric: Metric, found: Reading) -> str:
    """Return what the number of a reading is of, nothing where that is everything; a country by its name."""
    return country_name(found.name) if metric is TRAFFIC_BY_COUNTRY else found.name


def _explain(number: Number, view: View) -> None:
    metric, selection = number.metric, view.selection
    (row,) = (row for row in metric_table(view.numbers) if row.metric is metric)
    if number.explained:
        shown = f": {for_markdown(number.shown)}" if number.shown else ""
        st.markdown(f"**{for_markdown(number.label)}{shown}**  \n{number.explained}.")
    if number.card:
        st.markdown(parts(number.card, selection, number.wait.kind if number.wait else 0))
        _cases(number, view)
    if number.explained:
        st.caption(f"It belongs to the metric “{metric.label}”:")
    else:
        st.markdown(f"**{metric.label}**  \n{metric.definition}")
    if number.wait is PERSON:
        row = replace(row, ledger=_of_persons(selection))
    _readings(row, _PERSONS if number.wait is PERSON else metric.per_message)
    gap = [_OF_ANY_REPLY] if number.wait is PERSON else metric.account.gap(selection)
    _list("Why the two differ", gap, "They count the same.")
    of_waits = left_out(selection, number.wait.kind) if number.wait else metric.account.left_out(selection)
    _list("Left out, or still counting", [*of_waits, *left_out_of_all(selection)], "Nothing.")
    _events(number, view)


def _cases(number: Number, view: View) -> None:
    """Draw the way to the conversations behind a card."""
    if number.card == "waiting_now" and number.wait:
        see_waiting(view, number.wait)
        return
    kind = _KIND_OF_CASES.get(number.card, number.card)
    label = "See cases that took longer" if kind == "late" else "See cases"
    see_cases(view, label, kind=kind, wait=name_of_wait(number.wait) if number.wait else "")


def _of_persons(selection: Selection) -> Reading:
    return Reading(median(selection, HUMAN), len(answered(selection, HUMAN)))


def _readings(row: Row, per_message: str) -> None:
    """Draw both readings beside each other."""
    frame = pd.DataFrame(
        {
            "": ["Number", "Formula", "Counted (numerator)", "Of (denominator)"],
            "Raw event count": [reading(row.metric, row.guide), row.metric.formula, *_of(row.guide)],
            "Per message": [reading(row.metric, row.ledger), per_message, *_of(row.ledger)],
        }
    )
    told = (frame[["Raw event count", "Per message"]] != display.NO_VALUE).any(axis=1)
    st.table(frame[told].map(for_markdown), hide_index=True, border="horizontal")


def _of(found: Reading) -> tuple[str, str]:
    return display.count(found.numerator), display.count(found.denominator)


def _list(title: str, sentences: list[str], otherwise: str) -> None:
    st.markdown("\n".join([f"**{title}**", "", *(f"- {sentence}" for sentence in sentences or [otherwise])]))


def _events(number: Number, view: View) -> None:
    """Draw the events behind each reading as downloads."""
    shows = preferences().show_phones
    hidden = "" if shows else " Phone numbers are masked, names and other personal properties left out."
    st.markdown("**The events behind it**")
    account, selection = number.metric.account, view.selection
    per_message = "Per message", account.ledger(selection)
    if number.wait:
        per_message = "With these the waits begin", begun(selection, number.wait.kind)
    behind = [("Raw event count", account.raw(selection)), per_message]
    if number.card:
        behind.append(("The conversations of this number", _of_conversations(number, selection)))
    for name, mask in behind:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{name}: {display.counted(int(mask.sum()), 'event')}", width="content")
            _files(f"{number.label}, {name.lower()}", view, mask, shows=shows)
    st.caption(f"As our own CSV, which can be imported again.{hidden}" if shows else f"Times are UTC.{hidden}")


def _of_conversations(number: Number, selection: Selection) -> Mask:
    """Return the events of the conversations that a card counts, or that hold the waits or messages it counts."""
    counts_now = number.card == "waiting_now"
    kind = "waiting" if counts_now else _KIND_OF_CASES.get(number.card, number.card)
    chosen = selection.whenever if counts_now else selection
    found = find(chosen, Narrowing(kind, number.wait.kind if number.wait else HUMAN))
    return at(chosen, members(chosen, found))


def _files(name: str, view: View, mask: Mask, *, shows: bool) -> None:
    with st.container(horizontal=True, width="content"):
        for kind, (ending, media_type, _) in FORMATS.items():
            st.download_button(
                kind,
                partial(_file, kind, name, view, mask, shows=shows),
                f"events-{slug(name)}.{ending}",
                media_type,
                key=f"events {kind} {slug(name)}",
                on_click="ignore",
                type="tertiary",
                disabled=not mask.any() or (kind == "Excel" and mask.sum() > _EXCEL_ROWS),
            )


def _file(kind: str, name: str, view: View, mask: Mask, *, shows: bool) -> bytes:
    events = view.dataset.events.iloc[np.sort(view.selection.facts.events.row[mask])]
    table = to_table(events if shows else masked(events))
    told = (("What", f"The events behind: {name}"), *about(view)) if kind != "CSV" else ()
    _, _, write = FORMATS[kind]
    return write(Sheet(name, table, told))


def masked(events: pd.DataFrame) -> pd.DataFrame:
    """Return an event frame with phones masked, and nothing in what is personal besides."""
    phones = events["user_id"].cat
    shown = np.array([display.masked(phone) for phone in phones.categories], object)
    nothing = {column.name: pd.Series(pd.NA, events.index, "str") for column in COLUMNS if column.personal}
    return events.assign(**{**nothing, "user_id": pd.Series(shown[phones.codes], events.index, "str")})
