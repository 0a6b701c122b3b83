"""Accounts: how a number came about, in sentences, and which events it is made of."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.facts.timeline import Ints, Mask
from analytics.metrics.selection import Selection

Sentences = list[str]


@dataclass(frozen=True)
class Account:
    """How the two readings of a metric came about in a selection.

    `gap` says why they differ, each sentence with its number; `left_out` what is no part of them, or still changes.
    `raw` and `ledger` are the events that each is made of, masks over the facts of events.
    """

    gap: Callable[[Selection], Sentences]
    left_out: Callable[[Selection], Sentences]
    raw: Callable[[Selection], Mask]
    ledger: Callable[[Selection], Mask]


def said(count: int, one: str, many: str) -> Sentences:
    """Return what is to be said of so many: nothing of none, and the number before `one` or `many`."""
    return [f"{count:,} {one if count == 1 else many}."] if count else []


def nothing(selection: Selection) -> Sentences:  # noqa: ARG001
    """Say nothing."""
    return []


def left_out_of_all(selection: Selection) -> Sentences:
    """Say what every number of a selection leaves out."""
    facts = selection.facts
    no_part, passing = facts.size - len(facts.events), int(selection.events.sum())
    why = "none of the eight events" if facts.rules.include_test else "test events, or none of the eight"
    return [
        *said(no_part, f"event is no part of any report ({why})", f"events are no part of any report ({why})"),
        *said(
            len(facts.events) - passing,
            "event is outside the period or the filters",
            "events are outside the period or the filters",
        ),
    ]


def of_kinds(*kinds: int) -> Callable[[Selection], Mask]:
    """Return the function that finds the events of some kinds that pass."""
    return lambda selection: selection.events & is_kind(selection, *kinds)


def is_kind(selection: Selection, *kinds: int) -> Mask:
    """Return which events are of some kinds, whether they pass or not."""
    cells = selection.facts.events.cells
    found: Mask = cells.table["kind"].isin(kinds).to_numpy()[cells.code]
    return found


def at(selection: Selection, places: Ints) -> Mask:
    """Return the events at some places."""
    found = np.zeros(len(selection.facts.events), np.bool_)
    found[places] = True
    return found
