"""Dialogs: what stands open before the page. While one does, new events wait: to draw the page again would close it."""

from collections.abc import Callable
from typing import Literal, ParamSpec

import streamlit as st

from analytics.ui.browser.session import Key

P = ParamSpec("P")


def dialog(title: str, width: Literal["small", "large"] = "small") -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Return what makes a dialog of a function that draws its content, as `st.dialog` does."""

    def decorate(content: Callable[P, None]) -> Callable[P, None]:
        shown = st.dialog(title, width=width, on_dismiss=none_open)(content)

        def show(*args: P.args, **kwargs: P.kwargs) -> None:
            st.session_state[Key.DIALOG_IS_OPEN] = True
            shown(*args, **kwargs)

        return show

    return decorate


def none_open() -> None:
    """Note that no dialog is open: one was closed, or the whole page is drawn, and those that stay open with it."""
    st.session_state[Key.DIALOG_IS_OPEN] = False


def is_open() -> bool:
    """Return whether a dialog is open."""
    return bool(st.session_state.get(Key.DIALOG_IS_OPEN))
