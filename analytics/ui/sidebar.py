"""The sidebar: which data, and the filters. All of it lives in the URL, so a view can be reloaded or sent."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd
import streamlit as st

from analytics.metrics.comparison import Comparison
from analytics.metrics.filters import NOBODY, UNKNOWN, Filter
from analytics.ui.datasets import Dataset, datasets
from analytics.ui.escape import for_markdown
from analytics.ui.periods import CUSTOM, PERIODS, period_days
from analytics.ui.view import View, view_of

COMPARISONS: dict[str, Comparison | None] = {
    "No comparison": None,
    "Period before": "previous",
    "Same days a week before": "week",
    "Same dates a year before": "year",
}
MODES = {"Bot (self-serve)": "bot", "Agent (assisted)": "agent"}
NO_AGENT = "No agent recorded"

_DATA, _ZONE = "data", "timezone"


def choose_data(token: str) -> None:
    """Look at another dataset from the next run on."""
    st.session_state[_DATA] = token


def clear_filters() -> None:
    """Let everything pass again, as a callback: filters chosen for other data would hide these."""
    st.session_state.update({"period": PERIODS[0], "compare": next(iter(COMPARISONS))})
    st.session_state.update({"country": [], "agent": [], "handled": []})


def chosen_data() -> tuple[Dataset | None, bool]:
    """Return the dataset that this session or its URL names, and whether one was named at all."""
    token = st.session_state.get(_DATA) or st.query_params.get(_DATA)
    if not token:
        return None, False
    st.session_state[_DATA] = token
    st.query_params[_DATA] = token
    return datasets().get(token), True


def filters(dataset: Dataset) -> View:
    """Draw the filters and return the view they choose."""
    st.caption(f":material/database: {for_markdown(dataset.name)}")
    above = st.container()
    with st.expander("More"):
        zone = _time_zone()
    with above:
        first, last = _period(dataset, zone)
        countries = _several("Country", "country", [*dataset.facts.countries, UNKNOWN])
        agents = _several("Agent", "agent", [*dataset.facts.agents, NO_AGENT])
        modes = st.multiselect("Handled by", MODES, key="handled", bind="query-params", placeholder="All")
        comparison = st.selectbox("Compare with", COMPARISONS, key="compare", bind="query-params")
    chosen = Filter(
        first,
        last,
        zone,
        tuple(NOBODY if name == NO_AGENT else name for name in agents),
        tuple(countries),
        tuple(MODES[name] for name in modes),
    )
    return view_of(dataset, dataset.token, chosen, COMPARISONS[comparison])


def _time_zone() -> str:
    """Return the chosen time zone, the browser's unless chosen. It always stands in the URL."""
    known = _zones()
    if _ZONE not in st.session_state:
        named = st.query_params.get("tz") or st.context.timezone
        st.session_state[_ZONE] = named if named in known else "UTC"
    zone = st.selectbox("Time zone", known, key=_ZONE)
    st.query_params["tz"] = zone
    return zone


@st.cache_data(show_spinner=False)
def _zones() -> list[str]:
    return sorted(available_timezones())


def _period(dataset: Dataset, zone: str) -> tuple[date | None, date | None]:
    """Return the chosen days. Today is the day of the newest event: old data have a last week, too."""
    name = st.selectbox("Period", PERIODS, key="period", bind="query-params")
    ends = pd.to_datetime([dataset.facts.oldest or 0, dataset.facts.newest or 0], unit="us", utc=True)
    oldest, today = ends.tz_convert(ZoneInfo(zone)).date
    if name != CUSTOM:
        return period_days(name, today)
    chosen = st.date_input("From and to", (oldest, today), key="days", bind="query-params", format="YYYY-MM-DD")
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return (days[0], days[-1]) if days else (None, None)


def _several(label: str, key: str, occurring: Iterable[str]) -> list[str]:
    """Return the chosen of the values that occur; what the URL names stays an option in any case."""
    options = dict.fromkeys([*occurring, *st.query_params.get_all(key), *st.session_state.get(key, [])])
    return st.multiselect(label, [name for name in options if name], key=key, bind="query-params", placeholder="All")
