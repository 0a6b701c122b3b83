"""What came of what somebody did, said until they do the next thing on that page or leave it.

New data draw a page again by themselves, and must not take such words away.
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
"""A project, and what tells its data from earlier and later ones."""


@dataclass(frozen=True)
class _Said:
    """Words of a kind that stand at a place of a page, and the data that they were drawn with last."""

    place: str
    kind: Kind
    text: str
    icon: str | None
    drawn_with: Data | None = None

    @property
    def close(self) -> str:
        """The key of the button that takes the words away; the session knows it while they are on the screen."""
        return f"close {self.place}"


def say(place: str, kind: Kind, text: str, icon: str | None = None) -> None:
    """Say something at a place, in Markdown, instead of what was said before; it is drawn from then on."""
    st.session_state[Key.NOTICE] = _Said(place, kind, text, icon)


def say_store_error(place: str) -> Callable[[str], None]:
    """Return what says at a place why the store did not do what was asked of it (see `catch_store_errors`)."""
    return lambda text: say(place, "error", for_markdown(text), ICON)


def draw(place: str) -> None:
    """Draw what is said at a place; nothing where somebody has gone on since."""
    said: _Said | None = st.session_state.get(Key.NOTICE)
    if said is None or said.place != place:
        return
    data = _data()
    if said.drawn_with and not (said.close in st.session_state and _is_newer(data, said.drawn_with)):
        _forget()
        return
    st.session_state[Key.NOTICE] = replace(said, drawn_with=data)
    with st.container(horizontal=True, vertical_alignment="center"):
        _DRAW[said.kind](said.text, icon=said.icon)
        st.button("Close", key=said.close, type="tertiary", on_click=_forget)


def _data() -> Data:
    view = current_view()
    return st.session_state.get(Key.PROJECT, ""), view.dataset.token if view else ""


def _is_newer(data: Data, before: Data) -> bool:
    """Return whether other data of the same project had the page drawn; with the same data it was a person."""
    return data[0] == before[0] and data[1] != before[1]


def _forget() -> None:
    st.session_state.pop(Key.NOTICE, None)
