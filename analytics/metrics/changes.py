"""Changes: the counts that differ most from the compared period; only those that are too large to be random."""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

from analytics.facts.timeline import NONE, RECEIVED
from analytics.metrics.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

Of = Literal["country", "agent", "template", "reason"]

UNLIKELY = 3.0
"""Chance alone seldom changes a count by more than this many standard deviations."""


@dataclass(frozen=True)
class Change:
    """A count now and before: messages from a country, by an agent or of a template, or handoffs for a reason."""

    of: Of
    name: str
    now: int
    before: int

    @property
    def deviations(self) -> float:
        """The difference in standard deviations, as for events that come independently (Poisson)."""
        return (self.now - self.before) / sqrt(self.now + self.before)


def find_biggest_changes(selection: Selection, previous: Selection, most: int = 5) -> list[Change]:
    """Return the changes that are unlikely by chance, the most unlikely first."""
    facts = selection.facts
    names: dict[Of, pd.Index[str]] = {
        "country": facts.countries,
        "agent": facts.agents,
        "template": facts.templates,
        "reason": facts.reasons,
    }
    now, before = _count_by_code(selection), _count_by_code(previous)
    found = [
        Change(of, str(names[of][code]), int(now[of].get(code, 0)), int(before[of].get(code, 0)))
        for of in names
        for code in now[of].index.union(before[of].index)
        if code != NONE
    ]
    unlikely = [change for change in found if abs(change.deviations) >= UNLIKELY]
    return sorted(unlikely, key=lambda change: -abs(change.deviations))[:most]


def _count_by_code(selection: Selection) -> dict[Of, "pd.Series[int]"]:
    """Return the counts of each kind of change, by code."""
    events, messages = selection.event_counts, selection.message_counts
    handoffs = selection.facts.handoffs.cells.count(selection.handoffs)
    counted = {
        "country": events[events["kind"] == RECEIVED],
        "agent": messages,
        "template": messages,
        "reason": handoffs[handoffs["count"] > 0],
    }
    return {of: cells.groupby(of)["count"].sum() for of, cells in counted.items()}  # type: ignore[misc]
