"""The sidebar: which data, and the filters. All of it lives in the URL, so a view can be reloaded or sent."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd
import streamlit as st

from analytics.events.timestamps import EARLIEST
from analytics.metrics.comparison import Comparison
from analytics.metrics.filters import NOBODY, UNKNOWN, Filter
from analytics.ui import address
from analytics.ui.address import LATEST, Parameter
from analytics.ui.countries import country_name
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

_LABELS = {
    "period": "Period",
    "days": "From and to",
    "country": "Country",
    "agent": "Agent",
    "handled": "Handled by",
    "compare": "Compare with",
    "tz": "Time zone",
}


def look_at(token: str) -> None:
    """Look at another dataset from this run on, as a callback; filters chosen for other data would hide it."""
    st.session_state["data"] = token
    st.session_state.setdefault("tz", _ZONE.read(()))
    for parameter in _FILTERS:
        st.session_state[parameter.key] = parameter.read(())


def chosen_data() -> tuple[Dataset | None, bool]:
    """Return the dataset that the address names, and whether one was named at all."""
    address.take([_DATA])
    token = st.session_state["data"]
    return (datasets().get(token) if token else None), bool(token)


def here() -> dict[str, list[str]]:
    """Return the address of what is looked at."""
    return address.give([_DATA, *_FILTERS, _ZONE])


def filters(dataset: Dataset) -> View:
    """Draw the filters and return the view they choose; the address follows them."""
    misread = address.take([*_FILTERS, _ZONE])
    st.caption(f":material/database: {for_markdown(dataset.name)}")
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
    return view_of(dataset, dataset.token, chosen, COMPARISONS[comparison])


def _period(dataset: Dataset, zone: str) -> tuple[date | None, date | None]:
    """Return the chosen days. Today is the day of the newest event: old data have a last week, too."""
    name = st.selectbox(_LABELS["period"], PERIODS, key="period")
    ends = pd.to_datetime([dataset.facts.oldest or 0, dataset.facts.newest or 0], unit="us", utc=True)
    oldest, today = ends.tz_convert(ZoneInfo(zone)).date
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


_DATA = Parameter("data", _read_token, lambda token: [token])
_ZONE = Parameter("tz", _read_zone, lambda zone: [zone])
_FILTERS = (
    address.one_of("period", PERIODS),
    address.days("days"),
    address.some_of("country"),
    address.some_of("agent"),
    address.some_of("handled", list(MODES)),
    address.one_of("compare", list(COMPARISONS)),
)
