"""Business hours: the open time of a weekly schedule between two instants; daylight saving is respected."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analytics.facts.calendar import build_calendar
from analytics.facts.facts import FIRST_QUARTER, QUARTER
from analytics.facts.timeline import Ints

_MICROSECONDS_PER_MINUTE = 60_000_000
_MINUTES_PER_QUARTER = QUARTER // _MICROSECONDS_PER_MINUTE
_MINUTES_PER_DAY = 24 * 60
_MINUTES_PER_WEEK = 7 * _MINUTES_PER_DAY
_QUARTERS_PER_YEAR = 366 * 96

Span = tuple[int, int]
"""When a day opens and closes, in minutes since 0:00; a closing time not after the opening is on the next day."""


@dataclass(frozen=True)
class Schedule:
    """Opening hours: the span of each weekday from Monday in the local time of `timezone`; None for a closed day.

    The local clock decides: when it is set back, an open hour that it shows twice counts twice.
    """

    days: tuple[Span | None, ...]
    timezone: str

    def between(self, begin: Ints, end: Ints) -> Ints:
        """Return the open time between each `begin` and `end`, in microseconds (int64).

        `begin` and `end` are microseconds since 1970 UTC, not before 2009. The result is exact to the microsecond.
        """
        quarters = max(0, int(end.max(initial=0)) // QUARTER - FIRST_QUARTER) + 1
        years = quarters // _QUARTERS_PER_YEAR + 1
        return _measure_open_until(self, years, end) - _measure_open_until(self, years, begin)


def _measure_open_until(schedule: Schedule, years: int, instant: Ints) -> Ints:
    """Return the open microseconds from 2009 to each instant."""
    before, of_week = _open_before(schedule, years)
    quarter, rest = np.divmod(instant - FIRST_QUARTER * QUARTER, QUARTER)
    minute, rest = np.divmod(rest, _MICROSECONDS_PER_MINUTE)
    week_minute = of_week[quarter].astype(np.int32) * _MINUTES_PER_QUARTER + minute
    is_open, within = _open_within(schedule)
    found: Ints = before[quarter] + within[week_minute] + is_open[week_minute] * rest
    return found


@lru_cache(maxsize=8)
def _open_before(schedule: Schedule, years: int) -> tuple[Ints, Ints]:
    """Return for each quarter since 2009 the open microseconds before it, and its quarter of the local week."""
    of_week = build_calendar(schedule.timezone, years * _QUARTERS_PER_YEAR - 1).week_quarter
    is_open, _ = _open_within(schedule)
    of_quarter = is_open.reshape(-1, _MINUTES_PER_QUARTER).sum(axis=1) * _MICROSECONDS_PER_MINUTE
    before: Ints = np.cumsum(of_quarter[of_week]) - of_quarter[of_week]
    return before, of_week


@lru_cache(maxsize=8)
def _open_within(schedule: Schedule) -> tuple[Ints, Ints]:
    """Return for each minute of the week whether it is open (0 or 1), and the open microseconds of its quarter before.

    The offset of every time zone is a multiple of a quarter of an hour, so quarters hold the same minutes everywhere.
    """
    is_open = np.zeros(_MINUTES_PER_WEEK, np.int64)
    for weekday, span in enumerate(schedule.days):
        if span:
            opens, closes = span
            minutes = np.arange(opens, closes if closes > opens else closes + _MINUTES_PER_DAY)
            is_open[(weekday * _MINUTES_PER_DAY + minutes) % _MINUTES_PER_WEEK] = 1
    in_quarters = is_open.reshape(-1, _MINUTES_PER_QUARTER)
    within = (np.cumsum(in_quarters, axis=1) - in_quarters) * _MICROSECONDS_PER_MINUTE
    return is_open, within.ravel()
