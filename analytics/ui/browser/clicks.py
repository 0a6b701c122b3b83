"""Clicks: a selection in a chart or a table that acts once.

After each click the element is drawn as a new one without a selection. So the same point can be clicked again, and an
old selection never comes back.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from analytics.ui.browser.session import Key

Act = Callable[[Any], None]
"""The action of a click; it gets what the clicked point or row stands for."""


def key(name: str) -> str:
    """Return the key under which the element of this name is drawn next."""
    return f"click {name} {_number(name)}"


def make_callback(name: str, find: Callable[[Any], Any], act: Act) -> Callable[[], None]:
    """Return a callback that finds the clicked thing with `find`, and calls `act` unless it is None."""
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
