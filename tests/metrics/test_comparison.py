"""Comparison: the same numbers of the period before, of a week or of a year before."""

import pytest

from analytics.metrics.rates import count_still_counting
from analytics.metrics.report import metric_table
from tests.events_of import delivered, received, report_of, resolved, selection_of, sent

LONG_AFTER = "2026-06-01 00:00"


def compared(*events, **options):
    """How many messages were received in the compared period; None where there is none."""
    options = {"as_of": LONG_AFTER, **options}
    previous = report_of(*events, **options)["previous"]
    return previous and sum(previous["traffic_by_country"].values())


def on_days(*days):
    return [received(f"{day} 12:00") for day in days]


def test_the_previous_period_has_as_many_days_just_before():
    days = on_days("2026-01-10", "2026-01-11", "2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15")
    options = {"first_day": "2026-01-14", "last_day": "2026-01-16", "comparison": "previous"}
    assert compared(*days, **options) == 3


def test_the_week_before_has_the_same_days_of_the_week():
    days = on_days("2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09", "2026-01-14")
    options = {"first_day": "2026-01-14", "last_day": "2026-01-15", "comparison": "week"}
    assert compared(*days, **options) == 2


def test_the_year_before_has_the_same_dates():
    days = on_days("2025-01-13", "2025-01-14", "2025-01-15", "2025-01-16")
    options = {"first_day": "2026-01-14", "last_day": "2026-01-15", "comparison": "year"}
    assert compared(*days, **options) == 2


def test_a_year_before_29_february_is_28_february():
    days = on_days("2023-02-27", "2023-02-28", "2023-03-01")
    options = {"first_day": "2024-02-29", "last_day": "2024-02-29", "comparison": "year"}
    assert compared(*days, **options) == 1


@pytest.mark.parametrize("comparison", ["previous", "week", "year"])
def test_a_period_without_a_beginning_is_compared_with_nothing(comparison):
    assert compared(*on_days("2024-01-01"), last_day="2026-01-15", comparison=comparison) is None


@pytest.mark.parametrize("comparison", ["previous", "week", "year"])
@pytest.mark.parametrize("first_day", ["0001-01-01", "0001-01-06", "2008-12-31"])
def test_a_period_that_begins_before_any_data_can_is_compared_with_nothing(first_day, comparison):
    options = {"first_day": first_day, "last_day": "2026-01-15", "comparison": comparison}
    assert compared(*on_days("2009-01-01", "2026-01-14"), **options) is None


def test_a_comparison_that_begins_before_any_data_can_has_nothing_to_count():
    options = {"first_day": "2009-01-01", "last_day": "2026-01-15"}
    for comparison in ("previous", "week", "year"):
        assert compared(*on_days("2009-01-01", "2026-01-14"), **options, comparison=comparison) is None


def test_a_period_longer_than_the_calendar_before_it_is_compared_with_no_period_before():
    options = {"first_day": "2026-01-14", "last_day": "9999-12-31", "comparison": "previous"}
    assert compared(*on_days("2009-01-01", "2026-01-14"), **options) is None


@pytest.mark.parametrize("comparison", ["week", "year"])
def test_a_period_may_end_with_the_calendar(comparison):
    days = on_days("2024-12-01", "2025-01-14", "2026-01-07", "2026-01-14")
    options = {"first_day": "2026-01-14", "last_day": "9999-12-31", "comparison": comparison}
    assert compared(*days, **options, as_of="2026-01-14 18:00") == 1  # of the same day, up to the same hour


def test_where_the_data_begin_later_there_is_nothing_to_compare_with():
    options = {"first_day": "2026-01-14", "last_day": "2026-01-14", "comparison": "previous"}
    assert compared(*on_days("2026-01-14"), **options) is None
    assert compared(*on_days("2026-01-13", "2026-01-14"), **options) == 1
    assert compared(**options) is None


def test_the_first_day_of_the_data_is_one_of_the_chosen_zone():
    events = [received("2026-01-12 22:00")]  # the 13th in Nairobi
    options = {"first_day": "2026-01-13", "last_day": "2026-01-13", "comparison": "previous"}
    assert compared(*events, **options) == 1
    assert compared(*events, **options, timezone="Africa/Nairobi") is None


def test_a_period_that_is_not_over_is_compared_with_the_equally_long_beginning():
    events = [
        received("2026-01-12 10:00"),
        received("2026-01-13 10:00"),
        received("2026-01-13 10:00:00.000001"),
        received("2026-01-13 23:00"),
        received("2026-01-14 09:00"),
    ]
    options = {"first_day": "2026-01-14", "last_day": "2026-01-14", "comparison": "previous"}
    assert compared(*events, **options, as_of="2026-01-14 10:00") == 1
    assert compared(*events, **options, as_of="2026-01-14 23:30") == 3
    assert compared(*events, **options, as_of="2026-01-15 00:00") == 3


def test_a_period_without_an_end_ends_today():
    events = on_days("2026-01-11", "2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15")
    options = {"first_day": "2026-01-14", "comparison": "previous", "as_of": "2026-01-15 18:00"}
    assert compared(*events, **options) == 2
    assert compared(*events, **{**options, "as_of": "2026-01-15 11:00"}) == 1


def test_other_filters_stay():
    events = [
        sent("2026-01-13 10:00", "a", agent="amina"), delivered("2026-01-13 10:01", "a"),
        sent("2026-01-13 10:02", "b", agent="brian"),
    ]  # fmt: skip
    previous = report_of(
        *events, first_day="2026-01-14", last_day="2026-01-14", agents=("amina",), comparison="previous",
        as_of=LONG_AFTER,
    )["previous"]  # fmt: skip
    assert previous["delivery_rate"]["ledger"] == {"numerator": 1, "denominator": 1, "value": 1.0}


def test_previous_numbers_have_the_form_of_the_others():
    found = report_of(
        *on_days("2026-01-13", "2026-01-14"),
        first_day="2026-01-14",
        last_day="2026-01-14",
        comparison="previous",
    )
    assert list(found["previous"]) == list(found["metrics"])


def test_waits_that_ended_after_the_same_moment_were_waiting_then():
    events = [
        received("2026-01-13 09:00", "a", chat="a"), sent("2026-01-13 09:30", chat="a"),
        received("2026-01-13 09:00", "b", chat="b"), sent("2026-01-13 11:00", chat="b"),
        received("2026-01-13 09:59:30", "c", chat="c"), resolved("2026-01-13 10:30", chat="c"),
        received("2026-01-14 09:00", "d", chat="d"),
    ]  # fmt: skip
    options = {"first_day": "2026-01-14", "last_day": "2026-01-14", "comparison": "previous"}
    then = report_of(*events, **options, as_of="2026-01-14 10:00")["previous"]["response_time"]
    assert (then["answered"], then["waiting"], then["closed_without_reply"]) == (1, 2, 0)
    assert then["within_seconds"]["60"] == 0.0  # of two: the third still waits for less
    whole = report_of(*events, **options, as_of="2026-01-15 00:00")["previous"]["response_time"]
    assert (whole["answered"], whole["waiting"], whole["closed_without_reply"]) == (2, 0, 1)


def test_what_can_still_change_shows_no_change():
    events = [*on_days("2026-01-13", "2026-01-14"), sent("2026-01-13 13:00"), sent("2026-01-14 13:00")]
    options = {"first_day": "2026-01-14", "last_day": "2026-01-14", "comparison": "previous"}
    found = report_of(*events, **options)
    late = {"read_rate", "delivery_rate", "reply_rate", "message_funnel"}
    for settled in (True, False):
        rows = metric_table(found["metrics"], found["previous"], settled=settled)
        assert {row.metric.key for row in rows if row.previous_ledger is None} == (set() if settled else late)
    for as_of, recent in (("2026-01-16 12:59:59", 1), ("2026-01-16 13:00", 0)):
        days = {"first_day": "2026-01-14", "last_day": "2026-01-14"}
        assert count_still_counting(selection_of(*events, **days, as_of=as_of)) == recent
