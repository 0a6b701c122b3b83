"""Periods by name. They stay relative: "last 7 days" means the seven days up to today, whenever it is read."""

from datetime import date, timedelta

ALL = "All"
CUSTOM = "Custom"
PERIODS = (
    "Today", "Yesterday", "Last 7 days", "Last 30 days", "Last 90 days", "This week", "Last week",
    "This month", "Last month", ALL, CUSTOM,
)  # fmt: skip


def in_words(name: str) -> str:
    """Return how a sentence of a named period begins; nothing where it is of all."""
    if name == ALL:
        return ""
    return {CUSTOM: "In these days"}.get(name, f"In the {name.lower()}" if name.endswith("days") else name)


def period_days(name: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and last day of a named period, both inclusive; None where it is open."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    days: dict[str, tuple[date | None, date | None]] = {
        "Today": (today, today),
        "Yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "Last 7 days": (today - timedelta(days=6), today),
        "Last 30 days": (today - timedelta(days=29), today),
        "Last 90 days": (today - timedelta(days=89), today),
        "This week": (monday, today),
        "Last week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "This month": (month, today),
        "Last month": (before.replace(day=1), before),
    }
    return days.get(name, (None, None))
