"""The widgets of the filters in the sidebar, and the view that they choose."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.events.timestamps import EARLIEST
from analytics.live.dataset import Dataset, as_of
from analytics.metrics.filters import CHOICES, NOBODY, TEAM, UNKNOWN, Choice, Filter
from analytics.metrics.occurring import list_occurring
from analytics.ui.browser import address
from analytics.ui.browser.address import LATEST
from analytics.ui.browser.session import Key
from analytics.ui.data import live
from analytics.ui.data.datasets import STORED, with_test_events
from analytics.ui.data.preferences import preferences, terms
from analytics.ui.data.view import View, views
from analytics.ui.filters.looked_at import current_address, look_at, take_filters
from analytics.ui.filters.naming import distinguish_options, how_to_show
from analytics.ui.filters.parameters import COMPARE, DAYS, PERIOD, TEST, ZONE, filter_of, zones
from analytics.words.escape import for_markdown
from analytics.words.periods import COMPARISONS, CUSTOM, NO_COMPARISON, PERIODS, period_days

Days = tuple[date | None, date | None]


def draw_filters(dataset: Dataset) -> View:
    """Draw the filters and return the view they choose; the address follows them."""
    misread = take_filters()
    _say_which_data(dataset)
    if misread:
        labels = ", ".join(misread)
        st.warning(
            f"We could not read these filters in the address and left them out: {labels}.", icon=":material/link_off:"
        )
    if st.session_state[TEST.key]:
        dataset = with_test_events(dataset)
    everything = views().of(dataset, Filter(), None, None, terms())
    above = st.container()
    with st.expander("More"):
        codes, zone = _draw_rare(everything)
    with above:
        days = _draw_period(everything, zone)
        codes |= {choice.key: _draw_several(choice, everything) for choice in CHOICES if not choice.rare}
        comparison = st.selectbox(COMPARE.label, COMPARISONS, key=COMPARE.key, format_func=COMPARISONS.__getitem__)
    chosen = replace(filter_of(codes), first_day=days[0], last_day=days[1], timezone=zone)
    if not _is_choosing_days():
        address.show(current_address())
    compared = None if comparison == NO_COMPARISON else comparison
    return views().of(dataset, chosen, compared, as_of(dataset), terms())


def _say_which_data(dataset: Dataset) -> None:
    """Draw the name of the current data, and a button back to the stored events if they are others."""
    st.caption(f":material/{'sensors' if dataset.live else 'draft'}: {for_markdown(dataset.name)}")
    if not dataset.live and live.is_anything_stored():
        st.button("Back to your stored events", icon=":material/database:", on_click=look_at, args=(STORED,))


def _draw_period(everything: View, zone: str) -> Days:
    """Draw the period, and return its first and last day; the days before stay until both are chosen.

    Today is the day of the clock for live data. For a file it is the day of the newest event.
    """
    period = st.selectbox(PERIOD.label, PERIODS, key=PERIOD.key, format_func=PERIODS.__getitem__)
    oldest, newest = everything.days_of_data(zone)
    today = datetime.now(ZoneInfo(zone)).date() if everything.live else newest
    if period != CUSTOM:
        st.session_state[DAYS.key] = ()
        return period_days(period, today)
    if not st.session_state[DAYS.key]:
        st.session_state[DAYS.key] = (oldest, today)
    days: Sequence[date] = st.date_input(DAYS.label, [], EARLIEST.date(), LATEST, key=DAYS.key, format="YYYY-MM-DD")
    if not _is_choosing_days():
        st.session_state[Key.DAYS_BEFORE] = (days[0], days[1]) if days else (None, None)
    before: Days = st.session_state.get(Key.DAYS_BEFORE, (days[0], days[0]))
    return before


def _is_choosing_days() -> bool:
    """Return whether the first day is chosen, and the last is not yet."""
    return len(st.session_state[DAYS.key]) == 1


def _draw_rare(everything: View) -> tuple[dict[str, list[str]], str]:
    """Draw the filters that are used less often; return the chosen codes by the keys of their choices, and the zone."""
    rare = [choice for choice in CHOICES if choice.rare]
    codes = {choice.key: _draw_several(choice, everything) for choice in rare if choice.codes}
    zone = st.selectbox(ZONE.label, zones(), key=ZONE.key)
    codes |= {choice.key: _draw_several(choice, everything) for choice in rare if not choice.codes}
    if st.session_state[TEST.key] or everything.contents.tests:
        st.toggle(TEST.label, key=TEST.key, help="Also count test events (`context.test` is true).")
    return codes, zone


def _draw_several(choice: Choice, everything: View) -> list[str]:
    """Draw a choice and return the codes chosen, nothing where none occur; what is chosen stays an option anyway."""
    options = list(dict.fromkeys([*_options(choice, everything), *st.session_state[choice.key]]))
    if not options:
        return []
    shown = distinguish_options(options, how_to_show(choice))
    return st.multiselect(choice.label, options, format_func=shown, key=choice.key, placeholder="All")


def _options(choice: Choice, everything: View) -> Iterable[str]:
    """Return the codes that can be chosen; those that have names of their own by these, no country and nobody last."""
    if choice is TEAM:
        return preferences().teams
    occurring: Sequence[str] = choice.codes or everything.ask(list_occurring, choice.key)
    if not choice.naming:
        return occurring
    return sorted(occurring, key=lambda code: (code in (UNKNOWN, NOBODY), how_to_show(choice)(code)))
