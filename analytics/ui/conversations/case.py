"""One conversation: its outcome, who took part, and everything that happened in it."""

from urllib.parse import quote

import numpy as np
import pandas as pd
import streamlit as st

from analytics.metrics.case import build_story, chat_id_of, find_of_same_customer, find_waits_in
from analytics.metrics.cases import build_case_rows
from analytics.store.preferences import CHAT_PLACEHOLDER
from analytics.ui.conversations import page, story_html
from analytics.ui.data.preferences import agent_name, preferences, show_phone
from analytics.ui.data.view import View
from analytics.ui.elements.case_links import change_query, find_case
from analytics.ui.elements.figure import LABELS
from analytics.ui.elements.opening import data_up_to
from analytics.words import display
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.wait_kinds import Wait

_MOST_ROWS_AT_FIRST = 300
"""At first only this many of the latest rows of a conversation are shown."""
_MOST_OTHERS = 20


def draw(view: View, key: str, wait: Wait, *, back: str) -> None:
    """Draw the conversation with this key, and a button labelled `back` that leads to the page's own list."""
    st.button(back, icon=":material/arrow_back:", type="tertiary", on_click=_close)
    number = find_case(view, key)
    if number is None:
        st.title("This conversation is not here")
        st.markdown("The link names one that these data do not hold, or no longer.")
        return
    case = build_case_rows(view.dataset.events, view.selection, np.array([number]), wait.kind).iloc[0]
    story = build_story(view.dataset.events, view.selection, number)
    st.title(f"Conversation of {for_markdown(show_phone(case['user']))}")
    st.markdown(f"##### {write_headline(case, story, wait)}")
    st.caption(data_up_to(view))
    st.markdown(_describe(case))
    _draw_crm_link(view, number)
    _draw_story(view, story, number, key)
    _draw_others(view, number, wait)


def write_headline(case: pd.Series, story: pd.DataFrame, wait: Wait) -> str:
    """Return the outcome of a conversation, how long its customer waited, and how long it ran."""
    outcome = LABELS.get(case["outcome"], "The customer did not write")
    ran = (case["last"] - case["began"]).total_seconds()
    parts = [outcome]
    if pd.notna(case["wait"]):
        waited = display.duration(case["wait"])
        parts.append(f"{'waiting' if case['waiting'] else 'longest wait'} {waited} for {wait.awaited}")
    if ran:
        ended = story["event"].iloc[-1] == "chat.resolved"
        parts.append(f"{'resolved after' if ended else 'ran for'} {display.duration(ran)}")
    return "; ".join(parts) + "."


def _close() -> None:
    change_query(case="")


def _describe(case: pd.Series) -> str:
    agents = ", ".join(for_markdown(agent_name(agent)) for agent in case["agents"])
    parts = [
        for_markdown(country_name(case["country"])),
        agents or "no agent",
        f"{display.count(case['received'])} received",
        f"{display.count(case['sent'])} sent",
    ]
    return " · ".join(parts)


def _draw_crm_link(view: View, number: int) -> None:
    """Draw the link into the CRM if one is set and the chat has an id."""
    link = preferences().crm_link
    if not link:
        return
    chat = chat_id_of(view.dataset.events, view.dataset.facts, number)
    if chat:
        st.link_button(
            "Open in the CRM", link.replace(CHAT_PLACEHOLDER, quote(chat, safe="")), icon=":material/open_in_new:"
        )


def _draw_story(view: View, story: pd.DataFrame, number: int, key: str) -> None:
    latest = story.tail(_MOST_ROWS_AT_FIRST)
    if len(latest) < len(story) and st.toggle(f"Show all {display.count(len(story))} events", key=f"all of {key}"):
        latest = story
    st.html(story_html.build_html(latest, find_waits_in(view.selection, number), view.filter.timezone))


def _draw_others(view: View, number: int, wait: Wait) -> None:
    others = find_of_same_customer(view.dataset.facts, number)
    if not len(others):
        return
    st.subheader("Other conversations of this customer")
    latest = others[:_MOST_OTHERS]
    page.draw_table(view, build_case_rows(view.dataset.events, view.selection, latest, wait.kind), wait)
    if len(latest) < len(others):
        st.caption(f"The latest {_MOST_OTHERS} of {display.count(len(others))}.")
