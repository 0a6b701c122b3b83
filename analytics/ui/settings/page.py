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
from analytics.words import display, settings_help
from analytics.words import start_mode as start_mode_words
from analytics.words.escape import for_markdown

BROWSER = "The time zone of each browser"
_STARTS = {"found": "As found", "bot": "The bot", "agent": "An agent"}
_LIMITS = {
    "silence_hours": (
        "Hours of silence that end a conversation",
        30 * 24,
        settings_help.SILENCE,
    ),
    "never_answered_hours": (
        "Hours after which a wait counts as never answered",
        30 * 24,
        settings_help.NEVER_ANSWERED,
    ),
    "reply_hours": ("Hours within which a reply counts for a message", 30 * 24, None),
    "stay_days": ("Days without coming back after which a conversation stayed solved", 90, None),
}
"""Limits by preference: label, the most that can be entered, and a word of help."""


def draw_page() -> None:
    """Draw the page."""
    setup_title(SETTINGS)
    with catch_store_errors():
        _draw(current_project())


def _draw(project: Project | None) -> None:
    st.markdown(
        settings_help.for_everyone(for_markdown(project.name))
        if project
        else f"{settings_help.NOTHING_STORED} **{DEFAULT_PROJECT}**."
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
    with draw_part("target", "Target", settings_help.SHOWN_TARGET) as saved:
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
    with draw_part("conversations", "Conversations", settings_help.SHOWN_CONVERSATIONS) as saved:
        start_mode = _ask_who_answers_first(chosen)
        route = st.toggle(
            "Assignments only route",
            chosen.assignments_route,
            key="set_assignments_route",
            help=settings_help.ROUTING,
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
        help=settings_help.START_MODE,
    )
    if view := current_view():
        st.caption(start_mode_words.explain_start_mode(view.start))
    return start_mode


def _draw_zone(chosen: Preferences) -> None:
    options = [BROWSER, *zones()]
    with draw_part("zone", "Time zone", settings_help.SHOWN_ZONE) as saved:
        zone = st.selectbox(
            "Time zone",
            options,
            options.index(chosen.timezone or BROWSER),
            key="set_timezone",
            help=settings_help.ZONE,
        )
        draw_save_button("zone", lambda: {"timezone": None if zone == BROWSER else zone}, saved)


def _draw_cases(chosen: Preferences) -> None:
    with draw_part("cases", "Cases", settings_help.SHOWN_CASES) as saved:
        link = st.text_input(
            "Link to a chat in your CRM",
            chosen.crm_link or "",
            placeholder=f"https://crm.example/chats/{CHAT_PLACEHOLDER}",
            key="set_crm_link",
            help=settings_help.chat_link(CHAT_PLACEHOLDER),
        )
        phones = st.toggle(
            "Show full phone numbers",
            chosen.show_phones,
            key="set_show_phones",
            help=settings_help.masked_phones(display.mask_customer("+254712345678")),
        )
        draw_save_button("cases", lambda: {"crm_link": link.strip() or None, "show_phones": phones}, saved)
