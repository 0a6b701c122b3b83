"""What is looked at: which data, through which filters. All of it lives in the URL, to be reloaded or sent."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analytics.facts.calendar import WEEKDAYS
from analytics.metrics.comparison import Comparison
from analytics.metrics.filters import UNKNOWN
from analytics.metrics.intervals import INTERVALS
from analytics.store.projects import Project
from analytics.ui.browser import address
from analytics.ui.browser.address import Parameter
from analytics.ui.browser.clicks import Act
from analytics.ui.data import live
from analytics.ui.data.datasets import Dataset, datasets
from analytics.ui.data.preferences import load, preferences, rules
from analytics.ui.data.view import INTERVAL
from analytics.words.periods import ALL, CUSTOM, PERIODS

COMPARISONS: dict[str, Comparison | None] = {
    "Period before": "previous",
    "Same days a week before": "week",
    "Same dates a year before": "year",
    "No comparison": None,
}
MODES = {"Bot (self-serve)": "bot", "Agent (assisted)": "agent"}
HOURS = [f"{hour:02}" for hour in range(24)]

_PERIOD_BEFORE = "period before"
"""The days that were clicked, and the period and days that were chosen before."""

LABELS = {
    "period": "Period",
    "days": "From and to",
    "country": "Country",
    "team": "Team",
    "agent": "Agent",
    "handled": "Handled by",
    "weekday": "Weekday",
    "hour": "Hour",
    "template": "Template",
    "test": "Test events",
    "compare": "Compare with",
    INTERVAL: "Day, week or month",
    "tz": "Time zone",
}


def look_at(token: str, project: str | None = None, days: tuple[date, date] | None = None) -> None:
    """Look at another dataset from this run on, as a callback; filters chosen for other data would hide it.

    Of the stored events, those of a `project` where it is named; those of the first and the last of `days`.
    """
    st.session_state["data"] = token
    if project:
        st.session_state["project"] = project
    st.session_state.setdefault("tz", _ZONE.read(()))
    for parameter in (*_FILTERS, *_LOOKS):
        st.session_state[parameter.key] = parameter.read(())
    if days:
        st.session_state["period"], st.session_state["days"] = CUSTOM, days
    address.meant(LOOKED_AT)


def chosen_data(page: StreamlitPage) -> tuple[Dataset | None, bool]:
    """Return the dataset that the address names, and whether one was named at all; else the stored events.

    These are followed while a `page` shows them.

    Raises:
        StoreError: where the store does not answer.
    """
    address.take([_DATA, _PROJECT])
    token = st.session_state["data"]
    project = None if token else _chosen_project()
    load()
    if token:
        return datasets().get(token, rules()), True
    dataset = live.look(project, page, rules()) if project else None
    return (dataset if dataset and len(dataset.events) else None), False


def _chosen_project() -> Project | None:
    """Return the project whose stored events are looked at; where there are several, the sidebar offers them."""
    known = {project.name: project for project in live.projects()}
    if st.session_state["project"] not in known:
        st.session_state["project"] = next(iter(known), "")
    if len(known) > 1:
        st.sidebar.selectbox("Project", known, key="project")
    return known.get(st.session_state["project"])


def here(**chosen: list[str]) -> dict[str, list[str]]:
    """Return the address of what is looked at, with other values of some filters by their keys."""
    return {**address.give(LOOKED_AT), **chosen}


def time_zone() -> str:
    """Return the time zone that is looked at: the chosen one, else the browser's."""
    return st.session_state.get("tz") or _read_zone(())


def take_filters() -> list[str]:
    """Take over what the address says of the filters, and return the labels of what it says without sense."""
    return [LABELS[key] for key in address.take([*_FILTERS, *_LOOKS, _ZONE])]


def narrow(**chosen: Any) -> None:
    """Choose filters by their keys, as a callback: the sidebar and the address follow."""
    st.session_state.update(chosen)


def toggle(**chosen: Any) -> None:
    """Choose just these values of filters, as a callback; let go of them where just these are chosen."""
    if all(st.session_state[key] == value for key, value in chosen.items()):
        let_go(*chosen)
        return
    if "days" in chosen:
        st.session_state[_PERIOD_BEFORE] = chosen["days"], st.session_state["period"], st.session_state["days"]
    narrow(**chosen)


def toggles(*keys: str) -> Act:
    """Return what a click does that chooses a value of a filter, or one each of several."""

    def click(clicked: Any) -> None:
        values = clicked if len(keys) > 1 else [clicked]
        toggle(**{key: [value] for key, value in zip(keys, values, strict=True)})

    return click


def let_go(*keys: str) -> None:
    """Let go of filters by their keys, of all where none is named, as a callback; days give way to those before."""
    days, *before = st.session_state.pop(_PERIOD_BEFORE, (None,))
    restored = before if "days" in keys and days == st.session_state["days"] else []
    for parameter in _FILTERS:
        if parameter.key in keys or not keys:
            st.session_state[parameter.key] = parameter.read(())
    narrow(**dict(zip(("period", "days"), restored, strict=False)))


def take_over(address: Mapping[str, Sequence[str]]) -> None:
    """Choose the filters and the time zone that an address names, and no others, as a callback."""
    for parameter in (*_FILTERS, *_LOOKS, _ZONE):
        try:
            st.session_state[parameter.key] = parameter.read(address.get(parameter.key, ()))
        except ValueError:  # of another version of the program, perhaps
            st.session_state[parameter.key] = parameter.read(())


def is_chosen(key: str) -> bool:
    """Return whether a filter, or a comparison, is other than it is when nothing is chosen."""
    (parameter,) = (parameter for parameter in (*_FILTERS, *_LOOKS) if parameter.key == key)
    return bool(st.session_state[key] != parameter.read(()))


def _read_token(texts: Sequence[str]) -> str:
    return texts[-1] if texts else ""


def _read_zone(texts: Sequence[str]) -> str:
    """Return the named time zone; where none is named that of the project, else the browser's."""
    if texts:
        return zones()[zones().index(texts[-1])]
    if chosen := preferences().timezone:
        return chosen
    return st.context.timezone if st.context.timezone in zones() else "UTC"


@cache
def zones() -> list[str]:
    """Return the names of all time zones."""
    return sorted(available_timezones())


def _read_countries(texts: Sequence[str]) -> list[str]:
    """Return codes of countries, written in any case."""
    codes = [text if text == UNKNOWN else text.upper() for text in dict.fromkeys(texts) if text]
    if not all(code == UNKNOWN or re.fullmatch("[A-Z]{2}", code) for code in codes):
        raise ValueError(codes)
    return list(dict.fromkeys(codes))


def _read_period(texts: Sequence[str]) -> str:
    return PERIODS[PERIODS.index(texts[-1])] if texts else _default_period()


def _default_period() -> str:
    """Return the period that need not be said: a month of stored events, all of a file."""
    return ALL if st.session_state["data"] else "Last 30 days"


_DATA = Parameter("data", _read_token, lambda token: [token] if token else [])
_PROJECT = Parameter("project", _read_token, lambda name: [name] if name and not st.session_state["data"] else [])
_ZONE = Parameter("tz", _read_zone, lambda zone: [zone])
_FILTERS = (
    Parameter("period", _read_period, lambda name: [] if name == _default_period() else [name]),
    address.days("days"),
    Parameter("country", _read_countries, list),
    address.some_of("team"),
    address.some_of("agent"),
    address.some_of("handled", list(MODES)),
    address.some_of("weekday", WEEKDAYS),
    address.some_of("hour", HOURS),
    address.some_of("template"),
    address.switch("test"),
)
_LOOKS = (address.one_of("compare", list(COMPARISONS)), address.one_of(INTERVAL, ["", *INTERVALS]))
LOOKED_AT = (_DATA, _PROJECT, *_FILTERS, *_LOOKS, _ZONE)
"""What every page is drawn under."""
