"""The history of imports: which files were added, by whom, and a button that undoes each import."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.store.event_store import open_store
from analytics.store.imports import Import
from analytics.store.projects import Project
from analytics.ui.browser.dialogs import dialog
from analytics.ui.browser.session import Key
from analytics.ui.data.live import current_project
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import notices
from analytics.ui.filters.looked_at import current_time_zone
from analytics.words import display, importing
from analytics.words.escape import for_markdown

_AT_FIRST = 10
_FAILED = "undone_failed"


def draw_history() -> None:
    """Draw the imports of the project that is looked at, the newest first; nothing where there are none."""
    with catch_store_errors():
        project = current_project()
        done = open_store().imports(project.id) if project else []
        if project and done:
            _draw(project, done)


def _draw(project: Project, done: Sequence[Import]) -> None:
    st.subheader("History of imports")
    notices.draw(_FAILED)
    everything = len(done) <= _AT_FIRST or st.toggle(f"Show all {display.count(len(done))}", key="all_imports")
    for entry in done if everything else done[:_AT_FIRST]:
        _draw_entry(project, entry)


def count_undone() -> int:
    """Return how many imports were undone in this session."""
    return len(st.session_state.get(Key.IMPORTS_UNDONE, ()))


def was_undone(entry: Import) -> bool:
    """Return whether an import was undone in this session."""
    return entry.id in st.session_state.get(Key.IMPORTS_UNDONE, ())


def _draw_entry(project: Project, entry: Import) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"import_{entry.id}"):
        name, by = for_markdown(entry.file), f" by {for_markdown(entry.who)}" if entry.who else ""
        st.markdown(
            f"{f'**{name}**' if entry.undone_at is None else f'~~{name}~~'} · "
            f"{_format_moment(entry.imported_at)}{by}  \n:small[{_describe_counts(entry)}]",
            width="stretch",
        )
        if entry.undone_at is None:
            if st.button("Undo this import", key=f"undo_{entry.id}", icon=":material/undo:"):
                _ask_to_undo(project, entry)
        else:
            st.markdown(f":small[Undone {_format_moment(entry.undone_at)}{_describe_removed(entry)}]", width="content")


def _describe_counts(entry: Import) -> str:
    return " · ".join([
        f"{display.count(entry.stored)} new",
        display.with_noun(entry.duplicates, "duplicate"),
        f"{display.count(entry.rejected)} cannot be used",
    ])  # fmt: skip


def _describe_removed(entry: Import) -> str:
    """Return how many events an undo removed, if it happened in this session."""
    removed = st.session_state.get(Key.IMPORTS_UNDONE, {}).get(entry.id)
    return "" if removed is None else f": **{display.with_noun(removed, 'event')} removed**"


def _format_moment(instant: datetime) -> str:
    return f"{instant.astimezone(ZoneInfo(current_time_zone())):%-d %b %Y, %H:%M}"


@dialog("Undo this import?")
def _ask_to_undo(project: Project, entry: Import) -> None:
    st.markdown(importing.confirm_undo(for_markdown(entry.file), entry.stored))
    with st.container(horizontal=True):
        undone = st.button(
            "Undo import", type="primary", icon=":material/undo:", on_click=_undo, args=(project.id, entry)
        )
        if st.button("Keep import") or undone:
            st.rerun()


def _undo(project: int, entry: Import) -> None:
    with catch_store_errors(notices.say_store_error(_FAILED)):
        removed = open_store().undo_import(project, entry.id)
        st.session_state.setdefault(Key.IMPORTS_UNDONE, {})[entry.id] = removed
