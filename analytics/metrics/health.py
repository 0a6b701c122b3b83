"""Health: what is missing or contradictory in the data, and which reports that affects.

Each check is declared once, with its words. Like a metric, it counts what passes a filter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.facts.attribution import Origin as Origin  # noqa: PLC0414  # those who ask for origins name them
from analytics.facts.facts import FIRST_QUARTER, QUARTER, Fault
from analytics.facts.returns import find_later
from analytics.facts.stated import AGENT
from analytics.facts.timeline import ASSIGNED, FAILED, HANDOFF, NONE, RECEIVED, SENT, STATUSES
from analytics.facts.waits import CUSTOMER
from analytics.metrics.account import is_kind, mark_places
from analytics.metrics.question import conclude_from
from analytics.metrics.response_time import mark_waits
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally

_QUARTERS_PER_WEEK = 7 * 96
_MOST_WEEKS = 4
_UNUSUAL_FROM_EVENTS = 10
_ELSEWHERE_WITHIN = timedelta(hours=24)
_ROUTED_WITHIN = timedelta(seconds=10)

REPORTS_BY_EVENT = {
    "message.received": ("Response times", "Bot and handoffs", "Customers"),
    "message.sent": ("Response times", "Messages", "Agents"),
    "message.delivered": ("Messages",),
    "message.read": ("Messages",),
    "message.failed": ("Messages",),
    "contact.created": ("Customers",),
    "chat.assigned": ("Agents",),
    "chat.resolved": ("Bot and handoffs", "Agents"),
    "agent.handoff": ("Bot and handoffs", "Response times"),
}
"""The reports that need an event, by the event's name."""


@dataclass(frozen=True)
class Check:
    """Something that may be wrong with the data: what it is, which reports it affects, and what to do.

    `found` returns how many events are affected, and out of how many; these are called `those`.
    """

    label: str
    those: str
    touches: str
    remedy: str
    count: Callable[[Selection], tuple[int, int]]


@dataclass(frozen=True)
class Finding:
    """The result of a check: `count` out of `of` events are affected."""

    check: Check
    count: int
    of: int


def _count_where(wanted: Callable[[pd.DataFrame], pd.Series], among: Callable[[pd.DataFrame], pd.Series]) -> Callable[
    [Selection], tuple[int, int]
]:  # fmt: skip
    """Return a function that counts, by cells, the events that are `wanted` and the events `among` which they are."""

    def count(selection: Selection) -> tuple[int, int]:
        cells = selection.event_counts
        those = among(cells)
        return int(cells["count"][those & wanted(cells)].sum()), int(cells["count"][those].sum())

    return count


def _is_status(cells: pd.DataFrame) -> pd.Series:
    return cells["kind"].isin(STATUSES)


def _is_sent_while_assisted(cells: pd.DataFrame) -> pd.Series:
    return (cells["kind"] == SENT) & (cells["mode"] == AGENT)


_OF_EVENTS = (
    Check(
        "Statuses without their message",
        "statuses",
        "Messages (they count only as raw events), Agents",
        "Compare their messageId and userId with those of message.sent. The messages may also be older than the first "
        "event here: if so, send them, too.",
        _count_where(lambda cells: cells["fault"] == Fault.WITHOUT_MESSAGE, _is_status),
    ),
    Check(
        "Messages without an agent ID in chats that an agent handled",
        "messages sent in assisted chats",
        "Agents, Response times by agent, and waits for a person: only a message from a person ends them",
        "Send agentId with each message that a person writes. Send serviceMode “bot” with automatic messages.",
        _count_where(lambda cells: cells["agent"] == NONE, _is_sent_while_assisted),
    ),
    Check(
        "Statuses earlier than their message",
        "statuses",
        "None directly, but waits and peak hours are wrong by as much as the clocks",
        "Two clocks are different. Take all times from one server, or let both follow a time server (NTP).",
        _count_where(lambda cells: cells["fault"] == Fault.BEFORE_MESSAGE, _is_status),
    ),
    Check(
        "Events of customers whose country is unknown",
        "events",
        "Customers (messages by country), and the country filter",
        "Send countryCode with contact.created, or phone numbers that belong to a country.",
        _count_where(lambda cells: cells["country"] == NONE, lambda cells: cells["kind"] != NONE),
    ),
)


def _count_answered_elsewhere(selection: Selection) -> tuple[int, int]:
    """Count the customer waits in which we wrote to the customer under another chat id within 24 h, and all of them."""
    facts, rows = selection.facts, selection.facts.waits
    waits = np.flatnonzero(mark_waits(selection, CUSTOMER))
    failed = (facts.messages.cells.table["failed"] == 1).to_numpy()[facts.messages.cells.code]
    time, owner = facts.events.time, facts.chat_owner[facts.events.chat]
    begin, end = rows.begin[waits], rows.end[waits]
    message = find_later(owner, time, begin, facts.messages.place[~failed])
    soon = time[message] - time[begin] <= _ELSEWHERE_WITHIN // timedelta(microseconds=1)
    first = (end == NONE) | (time[message] < time[end])
    elsewhere = (message != NONE) & soon & first & (facts.events.chat[message] != facts.events.chat[begin])
    return int(np.count_nonzero(elsewhere)), len(waits)


def _count_failures_contradicted(selection: Selection) -> tuple[int, int]:
    """Count the failures of messages that were delivered or read after all, and all failures."""
    events, messages = selection.facts.events, selection.facts.messages
    arrived = ((messages.cells.table["delivered"] == 1) | (messages.cells.table["read"] == 1)).to_numpy()
    failures = np.flatnonzero(selection.events & is_kind(selection, FAILED) & (events.message != NONE))
    contradicted = mark_places(selection, messages.place[arrived[messages.cells.code]])[events.message[failures]]
    return int(np.count_nonzero(contradicted)), len(failures)


CHECKS = (
    *_OF_EVENTS,
    Check(
        "Customers who got a message under another chat ID while they waited",
        "customer waits",
        "Response times: only a message in the same chat ends a wait",
        "Keep the same chatId for a chat, also when it is opened again.",
        _count_answered_elsewhere,
    ),
    Check(
        "Messages that failed but arrived later",
        "failures",
        "Response times and Messages: a late receipt changes past numbers",
        "Send message.failed only when WhatsApp has stopped trying.",
        _count_failures_contradicted,
    ),
)


def _tally_checks(selection: Selection) -> Tally:
    counts = (check.count(selection) for check in CHECKS)
    return {check.label: {"count": count, "of": of} for check, (count, of) in zip(CHECKS, counts, strict=True)}


@conclude_from(_tally_checks)
def run_checks(tally: Tally, _: Scope) -> list[Finding]:
    """Return what each check found."""
    return [Finding(check, **tally[check.label]) for check in CHECKS]


def _tally_routing(selection: Selection) -> Tally:
    """Return how many handoffs and chats there are, and how many were assigned right after their first message."""
    facts = selection.facts
    kind = facts.events.cells.table["kind"].to_numpy()[facts.events.cells.code]
    first, soon = (np.full(len(facts.chat_owner), np.iinfo(np.int64).max) for _ in range(2))
    messages = np.flatnonzero((kind == RECEIVED) | (kind == SENT))
    np.minimum.at(first, facts.events.chat[messages], facts.events.time[messages])
    assigned = np.flatnonzero(kind == ASSIGNED)
    np.minimum.at(soon, facts.events.chat[assigned], facts.events.time[assigned])
    begun = first != np.iinfo(np.int64).max
    at_once = soon[begun] - first[begun] <= _ROUTED_WITHIN // timedelta(microseconds=1)
    return {
        "handoffs": int(np.count_nonzero(kind == HANDOFF)),
        "chats": int(np.count_nonzero(begun)),
        "at_once": int(np.count_nonzero(at_once)),
    }


@conclude_from(_tally_routing)
def proposes_routing(tally: Tally, scope: Scope) -> bool:
    """Return whether assignments seem only to route, whatever the filter, and the rules do not say so.

    There are handoffs, and most chats are assigned within seconds after they began.
    """
    return bool(not scope.rules.assignments_route and tally["handoffs"] and tally["at_once"] * 2 > tally["chats"])


def _tally_origins(selection: Selection) -> pd.DataFrame:
    events, passing = selection.facts.events, selection.events
    both = events.origin[passing]
    counted = {"agent": both % 8, "mode": both // 8, "country": events.country_origin[passing]}
    return pd.DataFrame({name: np.bincount(codes, minlength=len(Origin)) for name, codes in counted.items()})


@conclude_from(_tally_origins)
def count_origins(tally: pd.DataFrame, _: Scope) -> pd.DataFrame:
    """Return how many of the events that pass have a value from each origin.

    Index: the members of `Origin`; columns `agent`, `mode` and `country` (int64).
    """
    return tally.set_axis(list(Origin))


@dataclass(frozen=True)
class Silence:
    """How long no event came (microseconds), and how many events usually come in that part of the week."""

    duration: int
    usual: float

    @property
    def is_unusual(self) -> bool:
        """Whether more events are missing than chance explains."""
        return self.usual >= _UNUSUAL_FROM_EVENTS


def _tally_last_weeks(selection: Selection) -> pd.Series:
    """Return how many events came in each quarter of an hour of the week, in the last weeks (see `_count_weeks`)."""
    scope = selection.scope
    newest = _quarter_of(scope.newest or 0)
    quarters = selection.facts.events.quarter
    recent = quarters[(quarters > newest - _count_weeks(scope) * _QUARTERS_PER_WEEK) & (quarters <= newest)]
    return pd.Series(np.bincount(recent % _QUARTERS_PER_WEEK, minlength=_QUARTERS_PER_WEEK))


@conclude_from(_tally_last_weeks)
def measure_silence(tally: pd.Series, scope: Scope) -> Silence | None:
    """Return the silence between the newest event and now; None if the data hold less than a week before it.

    The usual number is the mean of up to four earlier weeks, by quarter of an hour of the week in UTC.
    """
    weeks = _count_weeks(scope)
    if scope.newest is None or not weeks:
        return None
    missed = np.arange(_quarter_of(scope.newest) + 1, _quarter_of(scope.as_of))
    usual = (tally.to_numpy() / weeks)[missed % _QUARTERS_PER_WEEK]
    return Silence(scope.as_of - scope.newest, float(usual.sum()))


def _count_weeks(scope: Scope) -> int:
    """Return how many whole weeks the data hold, at most four."""
    if scope.newest is None or scope.oldest is None:
        return 0
    return min(_MOST_WEEKS, (scope.newest - scope.oldest) // QUARTER // _QUARTERS_PER_WEEK)


def _quarter_of(time: int) -> int:
    return time // QUARTER - FIRST_QUARTER
