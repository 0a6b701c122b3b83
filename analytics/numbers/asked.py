"""Numbers of stored events for whoever asks without a screen: commands and programs get the same.

What is asked for is said in the words of the command line: `from`, `to`, `timezone`, `agent`, `country`, and so on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics.events.timestamps import parse_instant, to_microseconds
from analytics.facts.facts import Facts
from analytics.facts.rules import FOUND, Rules
from analytics.facts.stated import MODES
from analytics.live.rules import rules_of
from analytics.metrics.comparison import Comparison
from analytics.metrics.filters import NARROWING, Filter
from analytics.metrics.report import report_of
from analytics.metrics.selection import Selection
from analytics.metrics.terms import Terms
from analytics.store.preferences import Preferences

T = TypeVar("T")

AUTO = "auto"
START_MODES = (AUTO, *MODES)


class AskedWronglyError(ValueError):
    """What is asked for cannot be; the message says what and why."""


@dataclass(frozen=True)
class Asked:
    """What is asked for: a filter, "now" (UTC microseconds, None for the newest event), and how events are counted."""

    chosen: Filter = field(default_factory=Filter)
    as_of: int | None = None
    include_test: bool = False
    start_mode: str | None = None
    compare: Comparison | None = None

    def rules(self, preferences: Preferences) -> Rules:
        """Return the rules under which events are counted in a project of these preferences."""
        rules = rules_of(preferences, include_test=self.include_test)
        if self.start_mode:
            rules = replace(rules, start_mode=FOUND if self.start_mode == AUTO else self.start_mode)
        return rules

    def select(self, facts: Facts, preferences: Preferences) -> Selection:
        """Return what passes, of facts under these rules."""
        return Selection(facts, self.chosen, self.as_of, Terms(preferences.target))

    def report(self, facts: Facts, preferences: Preferences) -> dict[str, Any]:
        """Return all metrics, of facts under these rules (see `metrics.report.report_of`)."""
        return report_of(self.select(facts, preferences), self.compare)


def read_asked(given: Sequence[tuple[str, str]]) -> Asked:
    """Return what is asked for by parameters of an address, which are called as the options of `analytics metrics`.

    Raises:
        AskedWronglyError: where a parameter is not known, comes twice where one will do, or has no sense.
    """
    known = {*ONCE, *(choice.option for choice in NARROWING)}
    if unknown := [name for name, _ in given if name not in known]:
        raise AskedWronglyError(f"{unknown[0]!r} is no parameter; there are {', '.join(sorted(known))}.")
    once: dict[str, str] = {}
    for name, value in given:
        if name in ONCE:
            if name in once:
                raise AskedWronglyError(f"{name} comes twice.")
            once[name] = value
    read = {name: _read(name, once[name]) for name in once}
    first, last = read.get("from"), read.get("to")
    if first and last and last < first:
        raise AskedWronglyError(f"to {last} is before from {first}.")
    values: dict[str, Any] = {
        choice.field: choice.values(
            _read_value(choice.option, choice.read, value, choice.refusal)
            for name, value in given
            if name == choice.option
        )
        for choice in NARROWING
    }
    return Asked(
        replace(Filter(first, last, read.get("timezone", "UTC")), **values),
        read.get("as-of"),
        read.get("test", False),
        read.get("start-mode"),
        read.get("compare"),
    )


def _read(name: str, value: str) -> Any:
    read, refusal = ONCE[name]
    return _read_value(name, read, value, refusal)


def _read_value(name: str, read: Callable[[str], T], value: str, refusal: str) -> T:
    try:
        return read(value)
    except (ValueError, ZoneInfoNotFoundError, OSError):  # OSError: a folder of zones, such as Africa
        raise AskedWronglyError(f"{name}: {value!r} is not {refusal}") from None


def _one_of(words: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return read


def _read_flag(text: str) -> bool:
    return _one_of(("0", "1"))(text) == "1"


ONCE: dict[str, tuple[Callable[[str], Any], str]] = {
    "from": (date.fromisoformat, "a day; write it as 2026-01-20."),
    "to": (date.fromisoformat, "a day; write it as 2026-01-20."),
    "timezone": (lambda text: ZoneInfo(text).key, "a time zone; use a name such as Africa/Nairobi."),
    "as-of": (
        lambda text: to_microseconds(parse_instant(text)),
        "a time with an offset, such as 2026-01-20T06:30:00Z.",
    ),
    "test": (_read_flag, "an answer; it must be 0 or 1."),
    "start-mode": (_one_of(START_MODES), f"a start mode; it must be one of {', '.join(START_MODES)}."),
    "compare": (_one_of(("previous", "week", "year")), "a period to compare with; it must be previous, week or year."),
}
"""The parameters that come once: how each is read, and what a refusal says of it."""
