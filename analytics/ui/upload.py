"""Import: from dropped files to a dataset, with progress, and what was found in them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import display
from analytics.events.contract import EVENTS
from analytics.events.dump import DumpError
from analytics.events.rejects import to_ndjson
from analytics.events.validate import Rejected, Validated
from analytics.ui.countries import country_name
from analytics.ui.datasets import SAMPLE, Dataset, datasets, load
from analytics.ui.escape import for_markdown
from analytics.ui.pages import explore_button

_LOADED = "loaded"


def page() -> None:
    """Draw the page."""
    st.title("Import")
    st.markdown(
        "Drop the events of your CRM: JSON or one event a line (NDJSON), plain or gzipped. They are checked "
        "here and kept in memory for you to explore; nothing is stored, nothing leaves this machine."
    )
    files = st.file_uploader("Files of events", accept_multiple_files=True, key="files")
    if files:
        dataset = _loaded(files)
        if dataset:
            _found(dataset)
    else:
        explore_button("Explore sample data instead", SAMPLE, icon=":material/science:")


def _loaded(files: Sequence[Any]) -> Dataset | None:
    """Return the dataset of the dropped files; read once, then known by their ids."""
    ids = tuple(file.file_id for file in files)
    known_ids, token = st.session_state.get(_LOADED, ((), ""))
    known = datasets().get(token) if known_ids == ids else None
    if known:
        return known
    bar = st.progress(0.0, "Reading")
    try:
        dataset = load([(file.name, file) for file in files], lambda share, text: _advance(bar, share, text))
    except DumpError as error:
        st.error(for_markdown(str(error)), icon=":material/error:")
        return None
    finally:
        bar.empty()
    st.session_state[_LOADED] = ids, dataset.token
    return dataset


def _advance(bar: DeltaGenerator, share: float, text: str) -> None:
    bar.progress(min(share, 1.0), for_markdown(text))


def _found(dataset: Dataset) -> None:
    found = dataset.found
    st.subheader(_summary(found))
    with st.container(horizontal=True):
        st.metric("Events received", display.count(found.received), border=True)
        st.metric("Good", display.count(len(found.events)), border=True)
        st.metric("Duplicates", display.count(found.duplicates), border=True, help="Counted once: the first stays")
        st.metric("Cannot be used", display.count(len(found.rejected)), border=True)
    if len(found.events):
        explore_button("Explore these events", dataset.token, type="primary", icon=":material/query_stats:")
    _warnings(found)
    if found.rejected:
        _rejected(found)
    if len(found.events):
        _contents(dataset)


def _summary(found: Validated) -> str:
    if not len(found.events):
        return "None of these events can be used."
    if found.rejected:
        share = len(found.rejected) / found.received
        return f"{display.share(1 - share)} of the events can be used."
    return "All events can be used."


def _warnings(found: Validated) -> None:
    if found.conflicts:
        st.warning(
            f"{display.count(found.conflicts)} duplicates differ from the first event of the same identity; "
            "the first counts."
        )
    for name, count in found.unknown_events.items():
        st.warning(
            f"{display.count(count)} events “{for_markdown(name)}” are none of the eight: kept, but part of no metric."
        )


def _rejected(found: Validated) -> None:
    st.subheader("What cannot be used, and why")
    reasons = Counter((event.problem.message, event.problem.field, event.problem.code) for event in found.rejected)
    examples: dict[tuple[str, str, str], Rejected] = {}
    for event in found.rejected:
        key = (event.problem.message, event.problem.field, event.problem.code)
        examples.setdefault(key, event)
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Events": count,
                    "Field": field or "the whole event",
                    "What is wrong": message,
                    "First in line": examples[message, field, code].line,
                    "Code": code,
                }
                for (message, field, code), count in reasons.most_common()
            ]
        ),
        hide_index=True,
    )
    st.download_button(
        "Download them with their reasons",
        lambda: b"".join(to_ndjson(found.rejected)),
        file_name="cannot-be-used.ndjson",
        mime="application/x-ndjson",
        icon=":material/download:",
        help="One event a line with its line, field and reason. Mend it and drop the file again.",
    )


def _contents(dataset: Dataset) -> None:
    st.subheader("What the files hold")
    events, facts = dataset.events, dataset.facts
    times = events["timestamp"]
    counts = events["event"].value_counts()
    types, rest = st.columns(2)
    with types:
        frame = pd.DataFrame({"Event": counts.index.astype(str), "Count": counts.to_numpy()})
        st.dataframe(frame[frame["Count"] > 0], hide_index=True)
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
