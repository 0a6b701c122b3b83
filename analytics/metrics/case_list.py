"""Lists of cases: conversations in an order, asked for by page, as the rows of the tables that show them."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.events.timestamps import instants_of
from analytics.facts.known_as import known_as
from analytics.facts.names import names_of
from analytics.facts.timeline import NONE, RECEIVED, SENT, Ints, Mask
from analytics.facts.waits import AFTERWORD, WAITING
from analytics.metrics.cases import Narrowing, find_cases
from analytics.metrics.filters import UNKNOWN
from analytics.metrics.modes import NO_OUTCOME, OUTCOMES, find_outcomes
from analytics.metrics.parties import InChats, key_of, name_chats, take_first
from analytics.metrics.question import listed_by
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND, mark_waits, measure_durations, measure_running
from analytics.metrics.search import Search, search
from analytics.metrics.selection import Selection
from analytics.metrics.tally import NOT_GIVEN, Page, TopRows

Order = Literal["longest", "newest", "handed_off"]


@dataclass(frozen=True)
class CaseList:
    """Which conversations are listed, in which order; `secret` is the key of the hashes in their keys."""

    narrowing: Narrowing = field(default_factory=Narrowing)
    search: Search | None = None
    order: Order = "longest"
    secret: bytes = field(default=b"", repr=False)


def _take_cases(selection: Selection, page: Page, asked: CaseList) -> TopRows:
    found = find_cases(selection, asked.narrowing)
    if asked.search is not None:
        found = found[search(selection.shard, asked.search)[found]]
    return _take_first(selection, page, found, -_measure(selection, found, asked.order, asked.narrowing.wait))


@listed_by(_take_cases)
def list_cases(selection: Selection, found: Ints, page: Page, asked: CaseList) -> pd.DataFrame:  # noqa: ARG001
    """Return conversations that pass and that a search finds, if there is one, as rows (see `build_case_rows`).

    Those with the longest wait come first, the newest, or those handed off last. The lead is minus what they are
    sorted by.
    """
    return build_case_rows(selection, found, asked.narrowing.wait, asked.secret)


def _measure(selection: Selection, found: Ints, order: Order, wait: int) -> Ints:
    """Return what conversations are sorted by (int64): the greatest comes first."""
    rows, time = selection.facts.conversations, selection.facts.events.time
    if order == "longest":
        return measure_longest_waits(selection, wait)[0][found]
    if order == "newest":
        return time[rows.first[found]]
    handoff = rows.handoff[found]
    return np.where(handoff == NONE, time[rows.first[found]] - 2**62, time[handoff])


def _take_first(selection: Selection, page: Page, found: Ints, by: Ints) -> TopRows:
    events, first = selection.facts.events, selection.facts.conversations.first[found]
    return take_first(selection.shard, page, InChats(found, events.chat[first], events.time[first]), [by])


def _take_longest_waits(selection: Selection, page: Page, kind: int, secret: bytes) -> TopRows:  # noqa: ARG001
    longest, _ = _measure_passing(selection, kind)
    found = np.flatnonzero(longest != NONE)
    return _take_first(selection, page, found, -longest[found])


@listed_by(_take_longest_waits)
def list_longest_waits(selection: Selection, found: Ints, page: Page, kind: int, secret: bytes) -> pd.DataFrame:  # noqa: ARG001
    """Return the conversations with the longest waits of a kind that pass, as rows (see `build_case_rows`).

    Their `wait` and whether they are `waiting` is of the waits that pass.
    """
    longest, running = _measure_passing(selection, kind)
    rows = build_case_rows(selection, found, kind, secret)
    return rows.assign(wait=longest[found] / MICROSECONDS_PER_SECOND, waiting=running[found])


def _measure_passing(selection: Selection, kind: int) -> tuple[Ints, Mask]:
    """Return for each conversation its longest wait of a kind that passes (NONE without), and whether that one runs."""
    done, running = _find_longest(selection, mark_waits(selection, kind))
    return np.maximum(done, running), running > done


def measure_longest_waits(selection: Selection, kind: int, among: Ints | None = None) -> tuple[Ints, Mask]:
    """Return for each conversation its longest wait of a kind (int64, microseconds; NONE without), and if one runs.

    Where only conversations `among` some matter, the others have none.
    """
    rows = selection.facts.waits
    table = rows.cells.table
    of_kind = ((table["kind"] == kind) & (table["state"] != AFTERWORD)).to_numpy()[rows.cells.code]
    if among is not None:
        wanted = np.zeros(len(selection.facts.conversations) + 1, np.bool_)  # the last is that of NONE
        wanted[among] = True
        of_kind[of_kind] = wanted[selection.facts.events.conversation[rows.begin[of_kind]]]
    done, running = _find_longest(selection, of_kind)
    return np.maximum(done, running), running != NONE


def _find_longest(selection: Selection, chosen: Mask) -> tuple[Ints, Ints]:
    """Return for each conversation the longest of some waits that run no more, and of those that do; NONE without."""
    rows, size = selection.facts.waits, len(selection.facts.conversations)
    over, ongoing = chosen & (rows.end != NONE), chosen & (rows.end == NONE)
    done, running = (np.full(size + 1, NONE, np.int64) for _ in range(2))  # the last is that of NONE
    conversation = selection.facts.events.conversation
    np.maximum.at(done, conversation[rows.begin[over]], measure_durations(selection, over))
    of, lasted = conversation[rows.begin[ongoing]], measure_running(selection, ongoing)
    still = selection.wait_states[ongoing] == WAITING  # the others are overdue
    np.maximum.at(running, of[still], lasted[still])
    np.maximum.at(done, of[~still], lasted[~still])
    return done[:size], running[:size]


def build_case_rows(selection: Selection, chosen: Ints, wait: int, secret: bytes) -> pd.DataFrame:
    """Return conversations as rows, in the given order.

    `key` names the conversation in addresses and is the same in any shard, `user` is the id under which the customer is
    shown, `began` and `last` are UTC, `country` is a code, `agents` are ids, `received` and `sent` count messages,
    `wait` is its longest in seconds (missing without one) and `waiting` whether one runs; `outcome` is one of
    `OUTCOMES`, empty where the customer never wrote; `reason` is that of the first handoff to an agent, empty without
    one.
    """
    facts = selection.facts
    found, time = facts.conversations, facts.events.time
    longest, waiting = (values[chosen] for values in measure_longest_waits(selection, wait, chosen))
    chats = facts.events.chat[found.first[chosen]]
    parties = name_chats(selection.shard, chats)
    began = time[found.first[chosen]]
    countries = found.cells.table["country"].to_numpy()[found.cells.code[chosen]]
    outcome = find_outcomes(selection)[chosen]
    keys = [key_of(*of, secret) for of in zip(began.tolist(), parties["user"], parties["id"], strict=True)]
    return pd.DataFrame(
        {
            "key": np.array(keys, object),
            "user": known_as(selection.shard, facts.chat_owner[chats]),
            "began": instants_of(began),
            "last": instants_of(time[found.last[chosen]]),
            "country": names_of(countries, facts.countries, UNKNOWN),
            "agents": _list_agents(selection, chosen),
            **_count_messages(selection, chosen),
            "wait": np.where(longest == NONE, np.nan, longest / MICROSECONDS_PER_SECOND),
            "waiting": waiting,
            "outcome": np.array([OUTCOMES[code] if code != NO_OUTCOME else "" for code in outcome], object),
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
    return [sorted(by_conversation.get(int(conversation), [])) for conversation in chosen]


def _count_messages(selection: Selection, chosen: Ints) -> dict[str, Ints]:
    """Return for each conversation how many messages were received and sent: they lie from its first to its last."""
    events, rows = selection.facts.events, selection.facts.conversations
    first, size = rows.first[chosen].astype(np.int64), rows.last[chosen].astype(np.int64) - rows.first[chosen] + 1
    of = np.repeat(np.arange(len(chosen)), size)
    places = np.arange(len(of)) + np.repeat(first - (np.cumsum(size) - size), size)
    kind = events.cells.table["kind"].to_numpy()[events.cells.code[places]]
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
