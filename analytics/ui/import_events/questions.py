"""Import: questions that files leave open; they are asked only if events cannot be used without an answer."""

from collections.abc import Mapping, Sequence
from zoneinfo import available_timezones

import streamlit as st
from phonenumbers import SUPPORTED_REGIONS

from analytics.events.files.choices import Choices
from analytics.events.rejected import Rejected
from analytics.events.tables.matching import Matching
from analytics.ui.browser.session import Key
from analytics.ui.filters.looked_at import current_time_zone
from analytics.words.countries import country_name

_OPEN = {
    Key.IMPORT_ZONE: "timestamp_no_offset",
    Key.IMPORT_COUNTRY: "phone_no_country_code",
    Key.IMPORT_DAY_FIRST: "date_ambiguous",
}
"""For each question, the reason with which events are rejected while it has no answer."""

_ORDERS = {True: "3 April (day first)", False: "4 March (month first)"}


def read_answers(matchings: Mapping[str, Matching]) -> Choices:
    """Return what was answered so far."""
    zone, country, day_first = (st.session_state.get(key) for key in _OPEN)
    return Choices(zone, country, day_first, matchings)


def count_open(rejected: Sequence[Rejected]) -> tuple[int, int]:
    """Return how many questions have no answer yet, and how many events cannot be used before they have one."""
    unanswered = {code for key, code in _OPEN.items() if st.session_state.get(key) is None}
    waiting = [event.problem.code for event in rejected if event.problem.code in unanswered]
    return len(set(waiting)), len(waiting)


def draw_questions(rejected: Sequence[Rejected]) -> None:
    """Draw the questions that are open, and those that were answered."""
    codes = {event.problem.code for event in rejected}
    asked = [key for key, code in _OPEN.items() if code in codes or st.session_state.get(key) is not None]
    if not asked:
        return
    with st.container(border=True):
        st.markdown("**The file leaves something open**")
        if Key.IMPORT_DAY_FIRST in asked:
            st.radio(
                "03/04/2026 is",
                [True, False],
                index=None,
                format_func=_ORDERS.get,
                key=Key.IMPORT_DAY_FIRST,
                horizontal=True,
            )
        if Key.IMPORT_ZONE in asked:
            ask_zone(Key.IMPORT_ZONE)
        if Key.IMPORT_COUNTRY in asked:
            ask_country(Key.IMPORT_COUNTRY)


def ask_zone(key: str) -> None:
    """Draw the question for the zone of times; the current zone is the likeliest and comes first."""
    zones = list(dict.fromkeys([current_time_zone(), *sorted(available_timezones())]))
    st.selectbox("Times without a zone are in", zones, index=None, key=key)


def ask_country(key: str) -> None:
    """Draw the question for the country of local numbers."""
    regions = sorted(SUPPORTED_REGIONS, key=country_name)
    st.selectbox("Numbers without a country code are from", regions, index=None, format_func=country_name, key=key)
