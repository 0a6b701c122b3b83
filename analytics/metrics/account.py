"""Accounts: how a number is counted, in sentences, and the events that it is made of."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.facts.timeline import Ints, Mask
from analytics.metrics.question import Question, added_up, conclude_from
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally

Sentences = list[str]


@dataclass(frozen=True)
class Account:
    """How the two readings of a metric are counted in a selection.

    `gap` returns sentences that say why they differ, each with a number. `left_out` returns sentences about what is not
    counted, or may still change. `raw` and `ledger` return the events of each reading as masks over the event facts.
    """

    gap: Question[[], Sentences]
    left_out: Question[[], Sentences]
    raw: Callable[[Selection], Mask]
    ledger: Callable[[Selection], Mask]


def state_count(count: int, one: str, many: str) -> Sentences:
    """Return a sentence with a count: the number, then `one` or `many`; no sentence if the count is 0."""
    return [f"{count:,} {one if count == 1 else many}."] if count else []


@added_up
def count_passing(selection: Selection) -> int:
    """Return how many events pass."""
    return int(selection.events.sum())


def _tally_nothing(_: Selection) -> Tally:
    return {}


@conclude_from(_tally_nothing)
def say_nothing(_: Tally, __: Scope) -> Sentences:
    """Return no sentence."""
    return []


def _tally_left_out_of_all(selection: Selection) -> Tally:
    facts = selection.facts
    return {
        "no_part": facts.size - len(facts.events),
        "outside": len(facts.events) - int(selection.events.sum()),
    }


@conclude_from(_tally_left_out_of_all)
def explain_left_out_of_all(tally: Tally, scope: Scope) -> Sentences:
    """Return sentences about the events that no number of a selection counts."""
    why = "none of the nine events" if scope.rules.include_test else "test events, or none of the nine"
    return [
        *state_count(
            tally["no_part"], f"event is no part of any report ({why})", f"events are no part of any report ({why})"
        ),
        *state_count(
            tally["outside"],
            "event is outside the period or the filters",
            "events are outside the period or the filters",
        ),
    ]


def select_kinds(*kinds: int) -> Callable[[Selection], Mask]:
    """Return a function that returns which events pass and are of some kinds."""
    return lambda selection: selection.events & is_kind(selection, *kinds)


def is_kind(selection: Selection, *kinds: int) -> Mask:
    """Return which events are of some kinds, whether or not they pass the filter."""
    cells = selection.facts.events.cells
    found: Mask = cells.table["kind"].isin(kinds).to_numpy()[cells.code]
    return found


def mark_places(selection: Selection, places: Ints) -> Mask:
    """Return a mask over the event facts that marks some places."""
    found = np.zeros(len(selection.facts.events), np.bool_)
    found[places] = True
    return found
