"""Misfits: where settings no longer fit the events that are counted by them."""

import streamlit as st

from analytics.metrics.health import proposes_routing
from analytics.ui.data.view import View
from analytics.words.start_mode import say_misfit


def draw_misfits(view: View) -> None:
    """Say which settings contradict the events, or should be set."""
    if misfit := say_misfit(view.start):
        st.warning(f"{misfit} Check **Who answers first** in Settings.", icon=":material/rule:")
    if view.ask(proposes_routing):
        st.info(
            "Most chats are assigned within 10 s of their first message, and there are handoffs. So assignments seem "
            "only to route chats. If they do, switch on **Assignments only route** in Settings.",
            icon=":material/rule:",
        )
