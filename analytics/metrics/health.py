"""Health: what the data lack or contradict, and which reports that touches.

Each check is declared once, with its words; like metrics it counts what passes a filter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.events.frame import EVENT_NAMES
from analytics.facts.attribution import AGENT, Origin
from analytics.facts.facts import FIRST_QUARTER, QUARTER, Facts, Fault
from analytics.facts.timeline import DELIVERED, NONE, READ, SENT, Ints
from analytics.metrics.selection import Selection

_WEEK = 7 * 96
_WEEKS = 4
_MISSED = 10

TOUCHED = {
    "message.received": ("Response times", "Bot and handoffs", "Customers"),
    "message.sent": ("Response times", "Messages", "Agents"),
    "message.delivered": ("Messages",),
    "message.read": ("Messages",),
    "contact.created": ("Customers",),
    "chat.assigned": ("Agents",),
    "chat.resolved": ("Bot and handoffs", "Agents"),
    "agent.handoff": ("Bot and handoffs", "Response times"),
}
"""Which reports need a kind of event, by its name."""


@dataclass(frozen=True)
class Check:
    """Something that may be wrong: what it is, which reports it touches, and what to do.

    `found` returns how many there are, and of how many, which are called `those`.
    """

    label: str
    those: str
    touches: str
    remedy: str
    found: Callable[[Selection], tuple[int, int]]


@dataclass(frozen=True)
class Finding:
    """What a check found: `count` of `of`."""

    check: Check
    count: int
    of: int


def _counted(wanted: Callable[[pd.DataFrame], pd.Series], among: Callable[[pd.DataFrame], pd.Series]) -> Callable[
    [Selection], tuple[int, int]
]:  # fmt: skip
    """Return the function that counts events, by their cells, that are `wanted` `among` others."""

    def found(selection: Selection) -> tuple[int, int]:
        cells = selection.event_counts
        those = among(cells)
        return int(cells["count"][those & wanted(cells)].sum()), int(cells["count"][those].sum())

    return found


def _statuses(cells: pd.DataFrame) -> pd.Series:
    return cells["kind"].isin([DELIVERED, READ])


def _sent_while_assisted(cells: pd.DataFrame) -> pd.Series:
    return (cells["kind"] == SENT) & (cells["mode"] == AGENT)


CHECKS = (
    Check(
        "Statuses without their message",
        "statuses",
        "Messages (they count in the raw event counts only), Agents",
        "Compare their messageId and userId with those of message.sent; or send the messages, too, which may be older "
        "than the first event here.",
        _counted(lambda cells: cells["fault"] == Fault.WITHOUT_MESSAGE, _statuses),
    ),
    Check(
        "Messages by nobody while an agent handled the chat",
        "messages sent in assisted chats",
        "Agents, Response times by agent; waits for a person, which only a person’s message ends",
        "Send agentId with each message that a person writes, and serviceMode “bot” with automatic ones.",
        _counted(lambda cells: cells["agent"] == NONE, _sent_while_assisted),
    ),
    Check(
        "Statuses earlier than their message",
        "statuses",
        "None directly; waits and peak hours are off by as much as the clocks",
        "Two clocks differ: take all times from one server, or keep them set by NTP.",
        _counted(lambda cells: cells["fault"] == Fault.BEFORE_MESSAGE, _statuses),
    ),
    Check(
        "Events of customers whose country is not known",
        "events",
        "Customers: messages by country; the country filter",
        "Send countryCode with contact.created, or numbers that belong to a country.",
        _counted(lambda cells: cells["country"] == NONE, lambda cells: cells["kind"] != NONE),
    ),
)


def findings(selection: Selection) -> list[Finding]:
    """Return what each check found."""
    return [Finding(check, *check.found(selection)) for check in CHECKS]


def never_seen(facts: Facts) -> list[str]:
    """Return those of the eight events of which there is none at all, whatever the filter."""
    seen = set(facts.events.cells.table["kind"])
    return [name for code, name in enumerate(EVENT_NAMES) if code not in seen]


def origins(selection: Selection) -> pd.DataFrame:
    """Return how many events that pass owe their value to each origin.

    Index: the members of `Origin`; columns `agent`, `mode` and `country` (int64).
    """
    events, passing = selection.facts.events, selection.events
    both = events.origin[passing]
    counted = {"agent": both % 8, "mode": both // 8, "country": events.country_origin[passing]}
    return pd.DataFrame(
        {name: np.bincount(codes, minlength=len(Origin)) for name, codes in counted.items()}, index=list(Origin)
    )


@dataclass(frozen=True)
class Silence:
    """For how long nothing came (microseconds), and how many events usually come in such a time of the week."""

    duration: int
    usual: float

    @property
    def is_unusual(self) -> bool:
        """Whether so many events are missed that chance does not explain it."""
        return self.usual >= _MISSED


def silence(facts: Facts, as_of: int) -> Silence | None:
    """Return the silence between the newest event and `as_of`, None where a week before it is not known.

    What is usual is the mean of up to four weeks before, by quarter of an hour of the week in UTC.
    """
    if facts.newest is None or facts.oldest is None:
        return None
    newest, now = (time // QUARTER - FIRST_QUARTER for time in (facts.newest, as_of))
    weeks = min(_WEEKS, (facts.newest - facts.oldest) // QUARTER // _WEEK)
    if not weeks:
        return None
    return Silence(as_of - facts.newest, _usual(facts.events.quarter, newest, weeks, range(newest + 1, now)))


def _usual(quarters: Ints, newest: int, weeks: int, missed: Sequence[int]) -> float:
    """Return how many events the weeks up to a quarter lead to expect in `missed` quarters."""
    first = newest - weeks * _WEEK
    recent = quarters[(quarters > first) & (quarters <= newest)]
    by_quarter = np.bincount(recent % _WEEK, minlength=_WEEK) / weeks
    return float(by_quarter[np.array(missed, np.int64) % _WEEK].sum())
