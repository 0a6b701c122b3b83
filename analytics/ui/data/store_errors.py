"""What the store cannot do: said to whoever asked for it, on the page or where the page says what came of an action."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from analytics.store.database import StoreError
from analytics.words.escape import for_markdown

ICON = ":material/database_off:"


def show(text: str) -> None:
    """Draw an error of the store where the page is."""
    st.error(for_markdown(text), icon=ICON)


def keep_quiet(_: str) -> None:
    """Say nothing: the page draws something else instead."""


@contextmanager
def catch_store_errors(say: Callable[[str], object] = show) -> Iterator[None]:
    """Have an error of the store within said in plain text, and go on behind."""
    try:
        yield
    except StoreError as error:
        say(str(error))
