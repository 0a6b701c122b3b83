"""Cases: the conversations behind a number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from analytics.facts.names import codes_of
from analytics.facts.timeline import Ints, Mask
from analytics.facts.waits import ANSWERED, CLOSED, HUMAN, NEVER, WAITING
from analytics.metrics.breakdowns import find_undelivered
from analytics.metrics.modes import (
    AFTERWORDS,
    CLOSED_UNANSWERED,
    ENDED_QUIETLY,
    GAVE_UP,
    NEEDED_AGENT,
    NO_OUTCOME,
    ONGOING,
    SOLVED_BY_BOT,
    find_outcomes,
)
from analytics.metrics.question import added_up
from analytics.metrics.response_time import measure_durations, waits_of
from analytics.metrics.search import Search, search
from analytics.metrics.selection import Selection
from analytics.metrics.stayed_solved import ALREADY_BACK, CAME_BACK, find_solved
from analytics.metrics.tally import NOT_GIVEN


@dataclass(frozen=True)
class Narrowing:
    """Which conversations of a selection are wanted. An empty text lets every conversation pass.

    `kind` is one of `KINDS`, and `wait` the kind of wait that it refers to. `reason` and `step` are those of a handoff.
    """

    kind: str = ""
    wait: int = HUMAN
    reason: str = ""
    step: str = ""


def find_cases(selection: Selection, narrowing: Narrowing) -> Ints:
    """Return the numbers of the conversations that pass (int64, ascending).

    For a kind that is about waits, messages or handoffs, a conversation passes if it has one that passes the filter and
    is of the kind; the number on the screen counts the same ones. For all other kinds the conversation itself must
    pass.
    """
    passing = KINDS[narrowing.kind](selection, narrowing)
    if narrowing.reason or narrowing.step:
        passing = passing & _select_handed_off(selection, narrowing)
    return np.flatnonzero(passing)


@added_up
def count_cases(selection: Selection, narrowing: Narrowing) -> int:
    """Return how many conversations pass."""
    return len(find_cases(selection, narrowing))


@added_up
def count_matching(selection: Selection, wanted: Search) -> int:
    """Return how many conversations a search finds, whatever the filter."""
    return int(search(selection.shard, wanted).sum())


def mark_events_of_cases(selection: Selection, narrowing: Narrowing) -> Mask:
    """Return which events belong to the conversations that pass."""
    wanted = np.zeros(len(selection.facts.conversations) + 1, np.bool_)  # the last is that of NONE
    wanted[find_cases(selection, narrowing)] = True
    marked: Mask = wanted[selection.facts.events.conversation]
    return marked


def mark_events_of_cases_ever(selection: Selection, narrowing: Narrowing) -> Mask:
    """Return the same whatever the period."""
    return mark_events_of_cases(selection.without_period, narrowing)


def _mark_holding(selection: Selection, places: Ints) -> Mask:
    """Return which conversations hold at least one of some events."""
    found = np.zeros(len(selection.facts.conversations) + 1, np.bool_)  # the last is that of NONE
    found[selection.facts.events.conversation[places]] = True
    holding: Mask = found[:-1]
    return holding


def _select_any(selection: Selection, _: Narrowing) -> Mask:
    return selection.conversations


def _select_with_customer(selection: Selection, _: Narrowing) -> Mask:
    return selection.conversations & np.not_equal(find_outcomes(selection), NO_OUTCOME)


def _select_waiting(selection: Selection, narrowing: Narrowing) -> Mask:
    return _mark_holding(selection, selection.facts.waits.begin[waits_of(selection, narrowing.wait, WAITING)])


def _select_late(selection: Selection, narrowing: Narrowing) -> Mask:
    late = waits_of(selection, narrowing.wait, ANSWERED)
    late[late] = measure_durations(selection, late) > selection.terms.target // timedelta(microseconds=1)
    return _mark_holding(selection, selection.facts.waits.begin[late])


def _select_closed(selection: Selection, narrowing: Narrowing) -> Mask:
    return _mark_holding(selection, selection.facts.waits.begin[waits_of(selection, narrowing.wait, CLOSED)])


def _select_never_answered(selection: Selection, narrowing: Narrowing) -> Mask:
    return _mark_holding(selection, selection.facts.waits.begin[waits_of(selection, narrowing.wait, NEVER)])


def _select_came_back(selection: Selection, _: Narrowing) -> Mask:
    return np.isin(find_solved(selection), (CAME_BACK, ALREADY_BACK))


def _select_handed_off(selection: Selection, narrowing: Narrowing) -> Mask:
    handoffs, facts = selection.facts.handoffs, selection.facts
    passing_cells = np.ones(len(handoffs.cells.table), np.bool_)
    for part, name, known in (("reason", narrowing.reason, facts.reasons), ("step", narrowing.step, facts.steps)):
        if name:
            passing_cells &= np.isin(handoffs.cells.table[part], codes_of([name], known, NOT_GIVEN))
    return _mark_holding(selection, handoffs.place[selection.handoffs & passing_cells[handoffs.cells.code]])


def _select_undelivered(selection: Selection, _: Narrowing) -> Mask:
    return _mark_holding(selection, find_undelivered(selection))


def _select_outcome(*wanted: int) -> Callable[[Selection, Narrowing], Mask]:
    def select(selection: Selection, _: Narrowing) -> Mask:
        return selection.conversations & np.isin(find_outcomes(selection), wanted)

    return select


KINDS: dict[str, Callable[[Selection, Narrowing], Mask]] = {
    "": _select_any,
    "customer": _select_with_customer,
    "waiting": _select_waiting,
    "late": _select_late,
    "closed": _select_closed,
    "never_answered": _select_never_answered,
    "came_back": _select_came_back,
    "handed_off": _select_handed_off,
    "needed_agent": _select_outcome(NEEDED_AGENT),
    "finished": _select_outcome(SOLVED_BY_BOT, ENDED_QUIETLY),
    "solved_by_bot": _select_outcome(SOLVED_BY_BOT),
    "ended_quietly": _select_outcome(ENDED_QUIETLY),
    "closed_unanswered": _select_outcome(CLOSED_UNANSWERED),
    "gave_up": _select_outcome(GAVE_UP),
    "ongoing": _select_outcome(ONGOING),
    "afterwords": _select_outcome(AFTERWORDS),
    "undelivered": _select_undelivered,
}
