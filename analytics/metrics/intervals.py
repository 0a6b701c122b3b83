"""Intervals: the hours, days, weeks or months of a selection's period, and which of them each fact falls into.

Weeks begin on Monday. Days of weekdays that are not chosen are left out. Hours are those of the clock: one that the
clock skips is left out, one that it repeats is one interval of two hours.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analytics.events.timestamps import instants_of
from analytics.facts.calendar import build_calendar
from analytics.facts.facts import FIRST_QUARTER, QUARTER
from analytics.facts.timeline import NONE, Ints, Mask
from analytics.metrics.selection import Scope

Interval = Literal["hour", "day", "week", "month"]

INTERVALS: tuple[Interval, ...] = ("hour", "day", "week", "month")

_FREQUENCIES = {"hour": "h", "day": "D", "week": "W-SUN", "month": "M"}
_HOURS_UP_TO, _DAYS_UP_TO, _WEEKS_UP_TO = 1, 45, 366
_HOURS_AT_MOST = 31
"""Longer periods have no trends by the hour: no chart could show so many points."""
_EPOCH = date(1970, 1, 1)
_HOURS = 24


def choose_interval(scope: Scope) -> Interval:
    """Return what suits the period's length: hours of one day, else days, from 46 on weeks, after a year months."""
    length = _count_days(scope)
    if length == _HOURS_UP_TO:
        return "hour"
    return "day" if length <= _DAYS_UP_TO else "week" if length <= _WEEKS_UP_TO else "month"


def list_intervals(scope: Scope) -> tuple[Interval, ...]:
    """Return the intervals by which the period's trends can be shown."""
    return INTERVALS if _count_days(scope) <= _HOURS_AT_MOST else INTERVALS[1:]


def _count_days(scope: Scope) -> int:
    """Return how many days the period has from its first to its last."""
    days = days_of_period(scope)
    return (days[-1] - days[0]).days + 1 if len(days) else 0


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
    """The intervals of a period in order: `index`, a PeriodIndex of frequency h, D, W-SUN or M.

    A compared period uses the intervals of that which it is compared with, day by day, so that both can be drawn on one
    axis.
    """

    def __init__(self, scope: Scope, by: Interval) -> None:
        days = days_of_period(scope)
        shown = days_of_period(scope.compared_with) if scope.compared_with else days
        self._timezone, self._per_day = scope.filter.timezone, _HOURS if by == "hour" else 1
        slots = _list_slots(shown, self._per_day)
        self.index = slots[_mark_existing(slots, self._per_day, self._timezone)].to_period(_FREQUENCIES[by]).unique()
        days, shown = days[: len(shown)], shown[: len(days)]  # a year before, 29 February has no day of its own
        offset: Ints = np.asarray((days - days[:1].repeat(len(days))).days)
        self._first = (days[0].date() - _EPOCH).days if len(days) else 0
        numbers = self.index.get_indexer(_list_slots(shown, self._per_day).to_period(_FREQUENCIES[by]))
        self._number = np.full((offset[-1] + 1 if len(days) else 0, self._per_day), NONE, np.int32)
        self._number[offset] = numbers.reshape(len(offset), self._per_day)

    def number(self, quarters: Ints) -> Ints:
        """Return the place in `index` of each quarter of an hour (since 2009 UTC), NONE outside the period."""
        calendar = build_calendar(self._timezone, int(quarters.max(initial=0)) + 1)
        day = calendar.day[quarters] - self._first
        inside: Mask = (day >= 0) & (day < len(self._number))
        hour = calendar.hour[quarters[inside]] // (_HOURS // self._per_day)
        found = np.full(len(quarters), NONE, np.int32)
        found[inside] = self._number[day[inside], hour]
        return found

    def counts(self, quarters: Mapping[str, Ints]) -> pd.DataFrame:
        """Return for each name how many of its quarters fall into each interval (int64, one column for each name)."""
        return pd.DataFrame({name: self._count(found) for name, found in quarters.items()}, index=self.index)

    def count_begun(self, quarters: Ints) -> Ints:
        """Return how many of the quarters begin before each interval ends (int64)."""
        ends = _to_instants((self.index + 1).start_time, self._timezone)
        over: Ints = -(-ends.as_unit("us").asi8 // QUARTER) - FIRST_QUARTER
        begun = np.cumsum(np.bincount(quarters, minlength=int(over.max(initial=0))))
        reached: Ints = np.append([0], begun)[over]
        return reached

    def spread(self, found: pd.DataFrame) -> pd.DataFrame:
        """Return a frame with a row for each interval, from rows numbered by place in `index`; others are missing."""
        return found.reindex(range(len(self.index))).set_axis(self.index)

    def _count(self, quarters: Ints) -> Ints:
        number = self.number(quarters)
        return np.bincount(number[number != NONE], minlength=len(self.index))


def _list_slots(days: pd.DatetimeIndex, per_day: int) -> pd.DatetimeIndex:
    """Return when each of the equal parts of each day begins, by the clock."""
    return days.repeat(per_day) + pd.to_timedelta(np.tile(range(0, _HOURS, _HOURS // per_day), len(days)), "h")


def _mark_existing(slots: pd.DatetimeIndex, per_day: int, timezone: str) -> Mask:
    """Return which of these parts of days there are, whole or half: clocks skip some hours, and once skipped a day."""
    ends = _to_instants(slots + pd.Timedelta(hours=_HOURS // per_day), timezone)
    begins = (_to_instants(slots + later, timezone) for later in (pd.Timedelta(0), pd.Timedelta(minutes=30)))
    found: Mask = np.any([begin.asi8 < ends.asi8 for begin in begins], axis=0)
    return found


def _to_instants(local: pd.DatetimeIndex, timezone: str) -> pd.DatetimeIndex:
    """Return times of the clock as UTC: of one that comes twice the first, of one that never comes the next."""
    first = np.ones(len(local), np.bool_)
    return local.tz_localize(ZoneInfo(timezone), ambiguous=first, nonexistent="shift_forward").tz_convert("UTC")
