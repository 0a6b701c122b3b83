"""Dialogs in front of the page. While one is open, new events wait, as drawing the page again would close it."""

from collections.abc import Callable
from typing import Literal, ParamSpec

import streamlit as st

from analytics.ui.browser.session import Key

P = ParamSpec("P")


def dialog(title: str, width: Literal["small", "large"] = "small") -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Return a decorator that makes a dialog of a function that draws its content, as `st.dialog` does."""

    def decorate(content: Callable[P, None]) -> Callable[P, None]:
        shown = st.dialog(title, width=width, on_dismiss=note_none_open)(content)

        def show(*args: P.args, **kwargs: P.kwargs) -> None:
            st.session_state[Key.DIALOG_IS_OPEN] = True
            shown(*args, **kwargs)

        return show

    return decorate


def note_none_open() -> None:
    """Note that no dialog is open: it was closed, or the whole page is drawn, and open dialogs with it."""
    st.session_state[Key.DIALOG_IS_OPEN] = False


def is_open() -> bool:
    """Return whether a dialog is open."""
    return bool(st.session_state.get(Key.DIALOG_IS_OPEN))
