"""Import: the result of reading dropped files, and the ways from there to reports and into the store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics.events.contract import EVENTS
from analytics.events.rejected import Rejected
from analytics.events.rejects import to_ndjson
from analytics.events.tables.matching import Matching
from analytics.live.dataset import Dataset
from analytics.live.dataset_contents import Contents
from analytics.ui.browser.session import Key
from analytics.ui.data.datasets import STORED
from analytics.ui.data.live import add_to_store, count_known_in_store
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import left_out_properties, not_understood, tables
from analytics.ui.elements.cards import lay_out_row
from analytics.ui.elements.opening import explore_button
from analytics.ui.elements.rejected_download import offer_rejected
from analytics.ui.filters.looked_at import current_address, current_time_zone
from analytics.ui.import_events import questions
from analytics.ui.import_events.history import count_undone, was_undone
from analytics.ui.import_events.saved_mappings import keep_mappings
from analytics.ui.menu import SETTINGS
from analytics.words import display, importing
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.start_mode import explain_start_mode

_ROWS_TO_SHOW = 10
_LEFT_OUT_TO_NAME = 20
_COUNTRIES_TO_NAME = 12
_MINUTE = "%-d %b %Y, %H:%M"


def draw(dataset: Dataset, matchings: Mapping[str, Matching]) -> None:
    """Draw the result, to be explored or added to the store; after adding, the `matchings` are remembered."""
    found = dataset.contents
    reported = found.reported > 0
    st.subheader(_describe_usable(found, reported=reported))
    with lay_out_row(4, "found"):
        st.metric("Events received", display.count(found.received), border=True)
        st.metric("Good", display.count(len(found)), border=True)
        st.metric("Duplicates", display.count(found.duplicates), border=True, help=importing.DUPLICATES_HELP)
        st.metric("Cannot be used", display.count(len(found.rejected)), border=True)
    if len(found):
        with st.container(horizontal=True, vertical_alignment="center"):
            if reported:
                explore_button("Explore only", dataset.token, type="primary", icon=":material/query_stats:")
            add = st.button("Add to the store", icon=":material/database_upload:")
            foreseen = st.empty()
        if not _add_if_asked(dataset, matchings, add=add):
            with foreseen:
                _foresee(dataset)
    _draw_warnings(found)
    if found.rejected:
        _draw_rejected(found)
    if len(found):
        _draw_contents(dataset)


def _add_if_asked(dataset: Dataset, matchings: Mapping[str, Matching], *, add: bool) -> bool:
    """Add the events to the store if `add` is set; say what was added, also in later runs; return whether it was."""
    done: dict[str, Any] = st.session_state.setdefault(Key.IMPORT_ADDED, {})
    if add:
        with catch_store_errors(), st.spinner("Adding to the store"):
            done[dataset.token] = add_to_store(dataset)
            keep_mappings(matchings)
    entry = done.get(dataset.token)
    if entry is None or was_undone(entry):
        return False
    again = dataset.contents.duplicates
    numbers = importing.say_numbers(entry.stored, again, entry.duplicates - again, entry.rejected)
    st.success(f"{numbers}.", icon=":material/database:")
    explore_button(
        "See these events on the dashboard",
        STORED,
        days=_find_days(dataset),
        type="primary",
        icon=(":material/dashboard:"),
    )
    return True


def _foresee(dataset: Dataset) -> None:
    """Say what adding the events to the store would change. The store is asked once, and again after an undo."""
    question = dataset.token, count_undone()
    foreseen, known = st.session_state.get(Key.IMPORT_FORESEEN, (None, 0))
    if foreseen != question:
        with catch_store_errors(lambda text: st.caption(for_markdown(text))):
            with st.spinner("Checking which events are already known"):
                known = count_known_in_store(dataset)
            foreseen, st.session_state[Key.IMPORT_FORESEEN] = question, (question, known)
    if foreseen != question:
        return
    found = dataset.contents
    st.caption(importing.say_numbers(len(found) - known, found.duplicates, known, len(found.rejected)))


def _find_days(dataset: Dataset) -> tuple[date, date]:
    """Return the first and the last day of the events, in the current time zone."""
    first, last = (_to_local(instant) for instant in dataset.contents.reach)
    return first.date(), last.date()


def _describe_usable(found: Contents, *, reported: bool) -> str:
    usable = found.received - len(found.rejected)
    asked, waiting = questions.count_open(found.rejected)
    if not usable and waiting:
        return importing.say_unanswered(asked, waiting)
    return importing.say_usable(usable, found.received, waiting, reported=reported) if usable else importing.NONE_USABLE


def _draw_warnings(found: Contents) -> None:
    if found.left_out:
        st.info(importing.rows_left_out(found.left_out))
    if found.conflicts:
        st.warning(importing.conflicts(found.conflicts))
    for name, count in found.unknown_events.items():
        st.warning(importing.unknown_events(count, for_markdown(name)))
    if found.left_out_properties:
        said = importing.properties_left_out(found.left_out_properties.total())
        with st.expander(said, icon=":material/info:"):
            left_out_properties.draw(found.left_out_properties.most_common(_LEFT_OUT_TO_NAME))
    if found.unread:
        with st.expander(importing.not_understood(sum(found.unread.values())), icon=":material/info:"):
            not_understood.draw(sorted(found.unread.items(), key=lambda each: (-each[1], each[0])))
    if found.tests:
        st.warning(importing.tests(found.tests))


def _draw_rejected(found: Contents) -> None:
    st.subheader("What cannot be used, and why")
    counts = Counter((event.problem.code, event.problem.field) for event in found.rejected)
    first = {(event.problem.code, event.problem.field): event for event in reversed(found.rejected)}
    st.table(
        pd.DataFrame(
            [
                {
                    "Events": display.count(count),
                    "What is wrong": for_markdown(_say_problem(first[kind])),
                    "Field": for_markdown(first[kind].problem.field or "the whole event"),
                    "First seen at": for_markdown(first[kind].place),
                }
                for kind, count in counts.most_common()
            ]
        ),
        hide_index=True,
        border="horizontal",
    )
    offer_rejected(
        lambda: to_ndjson(found.rejected),
        help=importing.DOWNLOAD_HELP,
        rows=len(found.rejected),
    )


def _say_problem(event: Rejected) -> str:
    message = event.problem.message
    return importing.quote_time(message, event.raw) if event.problem.field == "timestamp" else message


def _draw_contents(dataset: Dataset) -> None:
    st.subheader("What was found")
    contents = dataset.contents
    _draw_first_rows(contents)
    first, last = (_to_local(instant) for instant in contents.reach)
    counts = contents.by_name
    types, rest = st.columns(2)
    with types:
        tables.show(pd.DataFrame({"Event": [*counts], "Count": [*counts.values()]}), alt="Events by name")
        missing = [name for name in EVENTS if name not in counts]
        if missing:
            st.caption(f"The file has no {', '.join(missing)}.")
    with rest:
        st.markdown(
            f"**From** {first:{_MINUTE} %Z} **to** {last:{_MINUTE} %Z}\n\n"
            f"**Customers** {display.count(contents.customers)}\n\n"
            f"**Agents** {display.count(contents.agents)}\n\n"
            f"**Countries** {_name_countries(contents.countries)}\n\n"
            f"**Who answers first** {explain_start_mode(contents.start)}"
        )
        st.page_link(
            SETTINGS.path,
            label="Change who answers first",
            icon=":material/tune:",
            query_params=current_address(),
        )


def _to_local(time: pd.Timestamp) -> pd.Timestamp:
    """Return a time in the current time zone. Clocks are put back in autumn, so the zone is shown with each time."""
    return time.tz_convert(current_time_zone())


def _name_countries(countries: Sequence[str]) -> str:
    """Return the names of the first countries, and how many more there are."""
    more = len(countries) - _COUNTRIES_TO_NAME
    names = ", ".join(map(country_name, countries[:_COUNTRIES_TO_NAME]))
    return (f"{names} and {display.count(more)} more" if more > 0 else names) or display.NO_VALUE


def _draw_first_rows(contents: Contents) -> None:
    """Draw the first events as they were understood."""
    first = contents.first_rows(_ROWS_TO_SHOW)
    frame = pd.DataFrame({
        "Event": first["event"],
        "When": first["timestamp"].dt.tz_convert(current_time_zone()).dt.strftime(f"{_MINUTE}:%S %Z"),
        "Customer": [display.mask_customer(phone) for phone in first["user_id"]],
        "Agent": first["agent_id"],
        "Handled by": first["service_mode"],
        "Message": first["message_id"],
        "Kind": first["content_type"],
    })  # fmt: skip
    tables.show(frame.dropna(axis="columns", how="all"), alt="The first events as we read them")
