"""The page: the collector to send to, a tab for each way to test, and a button that deletes test events."""

from collections.abc import Callable

import streamlit as st

from analytics.store.event_store import open_store
from analytics.store.projects import Project
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import notices
from analytics.ui.elements.opening import setup_title
from analytics.ui.integration import burst, edit_json, full_check, listen, one_event, other_systems, scenarios
from analytics.ui.integration.connection import Connection, choose_connection
from analytics.ui.menu import INTEGRATION
from analytics.words import display, integration_tabs
from analytics.words.escape import for_markdown

_CLEANED = "cleaned"
_TABS: dict[str, Callable[[Connection | None], None]] = {
    "Full check": full_check.draw,
    "One event": one_event.draw,
    "Scenario": scenarios.draw,
    "Burst": burst.draw,
    "JSON": edit_json.draw,
    "Other systems": other_systems.draw,
    "Listen": listen.draw,
}


def draw_page() -> None:
    """Draw the page."""
    setup_title(INTEGRATION)
    st.markdown(integration_tabs.INTRODUCTION)
    connection = choose_connection()
    tabs = st.tabs(list(_TABS), key="test_tab", on_change="rerun")
    for tab, draw in zip(tabs, _TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw(connection)
    if connection and connection.project:
        _draw_cleaning(connection.project)


def _draw_cleaning(project: Project) -> None:
    """Draw the button that deletes the test events of a project."""
    st.divider()
    name = for_markdown(project.name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"The test events of the project {name} (`context.test` is true) are part of no report.",
            width="stretch",
        )
        delete = st.button("Delete all test events", icon=":material/delete_sweep:")
    if delete:
        with catch_store_errors(notices.say_store_error(_CLEANED)):
            deleted = display.with_noun(open_store().delete_test_events(project.id), "test event")
            notices.say(_CLEANED, "success", f"{deleted} deleted from the project {name}.")
    notices.draw(_CLEANED)
