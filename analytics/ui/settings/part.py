"""A part of the settings: drawn in a frame, saved alone, with what came of it said beside its button."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st
from pydantic import ValidationError

from analytics.store.preferences import problems
from analytics.ui.data.preferences import save
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import notices
from analytics.words.escape import for_markdown


@contextmanager
def part(name: str, title: str, shows: str) -> Iterator[str]:
    """Draw a part of the settings, and give what is said once it is saved: where it shows."""
    with st.container(border=True, key=f"settings_{name}"):
        st.subheader(title)
        st.caption(f"Shows in {shows}.")
        yield f"Saved. From now on it shows in {shows}."


def save_button(name: str, read: Callable[[], dict[str, Any]], saved: str, label: str = "Save") -> None:
    """Draw the button that saves what `read` returns, a value for each preference; and what came of it."""
    if st.button(label, key=f"save_{name}", icon=":material/save:"):
        if wrong := _wrong(read):
            notices.say(f"save_{name}", "error", "\n\n".join(map(for_markdown, wrong)), ":material/error:")
        else:
            notices.say(f"save_{name}", "success", saved, ":material/check:")
        st.rerun()
    notices.draw(f"save_{name}")


def _wrong(read: Callable[[], dict[str, Any]]) -> list[str]:
    """Save what is read, and return what is wrong with it."""
    wrong: list[str] = []
    try:
        with catch_store_errors(wrong.append):
            save(**read())
    except ValidationError as error:
        return problems(error)
    except ValueError as error:
        return [str(error)]
    return wrong
