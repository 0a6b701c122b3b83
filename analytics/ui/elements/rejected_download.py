"""The download of events that cannot be used, as they came: for those who may see phones and names in full."""

from collections.abc import Callable, Iterator

import streamlit as st

from analytics.ui.data.permissions import guarded, may_see_raw


def offer_rejected(lines: Callable[[], Iterator[bytes]], *, help: str, rows: int | None = None) -> None:  # noqa: A002  # as Streamlit says
    """Draw the button; the file is made when somebody asks for it."""
    st.download_button(
        "Download them with their reasons",
        guarded(lambda: b"".join(lines()), "cannot-be-used", rows=rows, in_full=True),
        file_name="cannot-be-used.ndjson",
        mime="application/x-ndjson",
        on_click="ignore",
        icon=":material/download:",
        help=help,
        disabled=not may_see_raw(),
    )
