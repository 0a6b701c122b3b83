"""Clicks: a selection in a chart or a table that acts once.

After each it is drawn as a new one in which nothing is selected, so that the same can be clicked again and nothing
that was selected comes back.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from analytics.ui.browser.session import Key

Act = Callable[[Any], None]
"""What a click does, given what was clicked stands for."""


def key(name: str) -> str:
    """Return the key under which what is called so is drawn next."""
    return f"click {name} {_number(name)}"


def acting(name: str, find: Callable[[Any], Any], act: Act) -> Callable[[], None]:
    """Return a callback that acts on what was clicked, as `find` sees it in the selection; None is nothing."""
    selected = key(name)

    def click() -> None:
        st.session_state[_counter(name)] = _number(name) + 1
        found = find(st.session_state[selected]["selection"])
        if found is not None:
            act(found)

    return click


def _number(name: str) -> int:
    return int(st.session_state.get(_counter(name), 0))


def _counter(name: str) -> str:
    return f"{Key.CLICKS} {name}"
