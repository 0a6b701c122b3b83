"""The filters in the sidebar, and the view that they choose."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from analytics.events.timestamps import EARLIEST
from analytics.facts.calendar import WEEKDAYS
from analytics.facts.timeline import NONE
from analytics.metrics.filters import NOBODY, UNKNOWN, Filter
from analytics.ui.browser import address
from analytics.ui.browser.address import LATEST
from analytics.ui.data import live
from analytics.ui.data.datasets import STORED, Dataset, with_test_events
from analytics.ui.data.live import as_of
from analytics.ui.data.preferences import agent_name, preferences, terms
from analytics.ui.data.view import View, views
from analytics.ui.filters.looked_at import COMPARISONS, HOURS, LABELS, MODES, here, look_at, take_filters, zones
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.periods import CUSTOM, PERIODS, period_days

Days = tuple[date | None, date | None]

_DAYS_BEFORE = "days before"
_NO_ID = ""
"""No agent's id, so that nothing passes."""


def filters(dataset: Dataset) -> View:
    """Draw the filters and return the view they choose; the address follows them."""
    misread = take_filters()
    _say_which_data(dataset)
    if misread:
        labels = ", ".join(misread)
        st.warning(f"Not understood in the address, so left out: {labels}.", icon=":material/link_off:")
    if st.session_state["test"]:
        dataset = with_test_events(dataset)
    above = st.container()
    with st.expander("More"):
        narrowing = _more(dataset)
    with above:
        days = _period(dataset, narrowing.timezone)
        chosen = _who(dataset, narrowing)
        comparison = st.selectbox(LABELS["compare"], COMPARISONS, key="compare")
    chosen = replace(chosen, first_day=days[0], last_day=days[1])
    if not _choosing_days():
        address.put(here())
    return views().of(dataset, chosen, COMPARISONS[comparison], as_of(dataset), terms())


def _say_which_data(dataset: Dataset) -> None:
    """Draw which data are looked at, and the way back from others to the stored events."""
    st.caption(f":material/{'sensors' if dataset.live else 'draft'}: {for_markdown(dataset.name)}")
    if not dataset.live and live.anything_stored():
        st.button("Back to your stored events", icon=":material/database:", on_click=look_at, args=(STORED,))


def _period(dataset: Dataset, zone: str) -> Days:
    """Return the first and last day of the chosen period; those before until both are chosen.

    Today is the clock's for live data, else the newest event's: old data end, too.
    """
    name = st.selectbox(LABELS["period"], PERIODS, key="period")
    ends = pd.to_datetime([dataset.facts.oldest or 0, dataset.facts.newest or 0], unit="us", utc=True)
    oldest, newest = ends.tz_convert(ZoneInfo(zone)).date
    today = datetime.now(ZoneInfo(zone)).date() if dataset.live else newest
    if name != CUSTOM:
        st.session_state["days"] = ()
        return period_days(name, today)
    if not st.session_state["days"]:
        st.session_state["days"] = (oldest, today)
    days: Sequence[date] = st.date_input(LABELS["days"], [], EARLIEST.date(), LATEST, key="days", format="YYYY-MM-DD")
    if not _choosing_days():
        st.session_state[_DAYS_BEFORE] = (days[0], days[1]) if days else (None, None)
    before: Days = st.session_state.get(_DAYS_BEFORE, (days[0], days[0]))
    return before


def _choosing_days() -> bool:
    """Return whether the first day is chosen, and the last is not yet."""
    return len(st.session_state["days"]) == 1


def _who(dataset: Dataset, chosen: Filter) -> Filter:
    """Draw the filters of who wrote and who answered, and return a filter with them."""
    codes = dataset.facts.events.cells.table[["country", "agent"]]
    unknown, nobody = (codes == NONE).any()
    known = sorted(dataset.facts.countries, key=country_name)
    countries = _several("country", [*known, *([UNKNOWN] if unknown else [])], country_name)
    teams = _several("team", preferences().teams)
    known = sorted(dataset.facts.agents, key=agent_name)
    agents = _several("agent", [*known, *([NOBODY] if nobody else [])], agent_name)
    modes = _several("handled", MODES)
    return replace(
        chosen,
        agents=agents_of(teams, agents),
        countries=tuple(countries),
        modes=tuple(MODES[name] for name in modes),
    )


def agents_of(teams: Sequence[str], agents: Sequence[str]) -> tuple[str, ...]:
    """Return the agents of teams and those named beside them; of a team without any, nobody passes."""
    of_teams = [agent for team in teams for agent in preferences().teams.get(team, (_NO_ID,))]
    return tuple(dict.fromkeys([*of_teams, *agents]))


def _more(dataset: Dataset) -> Filter:
    """Draw the filters that are used less often, and return them."""
    weekdays = _several("weekday", WEEKDAYS)
    hours = _several("hour", HOURS, lambda hour: f"{hour}:00–{hour}:59")
    zone = st.selectbox(LABELS["tz"], zones(), key="tz")
    templates = _several("template", dataset.facts.templates)
    if st.session_state["test"] or dataset.events["test"].any():
        st.toggle(LABELS["test"], key="test", help="Count events that say they are tests (`context.test`), too")
    return Filter(
        timezone=zone,
        weekdays=tuple(WEEKDAYS.index(day) for day in weekdays),
        hours=tuple(int(hour) for hour in hours),
        templates=tuple(templates),
    )


def _several(key: str, occurring: Iterable[str], shown: Callable[[str], str] = str) -> list[str]:
    """Return the chosen of the values that occur, nothing where none do; what is chosen stays an option in any case."""
    options = dict.fromkeys([*occurring, *st.session_state[key]])
    if not options:
        return []
    return st.multiselect(
        LABELS[key], list(options), format_func=told_apart(options, shown), key=key, placeholder="All"
    )


def told_apart(options: Collection[str], shown: Callable[[str], str]) -> Callable[[str], str]:
    """Return how options are shown, those that read alike with their value: the browser tells them apart by text."""
    alike = Counter(map(shown, options))
    return lambda option: f"{shown(option)} ({option})" if alike[shown(option)] > 1 else shown(option)
