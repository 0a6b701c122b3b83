"""Import: from dropped files to a dataset, with progress, and what was found in them."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import display
from analytics.events.dump import tables_in
from analytics.events.dump_error import DumpError
from analytics.events.examples import EXAMPLES
from analytics.ui import found, questions
from analytics.ui.choices import Choices
from analytics.ui.datasets import SAMPLE, Dataset, datasets, load_usable
from analytics.ui.dropped import Dropped, dropped_files
from analytics.ui.escape import for_markdown
from analytics.ui.history import history
from analytics.ui.matching import Seen, matched
from analytics.ui.pages import explore_button
from analytics.ui.remembered import remembered

_LOADED = "loaded"
_SEEN = "seen"
_STOPPED = "stopped"
_ROWS_TO_SEE = 1_000
_EXAMPLE_LABELS = ("Template (CSV)", "Example (CSV)", "Example (JSON)")


def page() -> None:
    """Draw the page."""
    st.title("Import")
    st.markdown(
        "Drop what your CRM exports: CSV, Excel or Parquet with one event or one message a row, or events as JSON; "
        "compressed, too. They are checked here first; then explore them without storing anything, or add them to your "
        "stored events. Nothing leaves this machine."
    )
    _examples()
    files = dropped_files()
    if files:
        _dropped(files)
    else:
        explore_button("Explore sample data instead", SAMPLE, icon=":material/science:")
    history()


def _examples() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(":small[To fill in or to try:]", width="content")
        for (name, make), label in zip(EXAMPLES.items(), _EXAMPLE_LABELS, strict=True):
            st.download_button(
                label, make, file_name=name, on_click="ignore", type="tertiary", icon=":material/download:"
            )


def _dropped(files: Sequence[Dropped]) -> None:
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
        found.draw(dataset, matchings)


def _tables(files: Sequence[Dropped]) -> list[Seen]:
    """Return the tables among the dropped files; each is looked into once."""
    known: dict[str, list[Seen]] = st.session_state.setdefault(_SEEN, {})
    for file in files:
        if file.file_id not in known:
            known[file.file_id] = _seen(file)
    return [table for file in files for table in known[file.file_id]]


def _seen(file: Dropped) -> list[Seen]:
    seen: list[Seen] = []
    with suppress(DumpError):  # which is said when it is read
        for name, table in tables_in(file.content):
            sample = table.sample.slice(0, _ROWS_TO_SEE)
            seen.append(Seen(name or file.name, table.kind, table.columns, sample))
    return seen


def _loaded(files: Sequence[Dropped], choices: Choices) -> tuple[Dataset | None, dict[str, str]]:
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
    dataset, refused = load_usable([(file.name, file.content) for file in files], partial(_advance, bar), choices)
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
