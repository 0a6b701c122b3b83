"""Notices: the result of an action, shown until the user does the next thing on that page or leaves it.

New data draw a page again without the user; this must not remove a notice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from analytics.ui.browser.session import Key
from analytics.ui.data.store_errors import ICON
from analytics.ui.data.view import current_view
from analytics.words.escape import for_markdown

_DRAW = {"success": st.success, "info": st.info, "error": st.error}

Kind = Literal["success", "info", "error"]
Data = tuple[str, str]
"""A project, and the token of its present data."""


@dataclass(frozen=True)
class _Notice:
    """A notice at a place of a page, and the data with which it was drawn last."""

    place: str
    kind: Kind
    text: str
    icon: str | None
    drawn_with: Data | None = None

    @property
    def close(self) -> str:
        """The key of the button that closes the notice; the session knows it while the notice is on the screen."""
        return f"close {self.place}"


def say(place: str, kind: Kind, text: str, icon: str | None = None) -> None:
    """Set the notice, in Markdown, for a place; it replaces the one before and is drawn from then on."""
    st.session_state[Key.NOTICE] = _Notice(place, kind, text, icon)


def say_store_error(place: str) -> Callable[[str], None]:
    """Return what says at a place why the store did not do what was asked of it (see `catch_store_errors`)."""
    return lambda text: say(place, "error", for_markdown(text), ICON)


def draw(place: str) -> None:
    """Draw the notice of a place, unless the user has gone on since."""
    notice: _Notice | None = st.session_state.get(Key.NOTICE)
    if notice is None or notice.place != place:
        return
    data = _data()
    if notice.drawn_with and not (notice.close in st.session_state and _is_newer(data, notice.drawn_with)):
        _forget()
        return
    st.session_state[Key.NOTICE] = replace(notice, drawn_with=data)
    with st.container(horizontal=True, vertical_alignment="center"):
        _DRAW[notice.kind](notice.text, icon=notice.icon)
        st.button("Close", key=notice.close, type="tertiary", on_click=_forget)


def _data() -> Data:
    view = current_view()
    return st.session_state.get(Key.PROJECT, ""), view.token if view else ""


def _is_newer(data: Data, before: Data) -> bool:
    """Return whether newer data of the same project caused the run; with the same data it was the user."""
    return data[0] == before[0] and data[1] != before[1]


def _forget() -> None:
    st.session_state.pop(Key.NOTICE, None)
