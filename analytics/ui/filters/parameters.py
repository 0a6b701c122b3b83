"""The parameters of what is looked at: what the address, saved views and the session say of data and filters.

They speak codes, never the words on the screen. What they said before, which was these words, is still understood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from analytics.metrics.filters import CHOICES, TEAM, Filter
from analytics.metrics.intervals import INTERVALS
from analytics.ui.browser import address
from analytics.ui.browser.address import Parameter
from analytics.ui.browser.session import Key
from analytics.ui.data.preferences import preferences
from analytics.words.periods import ALL, COMPARISONS, PERIODS

_NO_ID = ""
"""An id that no agent has, so that nothing passes."""


def filter_of(codes: Mapping[str, Sequence[str]]) -> Filter:
    """Return the filter of these codes, by the keys of their choices; of a team without agents, nobody passes."""
    values: dict[str, tuple[Any, ...]] = {choice.field: () for choice in CHOICES}
    for choice in CHOICES:
        named = codes.get(choice.key, ())
        values[choice.field] += _agents_of(named) if choice is TEAM else choice.values(named)
    distinct: dict[str, Any] = {field: tuple(dict.fromkeys(each)) for field, each in values.items()}
    return replace(Filter(), **distinct)


def _agents_of(teams: Sequence[str]) -> tuple[str, ...]:
    return tuple(agent for team in teams for agent in preferences().teams.get(team, (_NO_ID,)))


@cache
def zones() -> list[str]:
    """Return the names of all time zones."""
    return sorted(available_timezones())


def read_zone(texts: Sequence[str]) -> str:
    """Return the time zone of the address; without one the project's, else the browser's."""
    if texts:
        return zones()[zones().index(texts[-1])]
    if chosen := preferences().timezone:
        return chosen
    return st.context.timezone if st.context.timezone in zones() else "UTC"


def _read_token(texts: Sequence[str]) -> str:
    return texts[-1] if texts else ""


def _read_period(texts: Sequence[str]) -> str:
    return address.read_code(texts[-1], PERIODS) if texts else _default_period()


def _default_period() -> str:
    """Return the default period: the last 30 days of stored events, or all days of a file."""
    return ALL if st.session_state[Key.DATA] else "30d"


DATA = Parameter(Key.DATA, _read_token, lambda token: [token] if token else [])
PROJECT = Parameter(Key.PROJECT, _read_token, lambda name: [name] if name and not st.session_state[Key.DATA] else [])
PERIOD = Parameter(Key.PERIOD, _read_period, lambda code: [] if code == _default_period() else [code], "Period")
DAYS = address.days(Key.DAYS, "From and to")
TEST = address.switch(Key.TEST, "Test events")
COMPARE = address.one_of(Key.COMPARE, COMPARISONS, "Compare with")
BY = address.one_of(Key.INTERVAL, dict.fromkeys(("", *INTERVALS), ""), "Hour, day, week or month")
ZONE = Parameter(Key.ZONE, read_zone, lambda zone: [zone], "Time zone")

FILTERS = (PERIOD, DAYS, *(address.some_of(choice.key, choice.read, choice.label) for choice in CHOICES), TEST)
LOOKS = (COMPARE, BY)
LOOKED_AT = (DATA, PROJECT, *FILTERS, *LOOKS, ZONE)
"""The parameters of every page."""
