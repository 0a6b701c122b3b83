"""Settings: what a team sets for its project, saved part by part, each saying where it shows."""

import streamlit as st

from analytics.store.preferences import CHAT, Preferences
from analytics.store.projects import Project
from analytics.store.write_keys import DEFAULT_PROJECT
from analytics.ui.data.live import chosen_project
from analytics.ui.data.preferences import preferences
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements.opening import setup_title
from analytics.ui.filters.parameters import zones
from analytics.ui.menu import SETTINGS
from analytics.ui.settings import agents, hours
from analytics.ui.settings.part import part, save_button
from analytics.words import display
from analytics.words.escape import for_markdown

BROWSER = "That of each browser"
_STARTS = {"bot": "The bot", "agent": "An agent"}


def page() -> None:
    """Draw the page."""
    setup_title(SETTINGS)
    with catch_store_errors():
        _draw(chosen_project())


def _draw(project: Project | None) -> None:
    st.markdown(
        f"They hold for everyone who looks at the project **{for_markdown(project.name)}**, in files explored too."
        if project
        else f"Nothing is stored yet: the first that you save begins the project **{DEFAULT_PROJECT}**."
    )
    chosen = preferences()
    left, right = st.columns(2)
    with left:
        _target(chosen)
        _conversations(chosen)
    with right:
        _zone(chosen)
        _cases(chosen)
    hours.draw(chosen)
    agents.draw(chosen)


def _target(chosen: Preferences) -> None:
    with part("target", "Target", "the headline and the cards of Overview, on Response times and Agents") as saved:
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
        save_button("target", lambda: {"target_share": percent / 100, "target_seconds": minutes * 60}, saved)


def _conversations(chosen: Preferences) -> None:
    with part("conversations", "Conversations", "all that is counted by bot, agent or conversation") as saved:
        start_mode = st.radio(
            "Who answers first?",
            list(_STARTS),
            list(_STARTS).index(chosen.start_mode),
            format_func=_STARTS.__getitem__,
            key="set_start_mode",
            horizontal=True,
            help="Without a bot, choose “An agent”: then each first message waits for a person.",
        )
        silence = st.number_input(
            "Hours of silence that end a conversation",
            1,
            30 * 24,
            chosen.silence_hours,
            key="set_silence_hours",
            help="What comes later begins a new conversation. WhatsApp’s own window is 24 hours.",
        )
        save_button("conversations", lambda: {"start_mode": start_mode, "silence_hours": silence}, saved)


def _zone(chosen: Preferences) -> None:
    options = [BROWSER, *zones()]
    with part("zone", "Time zone", "days, weekdays and hours of every page") as saved:
        zone = st.selectbox(
            "Days begin at midnight in",
            options,
            options.index(chosen.timezone or BROWSER),
            key="set_timezone",
            help="For links that name no other zone. The filter *Time zone* looks through another for once.",
        )
        save_button("zone", lambda: {"timezone": None if zone == BROWSER else zone}, saved)


def _cases(chosen: Preferences) -> None:
    with part("cases", "Cases", "Conversations and Waiting now") as saved:
        link = st.text_input(
            "Link to a chat in your CRM",
            chosen.crm_link or "",
            placeholder=f"https://crm.example/chats/{CHAT}",
            key="set_crm_link",
            help=f"`{CHAT}` stands for the id of the chat. Leave it empty for no link.",
        )
        phones = st.toggle(
            "Show full phone numbers",
            chosen.show_phones,
            key="set_show_phones",
            help=f"Else they are shown as {display.masked('+254712345678')}, in downloads too.",
        )
        save_button("cases", lambda: {"crm_link": link.strip() or None, "show_phones": phones}, saved)
