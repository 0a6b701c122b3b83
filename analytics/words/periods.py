"""Periods by name, and what they are compared with.

They stay relative: "Last 7 days" means the seven days up to today, whenever it is read. Addresses and saved views name
them by codes.
"""

from datetime import date, timedelta
from typing import Literal

from analytics.metrics.comparison import Comparison

ALL = "all"
CUSTOM = "custom"
PERIODS = {
    "today": "Today",
    "yesterday": "Yesterday",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "this_week": "This week",
    "last_week": "Last week",
    "this_month": "This month",
    "last_month": "Last month",
    ALL: "All",
    CUSTOM: "Custom",
}
"""What people call a period, by its code."""

NO_COMPARISON: Literal["none"] = "none"
COMPARISONS: dict[Comparison | Literal["none"], str] = {
    "previous": "Period before",
    "week": "Same days a week before",
    "year": "Same dates a year before",
    NO_COMPARISON: "No comparison",
}
"""What people call a comparison (see `analytics.metrics.comparison`), by its code."""


def begin_sentence(period: str) -> str:
    """Return how a sentence of a period begins; nothing where it is of all, or of none that is known."""
    name = PERIODS.get(period, "")
    if period == ALL:
        return ""
    return {CUSTOM: "In these days"}.get(period, f"In the {name.lower()}" if name.endswith("days") else name)


def period_days(period: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and last day of a period, both inclusive; None where it is open."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    days: dict[str, tuple[date | None, date | None]] = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "7d": (today - timedelta(days=6), today),
        "30d": (today - timedelta(days=29), today),
        "90d": (today - timedelta(days=89), today),
        "this_week": (monday, today),
        "last_week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this_month": (month, today),
        "last_month": (before.replace(day=1), before),
    }
    return days.get(period, (None, None))
