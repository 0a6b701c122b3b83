"""Cases: the conversations behind a number, how they are sorted, and the rows of the table that shows them.

Conversations are found and sorted as arrays; only the requested ones become rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.events.timestamps import instants_of
from analytics.facts.names import codes_of, names_of
from analytics.facts.timeline import NONE, RECEIVED, SENT, Ints, Mask
from analytics.facts.waits import AFTERWORD, ANSWERED, CLOSED, HUMAN, NEVER, WAITING
from analytics.metrics.breakdowns import find_undelivered
from analytics.metrics.filters import UNKNOWN
from analytics.metrics.modes import (
    AFTERWORDS,
    CLOSED_UNANSWERED,
    ENDED_QUIETLY,
    GAVE_UP,
    NEEDED_AGENT,
    NO_OUTCOME,
    ONGOING,
    OUTCOMES,
    SOLVED_BY_BOT,
    find_outcomes,
)
from analytics.metrics.response_time import (
    MICROSECONDS_PER_SECOND,
    mark_waits,
    measure_durations,
    measure_running,
    waits_of,
)
from analytics.metrics.selection import Selection
from analytics.metrics.stayed_solved import ALREADY_BACK, CAME_BACK, find_what_became, mark_solved
from analytics.metrics.tally import NOT_GIVEN

Order = Literal["longest", "newest", "handed_off"]


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


def measure_longest_waits(selection: Selection, kind: int) -> tuple[Ints, Mask]:
    """Return for each conversation its longest wait of a kind (int64, microseconds; NONE without), and if one runs."""
    rows, size = selection.facts.waits, len(selection.facts.conversations)
    kinds = ((rows.cells.table["kind"] == kind) & (rows.cells.table["state"] != AFTERWORD)).to_numpy()[rows.cells.code]
    conversation = selection.facts.events.conversation[rows.begin]
    longest, is_running = np.full(size + 1, NONE, np.int64), np.zeros(size + 1, np.bool_)
    for chosen, measure in (
        (kinds & (rows.end != NONE), measure_durations),
        (kinds & (rows.end == NONE), measure_running),
    ):
        np.maximum.at(longest, conversation[chosen], measure(selection, chosen))
    is_running[conversation[kinds & (selection.wait_states == WAITING)]] = True
    return longest[:size], is_running[:size]


def find_longest_waits(selection: Selection, kind: int, most: int) -> tuple[Ints, npt.NDArray[np.float64], Mask]:
    """Return the conversations with the longest waits of a kind that pass, these in seconds, and whether they run."""
    rows, chosen = selection.facts.waits, mark_waits(selection, kind)
    over, running = chosen & (rows.end != NONE), chosen & (rows.end == NONE)
    begin = np.concatenate([rows.begin[over], rows.begin[running]])
    durations = np.concatenate([measure_durations(selection, over), measure_running(selection, running)])
    waits = np.concatenate([np.zeros(np.count_nonzero(over), np.bool_), selection.wait_states[running] == WAITING])
    first = np.argsort(-durations, kind="stable")
    conversations = selection.facts.events.conversation[begin[first]]
    _, once = np.unique(conversations, return_index=True)
    found = np.sort(once)[:most]
    return conversations[found], durations[first][found] / MICROSECONDS_PER_SECOND, waits[first][found]


def sort_cases(selection: Selection, found: Ints, order: Order, wait: int) -> Ints:
    """Return conversations sorted by longest wait, by newest, or by latest handoff; the first is the top one."""
    rows, time = selection.facts.conversations, selection.facts.events.time
    if order == "longest":
        by = measure_longest_waits(selection, wait)[0][found]
    elif order == "newest":
        by = time[rows.first[found]]
    else:
        handoff = rows.handoff[found]
        by = np.where(handoff == NONE, time[rows.first[found]] - 2**62, time[handoff])
    return found[np.argsort(-by, kind="stable")]


def build_case_rows(events: pd.DataFrame, selection: Selection, chosen: Ints, wait: int) -> pd.DataFrame:
    """Return conversations as rows, in the given order; `events` is the event frame from which the facts were made.

    `conversation` is its number, `user` the phone number, `began` and `last` are UTC, `country` is a code, `agents`
    are ids, `received` and `sent` count messages, `wait` is its longest in seconds (missing without one) and `waiting`
    whether one runs; `outcome` is one of `OUTCOMES`, empty where the customer never wrote; `reason` is that of the
    first handoff to an agent, empty without one.
    """
    facts = selection.facts
    found, time = facts.conversations, facts.events.time
    longest, waiting = measure_longest_waits(selection, wait)
    users = facts.chat_owner[facts.events.chat[found.first[chosen]]]
    countries = found.cells.table["country"].to_numpy()[found.cells.code[chosen]]
    outcome = find_outcomes(selection)[chosen]
    return pd.DataFrame(
        {
            "conversation": chosen,
            "user": np.asarray(events["user_id"].cat.categories, object)[users],
            "began": instants_of(time[found.first[chosen]]),
            "last": instants_of(time[found.last[chosen]]),
            "country": names_of(countries, facts.countries, UNKNOWN),
            "agents": _list_agents(selection, chosen),
            **_count_messages(selection, chosen),
            "wait": np.where(longest[chosen] == NONE, np.nan, longest[chosen] / MICROSECONDS_PER_SECOND),
            "waiting": waiting[chosen],
            "outcome": [OUTCOMES[code] if code != NO_OUTCOME else "" for code in outcome],
            "reason": _list_reasons(selection, chosen),
        }
    )


def find_events_of(selection: Selection, chosen: Ints) -> Ints:
    """Return the places of all events of conversations (int64), statuses included."""
    wanted = np.zeros(len(selection.facts.conversations) + 1, np.bool_)  # the last is that of NONE
    wanted[chosen] = True
    return np.flatnonzero(wanted[selection.facts.events.conversation])


def _list_agents(selection: Selection, chosen: Ints) -> list[list[str]]:
    pairs = selection.facts.conversations
    theirs = np.isin(pairs.pair_conversation, chosen) & (pairs.pair_agent != NONE)
    by_conversation: dict[int, list[str]] = {}
    for conversation, agent in zip(pairs.pair_conversation[theirs], pairs.pair_agent[theirs], strict=True):
        by_conversation.setdefault(int(conversation), []).append(str(selection.facts.agents[agent]))
    return [by_conversation.get(int(conversation), []) for conversation in chosen]


def _count_messages(selection: Selection, chosen: Ints) -> dict[str, Ints]:
    """Return for each conversation how many messages were received and sent."""
    events = selection.facts.events
    places = find_events_of(selection, chosen)
    kind = events.cells.table["kind"].to_numpy()[events.cells.code[places]]
    order = np.argsort(chosen)
    of = order[np.searchsorted(chosen, events.conversation[places], sorter=order)]
    counts = {"received": RECEIVED, "sent": SENT}
    return {name: np.bincount(of[kind == code], minlength=len(chosen)) for name, code in counts.items()}


def _list_reasons(selection: Selection, chosen: Ints) -> npt.NDArray[np.object_]:
    handoffs, first = selection.facts.handoffs, selection.facts.conversations.handoff[chosen]
    passed_on = np.flatnonzero(first != NONE)
    cells = handoffs.cells.code[np.searchsorted(handoffs.place, first[passed_on])]
    reasons = np.full(len(chosen), "", object)
    codes = handoffs.cells.table["reason"].to_numpy()[cells]
    reasons[passed_on] = names_of(codes, selection.facts.reasons, NOT_GIVEN)
    return reasons


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
    return mark_solved(selection) & np.isin(find_what_became(selection), (CAME_BACK, ALREADY_BACK))


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
