"""A part of the settings: drawn in a frame, saved alone, with what came of it said beside its button."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from analytics.store.database import StoreError
from analytics.store.preferences import problems
from analytics.ui.escape import for_markdown
from analytics.ui.preferences import save

_SAID = "settings_said"
_SAID_SECONDS = 60.0


@dataclass(frozen=True)
class _Said:
    """What came of saving a part: what is wrong, nothing where it was saved; and when."""

    part: str
    wrong: tuple[str, ...]
    at: float


@contextmanager
def part(name: str, title: str, shows: str) -> Iterator[None]:
    """Draw a part of the settings, which shows in reports."""
    with st.container(border=True, key=f"settings_{name}"):
        st.subheader(title)
        st.caption(f"Shows in {shows}.")
        yield


def save_button(name: str, read: Callable[[], dict[str, Any]], label: str = "Save") -> None:
    """Draw the button that saves what `read` returns, a value for each preference; and what came of it."""
    if st.button(label, key=f"save_{name}", icon=":material/save:"):
        st.session_state[_SAID] = _Said(name, tuple(_wrong(read)), time.monotonic())
        st.rerun()
    said: _Said | None = st.session_state.get(_SAID)
    if said is None or said.part != name or time.monotonic() - said.at > _SAID_SECONDS:
        return
    for wrong in said.wrong:
        st.error(for_markdown(wrong), icon=":material/error:")
    if not said.wrong:
        st.success("Saved. Every page counts with it from now on.", icon=":material/check:")


def _wrong(read: Callable[[], dict[str, Any]]) -> list[str]:
    """Save what is read, and return what is wrong with it."""
    try:
        save(**read())
    except ValidationError as error:
        return problems(error)
    except (StoreError, ValueError) as error:
        return [str(error)]
    return []
