"""Settings: what a team sets for its project. Each part is saved alone and says where it has an effect."""

import streamlit as st

from analytics.store.preferences import CHAT_PLACEHOLDER, Preferences
from analytics.store.projects import Project
from analytics.store.write_keys import DEFAULT_PROJECT
from analytics.ui.data.live import current_project
from analytics.ui.data.preferences import preferences
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.data.view import current_view
from analytics.ui.elements.opening import setup_title
from analytics.ui.filters.parameters import zones
from analytics.ui.menu import SETTINGS
from analytics.ui.settings import agents, hours
from analytics.ui.settings.part import draw_part, draw_save_button
from analytics.words import display
from analytics.words import start_mode as start_mode_words
from analytics.words.escape import for_markdown

BROWSER = "That of each browser"
_STARTS = {"found": "As found", "bot": "The bot", "agent": "An agent"}
_LIMITS = {
    "silence_hours": (
        "Hours of silence that end a conversation",
        30 * 24,
        "What comes later begins a new conversation. WhatsApp’s own window is 24 hours.",
    ),
    "never_answered_hours": (
        "Hours after which a wait counts as never answered",
        30 * 24,
        "While a customer waits for an answer, only so long a silence ends the conversation.",
    ),
    "reply_hours": ("Hours within which a reply counts for a message", 30 * 24, None),
    "stay_days": ("Days without coming back after which it stayed solved", 90, None),
}
"""Limits by preference: label, the most that can be entered, and a word of help."""


def draw_page() -> None:
    """Draw the page."""
    setup_title(SETTINGS)
    with catch_store_errors():
        _draw(current_project())


def _draw(project: Project | None) -> None:
    st.markdown(
        f"They hold for everyone who looks at the project **{for_markdown(project.name)}**, in files explored too."
        if project
        else f"Nothing is stored yet: the first that you save begins the project **{DEFAULT_PROJECT}**."
    )
    chosen = preferences()
    left, right = st.columns(2)
    with left:
        _draw_target(chosen)
        _draw_conversations(chosen)
    with right:
        _draw_zone(chosen)
        _draw_cases(chosen)
    hours.draw(chosen)
    agents.draw(chosen)


def _draw_target(chosen: Preferences) -> None:
    with draw_part("target", "Target", "the headline and the cards of Overview, on Response times and Agents") as saved:
        share, within = st.columns(2)
        with share:
            percent = st.number_input(
                "Share of customers, in %", 1, 100, round(chosen.target_share * 100), 5, key="set_target_share"
            )
        with within:
            minutes = st.number_input(
                "Answered within, in minutes",
                1,
                7 * 24 * 60,
                max(1, round(chosen.target_seconds / 60)),
                key="set_target_minutes",
            )
        draw_save_button("target", lambda: {"target_share": percent / 100, "target_seconds": minutes * 60}, saved)


def _draw_conversations(chosen: Preferences) -> None:
    with draw_part("conversations", "Conversations", "all that is counted by bot, agent or conversation") as saved:
        start_mode = _ask_who_answers_first(chosen)
        route = st.toggle(
            "Assignments only route",
            chosen.assignments_route,
            key="set_assignments_route",
            help="For systems that assign every new chat to somebody: an assignment names the agent, but neither hands "
            "the chat to people nor begins a wait.",
        )
        limits = {
            name: st.number_input(label, 1, most, getattr(chosen, name), key=f"set_{name}", help=explained)
            for name, (label, most, explained) in _LIMITS.items()
        }
        started = {"start_mode": start_mode, "found_start_mode": None}
        draw_save_button("conversations", lambda: {**started, "assignments_route": route, **limits}, saved)


def _ask_who_answers_first(chosen: Preferences) -> str:
    start_mode = st.radio(
        "Who answers first?",
        list(_STARTS),
        list(_STARTS).index(chosen.start_mode),
        format_func=_STARTS.__getitem__,
        key="set_start_mode",
        horizontal=True,
        help="Where people answer first, each first message waits for a person. As found: the events say it, and "
        "what they say is kept from 1,000 sent messages on; saving it again finds it anew.",
    )
    if view := current_view():
        st.caption(start_mode_words.explain_start_mode(view.start))
    return start_mode


def _draw_zone(chosen: Preferences) -> None:
    options = [BROWSER, *zones()]
    with draw_part("zone", "Time zone", "days, weekdays and hours of every page") as saved:
        zone = st.selectbox(
            "Days begin at midnight in",
            options,
            options.index(chosen.timezone or BROWSER),
            key="set_timezone",
            help="For links that name no other zone. The filter *Time zone* looks through another for once.",
        )
        draw_save_button("zone", lambda: {"timezone": None if zone == BROWSER else zone}, saved)


def _draw_cases(chosen: Preferences) -> None:
    with draw_part("cases", "Cases", "Conversations and Waiting now") as saved:
        link = st.text_input(
            "Link to a chat in your CRM",
            chosen.crm_link or "",
            placeholder=f"https://crm.example/chats/{CHAT_PLACEHOLDER}",
            key="set_crm_link",
            help=f"`{CHAT_PLACEHOLDER}` stands for the id of the chat. Leave it empty for no link.",
        )
        phones = st.toggle(
            "Show full phone numbers",
            chosen.show_phones,
            key="set_show_phones",
            help=f"Else they are shown as {display.mask_customer('+254712345678')}, in downloads too.",
        )
        draw_save_button("cases", lambda: {"crm_link": link.strip() or None, "show_phones": phones}, saved)
