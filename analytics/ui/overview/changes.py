"""What changed most; each change is a link to the page that shows it."""

import streamlit as st

from analytics.metrics.changes import Change, compare_counts, count_what_changes
from analytics.ui.browser.address import remember_link
from analytics.ui.data.preferences import agent_name
from analytics.ui.data.view import View
from analytics.ui.filters.looked_at import current_address
from analytics.ui.menu import AGENTS, BOT_AND_HANDOFFS, CUSTOMERS, MESSAGES
from analytics.words import display, reports
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown

_PAGES = {
    "country": CUSTOMERS,
    "agent": AGENTS,
    "template": MESSAGES,
    "reason": BOT_AND_HANDOFFS,
}


def draw(view: View) -> None:
    """Draw the biggest changes from the compared period."""
    before = view.ask_before(count_what_changes)
    if before is None:
        st.caption(reports.NOT_COMPARED)
        return
    found = compare_counts(view.ask(count_what_changes), before)
    if not found:
        st.caption(reports.NOTHING_CHANGED)
    for change in found:
        _draw_change(change)
    if found:
        st.caption(reports.WHAT_CHANGED)


def describe_change(change: Change) -> str:
    """Return a change in words: `Kenya: 1,204 messages received, +38 % (872 before)`."""
    counted = {
        "country": (country_name(change.name), "message received", "messages received"),
        "agent": (agent_name(change.name), "message sent", "messages sent"),
        "template": (change.name, "message sent", "messages sent"),
        "reason": (display.words(change.name), "handoff", "handoffs"),
    }
    name, one, many = counted[change.of]
    difference = display.difference("count", change.now, change.before)
    before = f"{difference} ({display.count(change.before)} before)" if difference else "none before"
    return f"**{for_markdown(name)}**: {display.count(change.now)} {one if change.now == 1 else many}, {before}"


def _draw_change(change: Change) -> None:
    chosen = {} if change.of == "reason" else {change.of: [change.name]}
    icon = ":material/trending_up:" if change.now > change.before else ":material/trending_down:"
    link = remember_link(current_address(**chosen))
    st.page_link(_PAGES[change.of].path, label=describe_change(change), icon=icon, query_params=link)
