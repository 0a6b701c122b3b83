"""The sidebar: which data, and the filters. All of it lives in the URL, so a view can be reloaded or sent."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd
import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analytics.events.timestamps import EARLIEST
from analytics.metrics.comparison import Comparison
from analytics.metrics.filters import NOBODY, UNKNOWN, Filter
from analytics.store.projects import Project
from analytics.ui import address, live
from analytics.ui.address import LATEST, Parameter
from analytics.ui.countries import country_name
from analytics.ui.datasets import STORED, Dataset, datasets
from analytics.ui.escape import for_markdown
from analytics.ui.live import as_of
from analytics.ui.periods import ALL, CUSTOM, PERIODS, period_days
from analytics.ui.view import View, views

COMPARISONS: dict[str, Comparison | None] = {
    "No comparison": None,
    "Period before": "previous",
    "Same days a week before": "week",
    "Same dates a year before": "year",
}
MODES = {"Bot (self-serve)": "bot", "Agent (assisted)": "agent"}
NO_AGENT = "No agent recorded"

_LABELS = {
    "period": "Period",
    "days": "From and to",
    "country": "Country",
    "agent": "Agent",
    "handled": "Handled by",
    "compare": "Compare with",
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
    for parameter in _FILTERS:
        st.session_state[parameter.key] = parameter.read(())
    if days:
        st.session_state["period"], st.session_state["days"] = CUSTOM, days


def chosen_data(page: StreamlitPage) -> tuple[Dataset | None, bool]:
    """Return the dataset that the address names, and whether one was named at all; else the stored events.

    These are followed while a `page` shows them.

    Raises:
        StoreError: where the store does not answer.
    """
    address.take([_DATA, _PROJECT])
    token = st.session_state["data"]
    if token:
        return datasets().get(token), True
    project = _chosen_project()
    dataset = live.look(project, page) if project else None
    return (dataset if dataset and len(dataset.events) else None), False


def _chosen_project() -> Project | None:
    """Return the project whose stored events are looked at; where there are several, the sidebar offers them."""
    known = {project.name: project for project in live.projects()}
    if st.session_state["project"] not in known:
        st.session_state["project"] = next(iter(known), "")
    if len(known) > 1:
        st.sidebar.selectbox("Project", known, key="project")
    return known.get(st.session_state["project"])


def here() -> dict[str, list[str]]:
    """Return the address of what is looked at."""
    return address.give([_DATA, _PROJECT, *_FILTERS, _ZONE])


def time_zone() -> str:
    """Return the time zone that is looked at: the chosen one, else the browser's."""
    return st.session_state.get("tz") or _read_zone(())


def filters(dataset: Dataset) -> View:
    """Draw the filters and return the view they choose; the address follows them."""
    misread = address.take([*_FILTERS, _ZONE])
    st.caption(f":material/{'sensors' if dataset.live else 'draft'}: {for_markdown(dataset.name)}")
    if not dataset.live and live.anything_stored():
        st.button("Back to your stored events", icon=":material/database:", on_click=look_at, args=(STORED,))
    if misread:
        labels = ", ".join(_LABELS[key] for key in misread)
        st.warning(f"Not understood in the address, so left out: {labels}.", icon=":material/link_off:")
    above = st.container()
    with st.expander("More"):
        zone = st.selectbox(_LABELS["tz"], _zones(), key="tz")
    with above:
        first, last = _period(dataset, zone)
        countries = _several("country", [*sorted(dataset.facts.countries, key=country_name), UNKNOWN], country_name)
        agents = _several("agent", [*dataset.facts.agents, NO_AGENT])
        modes = st.multiselect(_LABELS["handled"], MODES, key="handled", placeholder="All")
        comparison = st.selectbox(_LABELS["compare"], COMPARISONS, key="compare")
    chosen = Filter(
        first,
        last,
        zone,
        tuple(NOBODY if name == NO_AGENT else name for name in agents),
        tuple(countries),
        tuple(MODES[name] for name in modes),
    )
    address.put(here())
    return views().of(dataset, chosen, COMPARISONS[comparison], as_of(dataset))


def _period(dataset: Dataset, zone: str) -> tuple[date | None, date | None]:
    """Return the chosen days. Today is the clock's for live data, else the newest event's: old data end, too."""
    name = st.selectbox(_LABELS["period"], PERIODS, key="period")
    ends = pd.to_datetime([dataset.facts.oldest or 0, dataset.facts.newest or 0], unit="us", utc=True)
    oldest, newest = ends.tz_convert(ZoneInfo(zone)).date
    today = datetime.now(ZoneInfo(zone)).date() if dataset.live else newest
    if name != CUSTOM:
        st.session_state["days"] = ()
        return period_days(name, today)
    if not st.session_state["days"]:
        st.session_state["days"] = (oldest, today)
    days = st.date_input(_LABELS["days"], [], EARLIEST.date(), LATEST, key="days", format="YYYY-MM-DD")
    return (days[0], days[-1]) if days else (None, None)


def _several(key: str, occurring: Iterable[str], shown: Callable[[str], str] = str) -> list[str]:
    """Return the chosen of the values that occur; what is chosen stays an option in any case."""
    options = dict.fromkeys([*occurring, *st.session_state[key]])
    return st.multiselect(_LABELS[key], list(options), format_func=shown, key=key, placeholder="All")


def _read_token(texts: Sequence[str]) -> str:
    return texts[-1] if texts else ""


def _read_zone(texts: Sequence[str]) -> str:
    """Return the named time zone, the browser's where none is named."""
    if texts:
        return _zones()[_zones().index(texts[-1])]
    return st.context.timezone if st.context.timezone in _zones() else "UTC"


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())


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
    address.some_of("country"),
    address.some_of("agent"),
    address.some_of("handled", list(MODES)),
    address.one_of("compare", list(COMPARISONS)),
)
