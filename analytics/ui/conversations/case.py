"""One conversation: its outcome, who took part, and everything that happened in it."""

from urllib.parse import quote

import pandas as pd
import streamlit as st

from analytics.metrics.case import Case, open_case
from analytics.store.preferences import CHAT_PLACEHOLDER
from analytics.ui.conversations import page, story_html
from analytics.ui.data.preferences import agent_name, preferences, show_customer
from analytics.ui.data.view import View
from analytics.ui.elements.case_links import change_query, secret_of_keys
from analytics.ui.elements.figure import LABELS
from analytics.ui.elements.opening import data_up_to
from analytics.words import display
from analytics.words.conversation_list import NOT_HERE, describe_case
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.wait_kinds import Wait

_MOST_ROWS_AT_FIRST = 300
"""At first only this many of the latest rows of a conversation are shown."""
_MOST_OTHERS = 20


def draw(view: View, key: str, wait: Wait, *, back: str) -> None:
    """Draw the conversation with this key, and a button labelled `back` that leads to the page's own list."""
    st.button(back, icon=":material/arrow_back:", type="tertiary", on_click=_close)
    case = view.ask(open_case, key, wait.kind, _MOST_OTHERS, secret_of_keys())
    if case is None:
        st.title("This conversation is not here")
        st.markdown(NOT_HERE)
        return
    st.title(f"Conversation of {for_markdown(show_customer(case.row['user']))}")
    st.markdown(f"##### {write_headline(case.row, case.story, wait)}")
    st.caption(data_up_to(view))
    st.markdown(_describe(case.row))
    _draw_crm_link(case.chat_id)
    _draw_story(view, case, key)
    _draw_others(view, case, wait)


def write_headline(case: pd.Series, story: pd.DataFrame, wait: Wait) -> str:
    """Return the outcome of a conversation, how long its customer waited, and how long it ran."""
    outcome = LABELS.get(case["outcome"], "The customer did not write")
    ran = (case["last"] - case["began"]).total_seconds()
    waited = (case["wait"], bool(case["waiting"])) if pd.notna(case["wait"]) else None
    resolved = story["event"].iloc[-1] == "chat.resolved"
    return describe_case(outcome, waited, wait, ran, resolved=resolved)


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


def _draw_crm_link(chat: str) -> None:
    """Draw the link into the CRM if one is set and the chat has an id."""
    link = preferences().crm_link
    if not link:
        return
    if chat:
        st.link_button(
            "Open in the CRM", link.replace(CHAT_PLACEHOLDER, quote(chat, safe="")), icon=":material/open_in_new:"
        )


def _draw_story(view: View, case: Case, key: str) -> None:
    story = case.story
    latest = story.tail(_MOST_ROWS_AT_FIRST)
    if len(latest) < len(story) and st.toggle(f"Show all {display.count(len(story))} events", key=f"all of {key}"):
        latest = story
    st.html(story_html.build_html(latest, case.waits, view.filter.timezone))


def _draw_others(view: View, case: Case, wait: Wait) -> None:
    if not case.others_count:
        return
    st.subheader("Other conversations of this customer")
    page.draw_table(view, case.others, wait)
    if len(case.others) < case.others_count:
        st.caption(f"The table shows the latest {_MOST_OTHERS} of {display.count(case.others_count)}.")
