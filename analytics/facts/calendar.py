"""The calendar: local day, hour and weekday of every quarter of an hour since 2009, in any time zone."""

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analytics.facts.facts import FIRST_QUARTER, QUARTER
from analytics.facts.timeline import Ints

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_QUARTERS_PER_YEAR = 366 * 96


@dataclass(frozen=True)
class Calendar:
    """By quarter of an hour since 2009 UTC: local `day` (int32, days since 1970), `hour` and `weekday`.

    The last two are int8; Monday is 0. `week_quarter` (int16) is the quarter of the local week, from Monday 0:00.
    """

    day: Ints
    hour: Ints
    weekday: Ints
    week_quarter: Ints


def build_calendar(timezone: str, quarters: int) -> Calendar:
    """Return the calendar of a time zone; it covers at least this many quarters of an hour.

    Raises:
        ZoneInfoNotFoundError: for an unknown time zone.
    """
    return _build_years(timezone, quarters // _QUARTERS_PER_YEAR + 1)


@lru_cache(maxsize=8)
def _build_years(timezone: str, years: int) -> Calendar:
    start = pd.to_datetime(FIRST_QUARTER * QUARTER, unit="us", utc=True)
    instants = pd.date_range(start, periods=years * _QUARTERS_PER_YEAR, freq="15min", unit="s")
    local = instants.tz_convert(ZoneInfo(timezone)).tz_localize(None)
    days, second = np.divmod(local.asi8, 86_400)
    weekday = (days + 3) % 7
    return Calendar(
        days.astype(np.int32),
        (second // 3_600).astype(np.int8),
        weekday.astype(np.int8),
        (weekday * 96 + second // 900).astype(np.int16),
    )
