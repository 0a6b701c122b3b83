"""Comparison: the same numbers for another period."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from analytics.events.timestamps import EARLIEST, EPOCH, to_microseconds
from analytics.metrics.selection import Scope, Selection

Comparison = Literal["previous", "week", "year"]
"""The equally long period just before, the same days a week earlier, or the same dates a year earlier."""


def selection_to_compare(selection: Selection, comparison: Comparison) -> Selection | None:
    """Return the selection to compare with; None if there is nothing to compare with (see `scope_to_compare`)."""
    scope = scope_to_compare(selection.scope, comparison)
    return Selection.in_scope(selection.shard, scope) if scope else None


def scope_to_compare(scope: Scope, comparison: Comparison) -> Scope | None:
    """Return the scope to compare with; None if the period has no beginning, or the data begin later.

    A period that is not over yet is compared with an equally long first part of the other period, and with the waits
    as they stood when that part ended.
    """
    chosen, oldest = scope.filter, scope.oldest
    if chosen.first_day is None or oldest is None or chosen.first_day < EARLIEST.date():
        return None  # nothing can be older, so there is nothing to compare with
    zone = ZoneInfo(chosen.timezone)
    now = EPOCH + timedelta(microseconds=scope.as_of)
    today = now.astimezone(zone).date()
    last_day = chosen.last_day or today
    days = _shift_days(chosen.first_day, last_day, comparison)
    if days is None:
        return None
    first, last = days
    if (EPOCH + timedelta(microseconds=oldest)).astimezone(zone).date() > first:
        return None
    elapsed = now - _midnight(chosen.first_day, zone)
    before = None if today > last_day else _midnight(first, zone) + elapsed + timedelta(microseconds=1)
    shifted = replace(chosen, first_day=first, last_day=last, before=before)
    then = None if before is None else to_microseconds(before) - 1
    return replace(scope, filter=shifted, compared_with=scope, waits_as_of=then)


def _shift_days(first: date, last: date, comparison: Comparison) -> tuple[date, date] | None:
    """Return the first and last day to compare with; None if they would lie before the earliest possible data."""
    if comparison == "year":
        return _year_before(first), _year_before(last)
    days = 7 if comparison == "week" else (last - first).days + 1
    if days > (first - EARLIEST.date()).days:
        return None
    return first - timedelta(days=days), last - timedelta(days=days)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
