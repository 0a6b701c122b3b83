"""Import: from dropped files to a dataset, with progress, and the result."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.events.dump_error import DumpError
from analytics.events.files.choices import Choices
from analytics.events.files.contents import Content
from analytics.events.tables.encodings import Guess
from analytics.live.dataset import Dataset
from analytics.reading.parent import look_apart
from analytics.reading.process import keep_warm
from analytics.simulation.examples import EXAMPLES
from analytics.ui.browser.session import Key
from analytics.ui.data.datasets import SAMPLE, datasets, load_usable
from analytics.ui.elements.opening import explore_button, setup_title
from analytics.ui.import_events import questions, result
from analytics.ui.import_events.history import draw_history
from analytics.ui.import_events.mapping import SeenTable, choose_matchings
from analytics.ui.import_events.saved_mappings import read_mappings
from analytics.ui.import_events.uploads import DroppedFile, choose_files
from analytics.ui.menu import IMPORT
from analytics.words import display, importing
from analytics.words.escape import for_markdown

_FILES_TO_NAME = 10
_EXAMPLE_LABELS = ("Template (CSV)", "Example (CSV)", "Example (JSON)")


@dataclass(frozen=True)
class _HeldFile:
    """A dropped file, or a member of one: its name, its format, and its table if it holds one."""

    name: str
    kind: str
    table: SeenTable | None = None
    guess: Guess | None = None


@dataclass(frozen=True)
class _LookedInto:
    """What a dropped file holds, and why it cannot be used, if that shows already."""

    held: Sequence[_HeldFile]
    refusal: str


def draw_page() -> None:
    """Draw the page."""
    keep_warm()
    setup_title(IMPORT)
    st.markdown(importing.INTRODUCTION)
    _draw_examples()
    files = choose_files()
    if files:
        _draw_dropped(files)
    else:
        explore_button("Explore sample data instead", SAMPLE, icon=":material/science:")
    draw_history()


def _draw_examples() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(":small[Files to fill in or to try:]", width="content")
        for (name, make), label in zip(EXAMPLES.items(), _EXAMPLE_LABELS, strict=True):
            st.download_button(
                label, make, file_name=name, on_click="ignore", type="tertiary", icon=":material/download:"
            )


def _draw_dropped(files: Sequence[DroppedFile]) -> None:
    guesses = [(each.name, each.guess) for file in files for each in _look_into(file, None).held if each.guess]
    encoding, is_open = questions.ask_encoding(guesses)
    if is_open:
        return
    looked_into = {file.file_id: _look_into(file, encoding if guesses else None) for file in files}
    held = [each for known in looked_into.values() for each in known.held]
    _draw_kinds(held)
    seen = [each.table for each in held if each.table]
    matchings = choose_matchings(seen, read_mappings()) if seen else {}
    if any(matching.missing() for matching in matchings.values()):
        return
    choices = questions.read_answers(seen, matchings, encoding)
    refused = {file.name: reason for file in files if (reason := looked_into[file.file_id].refusal)}
    usable = [file for file in files if not looked_into[file.file_id].refusal]
    dataset, refused_later = _load(usable, choices) if usable else (None, {})
    if refused := refused | refused_later:
        _draw_refused(refused, others=dataset is not None)
    if dataset:
        questions.draw_questions(dataset.contents.rejected, seen, matchings)
        result.draw(dataset, choices.matchings)


def _look_into(file: DroppedFile, encoding: str | None) -> _LookedInto:
    """Return what a dropped file holds in an encoding; each is opened only once."""
    known: dict[Any, _LookedInto] = st.session_state.setdefault(Key.IMPORT_LOOKED_INTO, {})
    looked = file.file_id, encoding
    if looked not in known:
        meanwhile = st.empty()
        held: list[_HeldFile] = []
        refusal = ""
        try:
            say = partial(_say_looking, meanwhile, file)
            held.extend(map(_of, look_apart(file.content, file.name, say, encoding=encoding)))
        except DumpError as error:
            refusal = str(error)
        meanwhile.empty()
        known[looked] = _LookedInto(held, refusal)
    return known[looked]


def _say_looking(meanwhile: DeltaGenerator, file: DroppedFile, share: float) -> None:
    del share
    meanwhile.caption(f"Opening {for_markdown(file.name)}")


def _of(content: Content) -> _HeldFile:
    if content.sample is None:
        return _HeldFile(content.name, content.kind)
    seen = SeenTable(content.name, content.kind, tuple(content.sample.column_names), content.sample)
    kind = f"{content.kind}, {display.with_noun(len(seen.columns), 'column')}"
    return _HeldFile(content.name, kind, seen, content.guess)


def _draw_kinds(held: Sequence[_HeldFile]) -> None:
    """Draw the format of each file."""
    lines = [f"**{for_markdown(each.name)}**: {for_markdown(each.kind)}" for each in held[:_FILES_TO_NAME]]
    if more := len(held) - len(lines):
        lines.append(f"and {display.with_noun(more, 'file')} more")
    if lines:
        st.caption("  \n".join(lines))


def _load(files: Sequence[DroppedFile], choices: Choices) -> tuple[Dataset | None, dict[str, str]]:
    """Return the dataset of the dropped files, and why some are left out. Files are read only once."""
    ids = (*(file.file_id for file in files), choices.token)
    known_ids, token, refused = st.session_state.get(Key.IMPORT_LOADED, ((), "", {}))
    known = datasets().get(token) if known_ids == ids else None
    if known:
        return known, refused
    if st.session_state.get(Key.IMPORT_STOPPED) == ids:
        st.info(importing.STOPPED, icon=":material/front_hand:")
        st.button("Read again", on_click=_stop, args=(None,))
        return None, {}
    meanwhile = st.empty()
    with meanwhile.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, "Reading")
        st.button("Stop", on_click=_stop, args=(ids,), icon=":material/stop:")
    dataset, refused = load_usable([(file.name, file.content) for file in files], partial(_advance, bar), choices)
    meanwhile.empty()
    if dataset:
        st.session_state[Key.IMPORT_LOADED] = ids, dataset.token, refused
    return dataset, refused


def _stop(ids: Any) -> None:
    """Note, in a callback, which files are not to be read."""
    st.session_state[Key.IMPORT_STOPPED] = ids


def _advance(bar: DeltaGenerator, share: float, text: str) -> None:
    bar.progress(min(share, 1.0), for_markdown(text))


def _draw_refused(reasons: dict[str, str], *, others: bool) -> None:
    what = f"**{importing.refused(len(reasons), others=others)}**"
    lines = [f"- **{for_markdown(name)}**: {for_markdown(reason)}" for name, reason in reasons.items()]
    st.error("\n".join([what, "", *lines]), icon=":material/error:")
