"""What is chosen is said as people say it."""

from datetime import date

import pytest

from analytics.words.times import days_in_words, hours_in_words, weekdays_in_words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([0], "Mondays"),
        ([4, 0], "Mondays and Fridays"),
        ([5, 6], "Saturdays and Sundays"),
        ([0, 1, 2, 3, 4], "Mondays to Fridays"),
        ([6, 0], "Sundays and Mondays"),
        ([4, 5, 6, 0, 2], "Wednesdays and Fridays to Mondays"),
        ([0, 2, 4], "Mondays, Wednesdays and Fridays"),
        (range(7), "Mondays to Sundays"),
    ],
)
def test_weekdays_in_a_row_are_one(days, words):
    assert weekdays_in_words(days) == words


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([9], "09:00–09:59"),
        ([11, 9, 10], "09:00–11:59"),
        ([9, 14], "09:00–09:59, 14:00–14:59"),
        ([22, 23, 0, 1], "22:00–01:59"),
        (range(24), "00:00–23:59"),
    ],
)
def test_hours_in_a_row_are_one_also_past_midnight(hours, words):
    assert hours_in_words(hours) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-03", "2026-03-03", "Tue 3 Mar 2026"),
        ("2026-03-03", "2026-03-05", "3–5 Mar 2026"),
        ("2026-02-28", "2026-03-03", "28 Feb – 3 Mar 2026"),
        ("2025-12-30", "2026-01-02", "30 Dec 2025 – 2 Jan 2026"),
        ("2026-03-03", None, "from 3 Mar 2026"),
        (None, "2026-03-05", "up to 5 Mar 2026"),
    ],
)
def test_days_say_a_month_and_a_year_once(first, last, words):
    assert days_in_words(*(day and date.fromisoformat(day) for day in (first, last))) == words
