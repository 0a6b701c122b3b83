"""Named periods are relative to today."""

from datetime import date

import pytest

from analytics.words.periods import period_days

THURSDAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("all", None, None),
        ("custom", None, None),
        ("today", "2026-01-01", "2026-01-01"),
        ("yesterday", "2025-12-31", "2025-12-31"),
        ("7d", "2025-12-26", "2026-01-01"),
        ("30d", "2025-12-03", "2026-01-01"),
        ("90d", "2025-10-04", "2026-01-01"),
        ("this_week", "2025-12-29", "2026-01-01"),
        ("last_week", "2025-12-22", "2025-12-28"),
        ("this_month", "2026-01-01", "2026-01-01"),
        ("last_month", "2025-12-01", "2025-12-31"),
    ],
)
def test_a_period_has_these_days_on_new_years_day(name, first, last):
    days = period_days(name, THURSDAY)
    assert [day and day.isoformat() for day in days] == [first, last]


def test_a_week_begins_on_monday():
    assert period_days("this_week", date(2026, 1, 5)) == (date(2026, 1, 5), date(2026, 1, 5))


def test_february_is_last_month_in_march():
    assert period_days("last_month", date(2024, 3, 31)) == (date(2024, 2, 1), date(2024, 2, 29))
