"""Days, weekdays and hours as people write them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from analytics.facts.calendar import WEEKDAYS


def days_in_words(first: date | None, last: date | None) -> str:
    """Return days in words: `Tue 3 Mar 2026`, `3–5 Mar 2026`, `28 Feb – 3 Mar 2026`."""
    if not first or not last:
        return f"from {first:%-d %b %Y}" if first else f"up to {last:%-d %b %Y}" if last else ""
    if first == last:
        return f"{first:%a %-d %b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last:%-d %b %Y}"
    if first.year == last.year:
        return f"{first:%-d %b} – {last:%-d %b %Y}"
    return f"{first:%-d %b %Y} – {last:%-d %b %Y}"


def weekdays_in_words(days: Iterable[int]) -> str:
    """Return weekdays (Monday is 0) in words: `Mondays`, `Mondays and Fridays`, `Mondays to Fridays`."""
    names = []
    for first, last in _runs(days, 7):
        if (last - first) % 7 > 1:
            names.append(f"{WEEKDAYS[first]}s to {WEEKDAYS[last]}s")
        else:
            names += [f"{WEEKDAYS[day]}s" for day in dict.fromkeys((first, last))]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def hours_in_words(hours: Iterable[int]) -> str:
    """Return hours of the day as times: `09:00–11:59`, `22:00–01:59`, `09:00–09:59, 14:00–14:59`."""
    return ", ".join(f"{first:02}:00–{last:02}:59" for first, last in _runs(hours, 24))


def time_since(instant: datetime) -> str:
    """Return how long it is since an instant: `a few seconds`, `40 seconds`, `3 minutes`, `2 hours`."""
    seconds = int((datetime.now(UTC) - instant).total_seconds())
    if seconds < 10:
        return "a few seconds"
    count, unit = (seconds // 10 * 10, "second") if seconds < 60 else (seconds // 60, "minute")
    if count >= 60 and unit == "minute":
        count, unit = count // 60, "hour"
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _runs(numbers: Iterable[int], around: int) -> list[tuple[int, int]]:
    """Return the first and the last of each run of numbers; they wrap: after `around - 1` comes 0."""
    known = set(numbers)
    if len(known) == around:
        return [(0, around - 1)]
    firsts = sorted(number for number in known if (number - 1) % around not in known)
    lasts = []
    for first in firsts:
        last = first
        while (last + 1) % around in known:
            last = (last + 1) % around
        lasts.append(last)
    return list(zip(firsts, lasts, strict=True))
