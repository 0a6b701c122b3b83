"""One conversation: what came of it, who took part, and all that happened in it."""

from urllib.parse import quote

import numpy as np
import pandas as pd
import streamlit as st

from analytics.metrics.case import chat_id_of, of_same_customer, story, waits_in
from analytics.metrics.cases import rows
from analytics.store.preferences import CHAT
from analytics.ui.conversations import page, story_html
from analytics.ui.data.preferences import agent_name, phone_shown, preferences
from analytics.ui.data.view import View
from analytics.ui.elements.case_links import ask, opened_case
from analytics.ui.elements.figure import LABELS
from analytics.ui.elements.opening import data_up_to
from analytics.words import display
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.wait_kinds import Wait

_LONG = 300
"""Of a conversation of more rows the latest so many are shown first."""
_OTHERS = 20


def draw(view: View, key: str, wait: Wait, *, back: str) -> None:
    """Draw the conversation of a key of the address, and the way `back` to the page's own list."""
    st.button(back, icon=":material/arrow_back:", type="tertiary", on_click=_close)
    number = opened_case(view, key)
    if number is None:
        st.title("This conversation is not here")
        st.markdown("The link names one that these data do not hold, or no longer.")
        return
    case = rows(view.dataset.events, view.selection, np.array([number]), wait.kind).iloc[0]
    told = story(view.dataset.events, view.selection, number)
    st.title(f"Conversation of {for_markdown(phone_shown(case['user']))}")
    st.markdown(f"##### {headline(case, told, wait)}")
    st.caption(data_up_to(view))
    st.markdown(_about(case))
    _into_crm(view, number)
    _story(view, told, number, key)
    _others(view, number, wait)


def headline(case: pd.Series, told: pd.DataFrame, wait: Wait) -> str:
    """Return what came of a conversation, how long its customer waited, and how long it ran."""
    outcome = LABELS.get(case["outcome"], "The customer did not write")
    ran = (case["last"] - case["began"]).total_seconds()
    parts = [outcome]
    if pd.notna(case["wait"]):
        waited = display.duration(case["wait"])
        parts.append(f"{'waiting' if case['waiting'] else 'longest wait'} {waited} for {wait.awaited}")
    if ran:
        ended = told["event"].iloc[-1] == "chat.resolved"
        parts.append(f"{'resolved after' if ended else 'ran for'} {display.duration(ran)}")
    return "; ".join(parts) + "."


def _close() -> None:
    ask(case="")


def _about(case: pd.Series) -> str:
    agents = ", ".join(for_markdown(agent_name(agent)) for agent in case["agents"])
    parts = [
        for_markdown(country_name(case["country"])),
        agents or "no agent",
        f"{display.count(case['received'])} received",
        f"{display.count(case['sent'])} sent",
    ]
    return " · ".join(parts)


def _into_crm(view: View, number: int) -> None:
    """Draw the link into the CRM, where one is set and the chat has an id."""
    link = preferences().crm_link
    if not link:
        return
    chat = chat_id_of(view.dataset.events, view.dataset.facts, number)
    if chat:
        st.link_button("Open in the CRM", link.replace(CHAT, quote(chat, safe="")), icon=":material/open_in_new:")


def _story(view: View, told: pd.DataFrame, number: int, key: str) -> None:
    latest = told.tail(_LONG)
    if len(latest) < len(told) and st.toggle(f"Show all {display.count(len(told))} events", key=f"all of {key}"):
        latest = told
    st.html(story_html.html(latest, waits_in(view.selection, number), view.filter.timezone))


def _others(view: View, number: int, wait: Wait) -> None:
    others = of_same_customer(view.dataset.facts, number)
    if not len(others):
        return
    st.subheader("Other conversations of this customer")
    latest = others[:_OTHERS]
    page.table(view, rows(view.dataset.events, view.selection, latest, wait.kind), wait)
    if len(latest) < len(others):
        st.caption(f"The latest {_OTHERS} of {display.count(len(others))}.")
