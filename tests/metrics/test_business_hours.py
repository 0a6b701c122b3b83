"""Open time between two instants is what a clock on the wall would count, minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.metrics.business_hours import Schedule

WORKDAYS = ((8 * 60, 17 * 60 + 30),) * 5 + (None, None)
NAIROBI = Schedule(WORKDAYS, "Africa/Nairobi")
MICROSECOND, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)


def micros(instant):
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // MICROSECOND


def open_time(schedule, begin, end):
    (found,) = schedule.between(np.array([micros(begin)]), np.array([micros(end)]))
    return timedelta(microseconds=int(found))


def local(text, zone="Africa/Nairobi"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("begin", "end", "minutes"),
    [
        ("2026-01-20 10:00", "2026-01-20 10:07", 7),  # within a Tuesday
        ("2026-01-20 17:23", "2026-01-21 08:04", 7 + 4),  # over a night
        ("2026-01-23 17:29", "2026-01-26 08:02", 1 + 2),  # over a weekend
        ("2026-01-24 10:00", "2026-01-25 10:00", 0),  # a weekend
        ("2026-01-19 00:00", "2026-01-26 00:00", 5 * 570),  # a week
    ],
)
def test_only_open_hours_count(begin, end, minutes):
    assert open_time(NAIROBI, local(begin), local(end)) == minutes * MINUTE


def test_microseconds_count():
    begin = local("2026-01-20 17:29:59.999998")
    assert open_time(NAIROBI, begin, begin + timedelta(hours=1)) == 2 * MICROSECOND


def test_a_day_may_close_after_midnight():
    bar = Schedule((None,) * 6 + ((22 * 60, 2 * 60),), "Africa/Nairobi")  # Sunday
    assert open_time(bar, local("2026-01-25 23:30"), local("2026-01-26 05:00")) == timedelta(hours=2.5)


def test_an_hour_that_clocks_skip_is_not_counted_and_one_that_they_show_twice_is_counted_twice():
    early = Schedule(((60, 240),) * 7, "Europe/Berlin")  # from 1:00 to 4:00
    spring, autumn = (
        [local(f"{day} 00:00", "Europe/Berlin"), local(f"{day} 12:00", "Europe/Berlin")]
        for day in ("2026-03-29", "2026-10-25")
    )
    assert open_time(early, *spring) == timedelta(hours=2)
    assert open_time(early, *autumn) == timedelta(hours=4)


def test_without_waits_there_is_no_time():
    nothing = np.array([], np.int64)
    assert len(NAIROBI.between(nothing, nothing)) == 0


def counted(schedule, begin, end):
    """The open time by a plain walk over the minutes."""
    zone, found = ZoneInfo(schedule.timezone), timedelta()
    minute = begin.replace(second=0, microsecond=0)
    while minute < end:
        wall = minute.astimezone(zone)
        if shows_open(schedule, wall.weekday(), wall.hour * 60 + wall.minute):
            found += min(end, minute + MINUTE) - max(begin, minute)
        minute += MINUTE
    return found


def shows_open(schedule, weekday, minute):
    today, yesterday = schedule.days[weekday], schedule.days[weekday - 1]
    if today and today[0] <= minute and (minute < today[1] or today[1] <= today[0]):
        return True
    return bool(yesterday and yesterday[1] <= yesterday[0] and minute < yesterday[1])


minutes = st.integers(0, 24 * 60 - 1)
schedules = st.builds(
    Schedule,
    st.tuples(*[st.none() | st.tuples(minutes, minutes)] * 7),
    st.sampled_from(["UTC", "Africa/Nairobi", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
around_changes = st.sampled_from([datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 28), (4, 4), (10, 24))])
FULL = Schedule(((0, 0),) * 7, "UTC")


@settings(max_examples=40)
@example(FULL, datetime(2009, 1, 1, tzinfo=UTC), timedelta(), timedelta(hours=3))
@given(
    schedules,
    around_changes,
    st.timedeltas(timedelta(), timedelta(days=1)),
    st.timedeltas(timedelta(), timedelta(days=2)),
)
def test_the_arrays_agree_with_a_walk_over_the_minutes(schedule, day, after, length):
    begin = day + after
    assert open_time(schedule, begin, begin + length) == counted(schedule, begin, begin + length)
