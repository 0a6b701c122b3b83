"""Business hours: how much of the time between two instants a weekly schedule is open, daylight saving included."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analytics.facts.calendar import calendar
from analytics.facts.facts import FIRST_QUARTER, QUARTER
from analytics.facts.timeline import Ints

_MINUTE = 60_000_000
_MINUTES = QUARTER // _MINUTE
_DAY = 24 * 60
_WEEK = 7 * _DAY
_YEAR = 366 * 96

Span = tuple[int, int]
"""From when to when a day is open, in minutes since its 0:00; an end that is not after the beginning is tomorrow's."""


@dataclass(frozen=True)
class Schedule:
    """Opening hours: the span of each weekday from Monday, None where it is closed, by the clocks of `timezone`.

    It is open whenever the clocks there show so: where they are set back, an hour that they show twice counts twice.
    """

    days: tuple[Span | None, ...]
    timezone: str

    def between(self, begin: Ints, end: Ints) -> Ints:
        """Return the open time from each `begin` to its `end` (int64), all in microseconds, since 1970 UTC.

        Exact to the microsecond; nothing is before 2009.
        """
        quarters = max(0, int(end.max(initial=0)) // QUARTER - FIRST_QUARTER) + 1
        years = quarters // _YEAR + 1
        return _until(self, years, end) - _until(self, years, begin)


def _until(schedule: Schedule, years: int, instant: Ints) -> Ints:
    """Return the open microseconds from 2009 to each instant."""
    before, of_week = _open_before(schedule, years)
    quarter, rest = np.divmod(instant - FIRST_QUARTER * QUARTER, QUARTER)
    minute, rest = np.divmod(rest, _MINUTE)
    week_minute = of_week[quarter].astype(np.int32) * _MINUTES + minute
    is_open, within = _open_within(schedule)
    found: Ints = before[quarter] + within[week_minute] + is_open[week_minute] * rest
    return found


@lru_cache(maxsize=8)
def _open_before(schedule: Schedule, years: int) -> tuple[Ints, Ints]:
    """Return for each quarter since 2009 the open microseconds before it, and which quarter of the local week it is."""
    of_week = calendar(schedule.timezone, years * _YEAR - 1).week_quarter
    is_open, _ = _open_within(schedule)
    of_quarter = is_open.reshape(-1, _MINUTES).sum(axis=1) * _MINUTE
    before: Ints = np.cumsum(of_quarter[of_week]) - of_quarter[of_week]
    return before, of_week


@lru_cache(maxsize=8)
def _open_within(schedule: Schedule) -> tuple[Ints, Ints]:
    """Return for each minute of the week whether it is open (0 or 1), and the open microseconds of its quarter before.

    Every time zone is whole quarters of an hour apart from UTC, so that its quarters hold the same minutes.
    """
    is_open = np.zeros(_WEEK, np.int64)
    for weekday, span in enumerate(schedule.days):
        if span:
            opens, closes = span
            minutes = np.arange(opens, closes if closes > opens else closes + _DAY)
            is_open[(weekday * _DAY + minutes) % _WEEK] = 1
    in_quarters = is_open.reshape(-1, _MINUTES)
    within = (np.cumsum(in_quarters, axis=1) - in_quarters) * _MINUTE
    return is_open, within.ravel()
