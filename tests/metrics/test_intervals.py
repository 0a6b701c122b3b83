"""Intervals: hours, days, weeks and months of a period, also where the clock was put forward or back."""

import pytest

from analytics.facts.waits import CUSTOMER
from analytics.metrics import trends
from analytics.metrics.comparison import scope_to_compare
from analytics.metrics.intervals import Axis, choose_interval, list_intervals
from analytics.metrics.selection import Selection
from tests.events_of import received, selection_of, sent

DAY = {"first_day": "2026-01-20", "last_day": "2026-01-20"}


def hours_of(day, zone, *events):
    """The hours of a local day that are not empty, and how many hours it has."""
    selection = selection_of(*events, first_day=day, last_day=day, timezone=zone)
    found = trends.count_messages(selection, "hour")["received"]
    return {hour.strftime("%H"): count for hour, count in found[found > 0].items()}, len(found)


@pytest.mark.parametrize(
    ("first", "last", "suiting"),
    [
        ("2026-01-01", "2026-01-01", "hour"),
        ("2026-01-01", "2026-01-02", "day"),
        ("2026-01-01", "2026-02-14", "day"),
        ("2026-01-01", "2026-02-15", "week"),
        ("2024-01-01", "2024-12-31", "week"),
        ("2025-01-01", "2026-01-02", "month"),
    ],
)
def test_a_day_is_shown_by_hour_and_a_long_period_by_week_or_month(first, last, suiting):
    scope = selection_of(received("2026-01-20 06:00"), first_day=first, last_day=last).scope
    assert choose_interval(scope) == suiting


@pytest.mark.parametrize(("last", "by_hour"), [("2026-01-31", True), ("2026-02-01", False)])
def test_a_long_period_cannot_be_shown_by_hour(last, by_hour):
    scope = selection_of(received("2026-01-20 06:00"), first_day="2026-01-01", last_day=last).scope
    assert ("hour" in list_intervals(scope)) == by_hour


def test_messages_count_in_their_hour_of_the_local_day():
    events = [
        received("2026-01-19 21:00", "a"),
        received("2026-01-20 06:59", "b"),
        received("2026-01-20 07:00", "c"),
        received("2026-01-20 21:00", "d"),
    ]
    assert hours_of("2026-01-20", "Africa/Nairobi", *events) == ({"00": 1, "09": 1, "10": 1}, 24)


@pytest.mark.parametrize(
    ("day", "zone", "hours", "skipped"),
    [
        ("2026-03-29", "Europe/Berlin", 23, "02"),
        ("2024-04-26", "Africa/Cairo", 23, "00"),
        ("2026-10-04", "Australia/Lord_Howe", 24, None),  # half of an hour is skipped
        ("2026-10-25", "Europe/Berlin", 24, None),
    ],
)
def test_an_hour_that_the_clock_skips_is_left_out(day, zone, hours, skipped):
    scope = selection_of(received("2024-01-01 06:00"), first_day=day, last_day=day, timezone=zone).scope
    axis = Axis(scope, "hour")
    assert len(axis.index) == hours
    assert skipped not in axis.index.strftime("%H")
    assert len(Axis(scope, "day").index) == 1


def test_an_hour_that_comes_twice_is_one_interval():
    twice = [received("2026-10-25 00:30", "a"), received("2026-10-25 01:30", "b"), received("2026-10-25 02:30", "c")]
    assert hours_of("2026-10-25", "Europe/Berlin", *twice) == ({"02": 2, "03": 1}, 24)


def test_a_compared_day_stands_at_the_hours_of_the_day():
    events = [received("2026-01-01 06:00", "z"), received("2026-01-19 07:00", "a"), received("2026-01-20 08:00", "b")]
    selection = selection_of(*events, **DAY)
    before = Selection.in_scope(selection.shard, scope_to_compare(selection.scope, "previous"))
    found = trends.count_messages(before, "hour")["received"]
    assert [str(hour) for hour in found[found > 0].index] == ["2026-01-20 07:00"]


def test_who_waits_is_counted_at_the_end_of_each_hour():
    events = [
        received("2026-01-19 20:00", "a", chat="old"),
        received("2026-01-20 06:10", "b"),
        sent("2026-01-20 08:00"),
        sent("2026-01-20 09:20", chat="old"),
    ]
    found = trends.count_waiting(selection_of(*events, **DAY, as_of="2026-01-20 23:00"), CUSTOMER, "hour")
    assert found.tolist()[:10] == [1, 1, 1, 1, 1, 1, 2, 2, 1, 0]


def test_who_waits_at_the_end_of_a_day_is_counted_by_the_local_day():
    events = [received("2026-03-28 22:30"), sent("2026-03-28 23:30")]  # 23:30 and 0:30 in Berlin
    period = {"first_day": "2026-03-28", "last_day": "2026-03-29", "timezone": "Europe/Berlin"}
    assert trends.count_waiting(selection_of(*events, **period), CUSTOMER).tolist() == [1, 0]
