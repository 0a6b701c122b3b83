"""Import: questions that files leave open; they are asked only if events cannot be used without an answer."""

from collections.abc import Mapping, Sequence
from zoneinfo import available_timezones

import streamlit as st
from phonenumbers import SUPPORTED_REGIONS

from analytics.events.files.choices import Choices
from analytics.events.rejected import Rejected
from analytics.events.tables.encodings import NAMES, Guess
from analytics.events.tables.matching import Matching
from analytics.events.tables.proposing import local_times, unclear_dates
from analytics.ui.browser.session import Key
from analytics.ui.filters.looked_at import current_time_zone
from analytics.ui.import_events.mapping import SeenTable
from analytics.words import importing
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown

_AMBIGUOUS = "date_ambiguous"
_OPEN = {
    Key.IMPORT_ZONE: "timestamp_no_offset",
    Key.IMPORT_COUNTRY: "phone_no_country_code",
    Key.IMPORT_DAY_FIRST: _AMBIGUOUS,
}
"""For each question, the reason with which events are rejected while it has no answer."""

_ORDERS = {True: "day first", False: "month first"}
_AS_FOUND = ""


def read_answers(tables: Sequence[SeenTable], matchings: Mapping[str, Matching], encoding: str | None) -> Choices:
    """Return what was answered so far."""
    zone, country, day_first = (st.session_state.get(key) for key in _OPEN)
    answered = {table.shape: _with_orders(table, matchings[table.shape]) for table in tables}
    return Choices(zone, country, day_first, answered, encoding=encoding)


def _with_orders(table: SeenTable, matching: Matching) -> Matching:
    """Return a matching with what was said of its columns' dates."""
    orders = {column: st.session_state.get(_key_of(table, column)) for column in unclear_dates(matching, table.sample)}
    said = {column: order for column, order in orders.items() if order is not None}
    known = matching.day_first if isinstance(matching.day_first, dict) else {}
    return matching.model_copy(update={"day_first": {**known, **said}}) if said else matching


def _key_of(table: SeenTable, column: str) -> str:
    return f"{Key.IMPORT_DAY_FIRST} {table.shape} {column}"


def count_open(rejected: Sequence[Rejected]) -> tuple[int, int]:
    """Return how many questions have no answer yet, and how many events cannot be used before they have one."""
    unanswered = {code for key, code in _OPEN.items() if st.session_state.get(key) is None}
    waiting = [event.problem.code for event in rejected if event.problem.code in unanswered]
    return len(set(waiting)), len(waiting)


def draw_questions(
    rejected: Sequence[Rejected], tables: Sequence[SeenTable], matchings: Mapping[str, Matching]
) -> None:
    """Draw the questions that are open, and those that were answered."""
    codes = {event.problem.code for event in rejected}
    dates = [
        (table, column, examples)
        for table in tables
        for column, examples in unclear_dates(matchings[table.shape], table.sample).items()
        if _AMBIGUOUS in codes or st.session_state.get(_key_of(table, column)) is not None
    ]
    asked = [key for key, code in _OPEN.items() if code in codes or st.session_state.get(key) is not None]
    if not asked and not dates:
        return
    with st.container(border=True):
        others = len({*asked} - {Key.IMPORT_DAY_FIRST})
        st.markdown(f"**{importing.ask(others + (len(dates) or Key.IMPORT_DAY_FIRST in asked))}**")
        for table, column, examples in dates:
            _ask_order(
                f"How do you read {for_markdown(' and '.join(examples))} in the column “{for_markdown(column)}”?",
                _key_of(table, column),
            )
        if Key.IMPORT_DAY_FIRST in asked and not dates:
            _ask_order("How do you read 03/04/2026?", Key.IMPORT_DAY_FIRST)
        if Key.IMPORT_ZONE in asked:
            ask_zone(Key.IMPORT_ZONE)
            for table in tables:
                for column, examples in local_times(matchings[table.shape], table.sample).items():
                    st.caption(f"“{for_markdown(column)}”: {for_markdown(', '.join(examples))}")
        if Key.IMPORT_COUNTRY in asked:
            ask_country(Key.IMPORT_COUNTRY)


def _ask_order(label: str, key: str) -> None:
    st.radio(label, [True, False], index=None, format_func=_ORDERS.get, key=key, horizontal=True)


def ask_encoding(guesses: Sequence[tuple[str, Guess]]) -> tuple[str | None, bool]:
    """Draw in which encoding the files are that are not UTF-8, each with its name and what of it depends on that.

    Return the encoding that was chosen, None for what was found, and whether an answer is still needed.
    """
    if not guesses:
        return None, False
    doubtful = [(name, guess) for name, guess in guesses if guess.others]
    found = "; ".join(f"{for_markdown(name)}: “{for_markdown(guess.sample)}”" for name, guess in guesses)
    samples = dict(guess for _, each in doubtful for guess in ((each.encoding, each.sample), *each.others))
    options = list(dict.fromkeys([*samples, *NAMES])) if doubtful else [_AS_FOUND, *NAMES]
    chosen = st.selectbox(
        "Which of these lines is spelled correctly?" if doubtful else "Encoding",
        options,
        index=None if doubtful else 0,
        format_func=lambda name: _describe_encoding(name, guesses[0][1], samples),
        key=f"{Key.IMPORT_ENCODING} {found}",
        help=importing.ENCODING_HELP,
    )
    return chosen or None, bool(doubtful) and chosen is None


def _describe_encoding(name: str, guess: Guess, samples: Mapping[str, str]) -> str:
    if name == _AS_FOUND:
        return f"{NAMES[guess.encoding]}: “{guess.sample}”"
    return f"{NAMES[name]}: “{samples[name]}”" if name in samples else NAMES[name]


def ask_zone(key: str) -> None:
    """Draw the question for the zone of times; the current zone is the likeliest and comes first."""
    zones = list(dict.fromkeys([current_time_zone(), *sorted(available_timezones())]))
    st.selectbox("Time zone of times without a zone", zones, index=None, key=key)


def ask_country(key: str) -> None:
    """Draw the question for the country of local numbers."""
    regions = sorted(SUPPORTED_REGIONS, key=country_name)
    st.selectbox("Country of numbers without a country code", regions, index=None, format_func=country_name, key=key)
