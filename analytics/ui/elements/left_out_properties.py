"""Optional properties that could not be used, as a table: how many events lack them, and why."""

from collections.abc import Collection, Iterable

import pandas as pd
import streamlit as st

from analytics.events.left_out import LeftOut
from analytics.words import display
from analytics.words.data_quality import LEFT_OUT
from analytics.words.escape import for_markdown


def draw_section(found: Collection[tuple[LeftOut, int]], scope: str) -> None:
    """Draw them under a heading, if there are any; `scope` says what was looked at."""
    if found:
        st.subheader("Properties that were left out")
        st.caption(scope)
        st.markdown(LEFT_OUT)
        draw(found)


def draw(found: Iterable[tuple[LeftOut, int]]) -> None:
    """Draw how often each property was left out."""
    frame = pd.DataFrame(
        [
            {
                "Property": for_markdown(f"{left_out.field.removeprefix('properties.')} in {left_out.event}"),
                "Events": display.count(count),
                "Example": for_markdown(left_out.value or display.NO_VALUE),
                "What is wrong": for_markdown(left_out.message),
            }
            for left_out, count in found
        ]
    )
    st.table(frame, hide_index=True, border="horizontal")
