"""Intervals: the days, weeks or months of a selection's period, and which of them each fact falls into.

Weeks begin on Monday. Days of weekdays that are not chosen are left out.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from analytics.events.timestamps import instants_of
from analytics.facts.calendar import build_calendar
from analytics.facts.timeline import NONE, Ints, Mask
from analytics.metrics.selection import Scope

Interval = Literal["day", "week", "month"]

INTERVALS: tuple[Interval, ...] = ("day", "week", "month")

_FREQUENCIES = {"day": "D", "week": "W-SUN", "month": "M"}
_DAYS_UP_TO, _WEEKS_UP_TO = 45, 366
_EPOCH = date(1970, 1, 1)


def choose_interval(scope: Scope) -> Interval:
    """Return the interval that suits the period's length: days, from 46 days on weeks, after a year months."""
    days = days_of_period(scope)
    length = (days[-1] - days[0]).days + 1 if len(days) else 0
    return "day" if length <= _DAYS_UP_TO else "week" if length <= _WEEKS_UP_TO else "month"


def days_of_period(scope: Scope) -> pd.DatetimeIndex:
    """Return the local days of the filter's period in order; where the filter is open, the data decide."""
    chosen = scope.filter
    if scope.oldest is None:
        return pd.DatetimeIndex([])
    ends = instants_of([scope.oldest, scope.as_of])
    first, last = ends.tz_convert(chosen.timezone).date
    days = pd.date_range(chosen.first_day or first, chosen.last_day or last, unit="s")
    return days[days.day_of_week.isin(chosen.weekdays)] if chosen.weekdays else days


class Axis:
    """The intervals of a period in order: `index`, a PeriodIndex of frequency D, W-SUN or M.

    A compared period uses the intervals of that which it is compared with, day by day, so that both can be drawn on one
    axis.
    """

    def __init__(self, scope: Scope, by: Interval) -> None:
        days = days_of_period(scope)
        shown = (days_of_period(scope.compared_with) if scope.compared_with else days).to_period(_FREQUENCIES[by])
        self.index = shown.unique()
        days, shown = days[: len(shown)], shown[: len(days)]  # a year before, 29 February has no day of its own
        offset: Ints = np.asarray((days - days[:1].repeat(len(days))).days)
        self._timezone = scope.filter.timezone
        self._first = (days[0].date() - _EPOCH).days if len(days) else 0
        self._number = np.full(offset[-1] + 1 if len(days) else 0, NONE, np.int32)
        self._number[offset] = self.index.get_indexer(shown)

    def number(self, quarters: Ints) -> Ints:
        """Return the place in `index` of each quarter of an hour (since 2009 UTC), NONE outside the period."""
        local_day = build_calendar(self._timezone, int(quarters.max(initial=0)) + 1).day
        day = local_day[quarters] - self._first
        inside: Mask = (day >= 0) & (day < len(self._number))
        found = np.full(len(quarters), NONE, np.int32)
        found[inside] = self._number[day[inside]]
        return found

    def counts(self, quarters: Mapping[str, Ints]) -> pd.DataFrame:
        """Return for each name how many of its quarters fall into each interval (int64, one column for each name)."""
        return pd.DataFrame({name: self._count(found) for name, found in quarters.items()}, index=self.index)

    def spread(self, found: pd.DataFrame) -> pd.DataFrame:
        """Return a frame with a row for each interval, from rows numbered by place in `index`; others are missing."""
        return found.reindex(range(len(self.index))).set_axis(self.index)

    def _count(self, quarters: Ints) -> Ints:
        number = self.number(quarters)
        return np.bincount(number[number != NONE], minlength=len(self.index))
