"""Import: from dropped files to a dataset, with progress, and what was found in them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import display
from analytics.events.contract import EVENTS
from analytics.events.dump import table_in
from analytics.events.dump_error import DumpError
from analytics.events.rejects import to_ndjson
from analytics.events.tables.matching import Matching
from analytics.events.validate import Rejected, Validated
from analytics.store.database import StoreError
from analytics.ui import questions, tables
from analytics.ui.cards import row
from analytics.ui.choices import Choices
from analytics.ui.countries import country_name
from analytics.ui.datasets import SAMPLE, STORED, Dataset, datasets, load_usable
from analytics.ui.escape import for_markdown
from analytics.ui.history import history, was_undone
from analytics.ui.live import add_to_store
from analytics.ui.matching import Seen, matched
from analytics.ui.pages import explore_button
from analytics.ui.remembered import remember, remembered
from analytics.ui.sidebar import time_zone

_LOADED = "loaded"
_ADDED = "added"
_SEEN = "seen"
_STOPPED = "stopped"
_ROWS_TO_SEE = 1_000
_ROWS_TO_SHOW = 10


def page() -> None:
    """Draw the page."""
    st.title("Import")
    st.markdown(
        "Drop what your CRM exports: CSV, Excel or Parquet with one event or one message a row, or events as JSON; "
        "compressed, too. They are checked here first; then explore them without storing anything, or add them to your "
        "stored events. Nothing leaves this machine."
    )
    files = st.file_uploader("Files of events", accept_multiple_files=True, key="files")
    if files:
        _dropped(files)
    else:
        explore_button("Explore sample data instead", SAMPLE, icon=":material/science:")
    history()


def _dropped(files: Sequence[Any]) -> None:
    seen = _tables(files)
    matchings = matched(seen, remembered()) if seen else {}
    if any(matching.missing() for matching in matchings.values()):
        return
    choices = questions.answers(matchings)
    dataset, refused = _loaded(files, choices)
    if refused:
        _refused(refused, others=dataset is not None)
    if dataset:
        questions.ask(dataset.found.rejected)
        _found(dataset, matchings)


def _tables(files: Sequence[Any]) -> list[Seen]:
    """Return the tables among the dropped files; each is looked into once."""
    known: dict[str, Seen | None] = st.session_state.setdefault(_SEEN, {})
    for file in files:
        if file.file_id not in known:
            known[file.file_id] = _seen(file)
    return [table for file in files if (table := known[file.file_id])]


def _seen(file: Any) -> Seen | None:
    try:
        table = table_in(file)
    except DumpError:  # which is said when it is read
        return None
    return Seen(file.name, table.kind, table.columns, table.sample.slice(0, _ROWS_TO_SEE)) if table else None


def _loaded(files: Sequence[Any], choices: Choices) -> tuple[Dataset | None, dict[str, str]]:
    """Return the dataset of the dropped files, and why some are no part of it; read once, then known by their ids."""
    ids = (*(file.file_id for file in files), choices.token)
    known_ids, token, refused = st.session_state.get(_LOADED, ((), "", {}))
    known = datasets().get(token) if known_ids == ids else None
    if known:
        return known, refused
    if st.session_state.get(_STOPPED) == ids:
        st.info("Reading was stopped; nothing was stored.", icon=":material/front_hand:")
        st.button("Read again", on_click=_stop, args=(None,))
        return None, {}
    meanwhile = st.empty()
    with meanwhile.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, "Reading")
        st.button("Stop", on_click=_stop, args=(ids,), icon=":material/stop:")
    dataset, refused = load_usable([(file.name, file) for file in files], partial(_advance, bar), choices)
    meanwhile.empty()
    if dataset:
        st.session_state[_LOADED] = ids, dataset.token, refused
    return dataset, refused


def _stop(ids: Any) -> None:
    """Note what is not to be read, as a callback."""
    st.session_state[_STOPPED] = ids


def _advance(bar: DeltaGenerator, share: float, text: str) -> None:
    bar.progress(min(share, 1.0), for_markdown(text))


def _refused(reasons: dict[str, str], *, others: bool) -> None:
    be = "is" if len(reasons) == 1 else "are"
    left_out = f" and {be} left out" if others else ""
    what = f"**{display.counted(len(reasons), 'file')} cannot be used{left_out}:**"
    lines = [f"- **{for_markdown(name)}**: {for_markdown(reason)}" for name, reason in reasons.items()]
    st.error("\n".join([what, "", *lines]), icon=":material/error:")


def _found(dataset: Dataset, matchings: Mapping[str, Matching]) -> None:
    found = dataset.found
    reported = bool((~found.events["test"] & found.events["event"].isin(list(EVENTS))).any())
    st.subheader(_summary(found, reported=reported))
    with row(4, "found"):
        st.metric("Events received", display.count(found.received), border=True)
        st.metric("Good", display.count(len(found.events)), border=True)
        st.metric("Duplicates", display.count(found.duplicates), border=True, help="Counted once: the first stays")
        st.metric("Cannot be used", display.count(len(found.rejected)), border=True)
    if len(found.events):
        with st.container(horizontal=True):
            if reported:
                explore_button("Explore only", dataset.token, type="primary", icon=":material/query_stats:")
            add = st.button("Add to the store", icon=":material/database_upload:")
        _added(dataset, matchings, add=add)
    _warnings(found)
    if found.rejected:
        _rejected(found)
    if len(found.events):
        _contents(dataset)


def _added(dataset: Dataset, matchings: Mapping[str, Matching], *, add: bool) -> None:
    """Add the events to the store where that is asked for, and say what was added, also when drawn again."""
    done: dict[str, Any] = st.session_state.setdefault(_ADDED, {})
    if add:
        try:
            with st.spinner("Adding to the store"):
                done[dataset.token] = add_to_store(dataset)
                remember(matchings)
        except StoreError as error:
            st.error(str(error), icon=":material/database_off:")
    if (entry := done.get(dataset.token)) and not was_undone(entry):
        st.success(
            f"{display.count(entry.stored)} new, {display.count(entry.duplicates)} already known, "
            f"{display.count(entry.rejected)} cannot be used.",
            icon=":material/database:",
        )
        explore_button(
            "See them on the dashboard", STORED, days=_days(dataset), type="primary", icon=":material/dashboard:"
        )


def _days(dataset: Dataset) -> tuple[date, date]:
    """Return the first and the last day of what was found, where the dashboard is looked at."""
    times = dataset.events["timestamp"].dt.tz_convert(time_zone())
    return times.min().date(), times.max().date()


def _summary(found: Validated, *, reported: bool) -> str:
    usable = found.received - len(found.rejected)
    if not usable:
        return "None of these events can be used."
    those = (
        "All events" if not found.rejected else f"{display.count(usable)} of {display.counted(found.received, 'event')}"
    )
    return f"{those} can be used{'.' if reported else ', but none is part of a report.'}"


def _warnings(found: Validated) -> None:
    if found.conflicts:
        differ = "differs" if found.conflicts == 1 else "differ"
        st.warning(
            f"{display.counted(found.conflicts, 'duplicate')} {differ} from the first event of the same identity; "
            "the first counts."
        )
    for name, count in found.unknown_events.items():
        be = "is" if count == 1 else "are"
        st.warning(
            f"{display.counted(count, 'event')} “{for_markdown(name)}” {be} none of the eight: kept, but part of no "
            "report."
        )
    tests = int(found.events["test"].sum())
    if tests:
        be = "is a test event" if tests == 1 else "are test events"
        st.warning(f"{display.counted(tests, 'event')} {be} (`context.test` is true): checked, but part of no report.")


def _rejected(found: Validated) -> None:
    st.subheader("What cannot be used, and why")
    counts = Counter((event.problem.code, event.problem.field) for event in found.rejected)
    first: dict[tuple[str, str], Rejected] = {}
    for event in found.rejected:
        first.setdefault((event.problem.code, event.problem.field), event)
    st.table(
        pd.DataFrame(
            [
                {
                    "Events": display.count(count),
                    "What is wrong": for_markdown(first[kind].problem.message),
                    "Field": for_markdown(first[kind].problem.field or "the whole event"),
                    "First seen at line": display.count(first[kind].line),
                }
                for kind, count in counts.most_common()
            ]
        ),
        hide_index=True,
        border="horizontal",
    )
    st.download_button(
        "Download them with their reasons",
        lambda: b"".join(to_ndjson(found.rejected)),
        file_name="cannot-be-used.ndjson",
        mime="application/x-ndjson",
        on_click="ignore",
        icon=":material/download:",
        help="One event a line with its line, field and reason. Mend it and drop the file again.",
    )


def _contents(dataset: Dataset) -> None:
    st.subheader("What was found")
    _first_rows(dataset.events)
    events, facts = dataset.events, dataset.facts
    times = events["timestamp"]
    counts = events["event"].value_counts()
    types, rest = st.columns(2)
    with types:
        frame = pd.DataFrame({"Event": counts.index.astype(str), "Count": counts.to_numpy()})
        tables.draw(frame[frame["Count"] > 0], alt="Events by name")
        missing = [name for name in EVENTS if not counts.get(name, 0)]
        if missing:
            st.caption(f"None of: {', '.join(missing)}.")
    with rest:
        countries = ", ".join(country_name(code) for code in facts.countries[:12])
        st.markdown(
            f"**From** {times.min():%-d %b %Y, %H:%M} **to** {times.max():%-d %b %Y, %H:%M} UTC\n\n"
            f"**Customers** {display.count(events['user_id'].nunique())}\n\n"
            f"**Agents** {display.count(len(facts.agents))}\n\n"
            f"**Countries** {countries or display.NO_VALUE}"
        )


def _first_rows(events: pd.DataFrame) -> None:
    """Draw how the first events were understood."""
    first = events.head(_ROWS_TO_SHOW)
    times = first["timestamp"].dt.tz_convert(time_zone())
    frame = pd.DataFrame({
        "Event": first["event"].astype(str),
        "When": times.dt.strftime("%-d %b %Y, %H:%M:%S"),
        "Customer": [display.masked(phone) for phone in first["user_id"]],
        "Agent": first["agent_id"].astype(object),
        "Handled by": first["service_mode"].astype(object),
        "Message": first["message_id"].astype(object),
        "Kind": first["content_type"].astype(object),
    })  # fmt: skip
    tables.draw(frame.dropna(axis="columns", how="all"), alt="The first events as they are understood")
