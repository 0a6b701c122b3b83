"""Changes: the counts that differ most from the compared period; only those that are too large to be random."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import pandas as pd

from analytics.facts.timeline import NONE, RECEIVED
from analytics.metrics.question import conclude_from
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import count_by

Of = Literal["country", "agent", "template", "reason"]

Counts = dict[Of, pd.Series]

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
        """The difference in standard deviations."""
        return deviations_of_counts(self.now, self.before)


def deviations_of_counts(now: float, before: float) -> float:
    """Return the difference of two counts in standard deviations, as for events that come independently (Poisson)."""
    return (now - before) / sqrt(now + before) if now or before else 0.0


def deviations_of_shares(now: float, of: int, before: float, of_before: int) -> float:
    """Return the difference of two shares, each of so many cases, in standard deviations (pooled two-proportion z)."""
    if not of or not of_before:
        return 0.0
    pooled = (now * of + before * of_before) / (of + of_before)
    spread = sqrt(pooled * (1 - pooled) * (1 / of + 1 / of_before))
    return (now - before) / spread if spread else 0.0


def find_biggest_changes(selection: Selection, previous: Selection, most: int = 5) -> list[Change]:
    """Return the changes that are unlikely by chance, the most unlikely first."""
    return compare_counts(count_what_changes(selection), count_what_changes(previous), most)


def compare_counts(now: Counts, before: Counts, most: int = 5) -> list[Change]:
    """Return the changes between two answers of `count_what_changes`, as `find_biggest_changes` does."""
    found = [
        Change(of, str(name), int(now[of].get(name, 0)), int(before[of].get(name, 0)))
        for of in now
        for name in now[of].index.union(before[of].index)
    ]
    unlikely = [change for change in found if abs(change.deviations) >= UNLIKELY]
    return sorted(unlikely, key=lambda change: -abs(change.deviations))[:most]


def _tally_what_changes(selection: Selection) -> Counts:
    events, messages = selection.event_counts, selection.message_counts
    counted: dict[Of, pd.DataFrame] = {
        "country": events[events["kind"] == RECEIVED],
        "agent": messages,
        "template": messages,
        "reason": selection.facts.handoffs.cells.count(selection.handoffs),
    }
    return {of: count_by(cells[cells[of] != NONE], selection.facts, of) for of, cells in counted.items()}


@conclude_from(_tally_what_changes)
def count_what_changes(tally: Counts, _: Scope) -> Counts:
    """Return the counts of each kind of change, by name; what names nothing is left out."""
    return {of: counts.sort_index() for of, counts in tally.items()}
