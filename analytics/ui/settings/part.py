"""A part of the settings: it has a frame and is saved alone; the result stands beside its button."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st
from pydantic import ValidationError

from analytics.store.preferences import list_problems
from analytics.ui.data.preferences import save_preferences
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import notices
from analytics.words.escape import for_markdown


@contextmanager
def draw_part(name: str, title: str, shows: str) -> Iterator[str]:
    """Draw a part of the settings; yield the message after saving, which says where the part has an effect."""
    with st.container(border=True, key=f"settings_{name}"):
        st.subheader(title)
        st.caption(f"This shows in {shows}.")
        yield f"Saved. From now on it shows in {shows}."


def draw_save_button(name: str, read: Callable[[], dict[str, Any]], saved: str, label: str = "Save") -> None:
    """Draw the button that saves the values that `read` returns, by preference, and the result."""
    if st.button(label, key=f"save_{name}", icon=":material/save:"):
        if wrong := _save_or_explain(read):
            notices.say(f"save_{name}", "error", "\n\n".join(map(for_markdown, wrong)), ":material/error:")
        else:
            notices.say(f"save_{name}", "success", saved, ":material/check:")
        st.rerun()
    notices.draw(f"save_{name}")


def _save_or_explain(read: Callable[[], dict[str, Any]]) -> list[str]:
    """Save the values that are read; return what is wrong with them, empty if nothing is."""
    wrong: list[str] = []
    try:
        with catch_store_errors(wrong.append):
            save_preferences(**read())
    except ValidationError as error:
        return list_problems(error)
    except ValueError as error:
        return [str(error)]
    return wrong
