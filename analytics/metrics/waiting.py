"""Who waits now, whatever the period: since when, for whom, and for how long a free-form reply is still possible."""

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.events.timestamps import instants_of
from analytics.facts.known_as import known_as
from analytics.facts.names import names_of
from analytics.facts.shard import Shard
from analytics.facts.timeline import RECEIVED, Ints
from analytics.facts.waits import HUMAN, WAITING
from analytics.metrics.breakdowns import REPLY_WINDOW
from analytics.metrics.filters import NOBODY, UNKNOWN
from analytics.metrics.parties import InChats, key_of, name_chats, take_first
from analytics.metrics.question import added_up, conclude_from, listed_by
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND, waits_of
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Page, Tally, TopRows

SECONDS_PER_HOUR = timedelta(hours=1).total_seconds()
_ALL_LATER = 2**62
"""Puts rows behind all others."""


@dataclass(frozen=True)
class WaitingList:
    """Who is listed: those in a kind of wait. `as_of` may be a later "now"; for `secret` see `CaseList`."""

    kind: int
    as_of: int | None = None
    secret: bytes = field(default=b"", repr=False)

    def now(self, scope: Scope) -> int:
        """Return the later of both."""
        return max(self.as_of or 0, scope.as_of)


def _take_waiting(selection: Selection, page: Page, asked: WaitingList) -> TopRows:
    chosen = selection.without_period
    running = np.flatnonzero(waits_of(chosen, asked.kind, WAITING))
    events, begin = chosen.facts.events, chosen.facts.waits.begin[running]
    chat, since = events.chat[begin], events.time[begin]
    wrote = selection.shard.keep(_find_latest_messages)[chat]
    free = _measure_left(wrote, asked.now(selection.scope)) > 0
    order = [np.where(free, wrote, since + _ALL_LATER), np.where(free, since, 0)]
    return take_first(selection.shard, page, InChats(running, chat, since), order)


@listed_by(_take_waiting)
def list_waiting(selection: Selection, running: Ints, page: Page, asked: WaitingList) -> pd.DataFrame:  # noqa: ARG001
    """Return the running waits of a kind that pass all filters except the period's.

    First come those who can still get a free-form reply, by the time left; then the others, by the longest wait.

    `key` is that of the conversation in which the wait began, `user` the id under which the customer is shown, and
    `since` UTC. `waited` and `left` are seconds (float64). `left` is what remains of WhatsApp's 24 hours since the
    customer's latest message: below 0 if they have passed, missing if the customer never wrote. `agent` and `country`
    are names.
    """
    facts, rows = selection.facts, selection.facts.waits
    now, begin = asked.now(selection.scope), rows.begin[running]
    cells = rows.cells.table.iloc[rows.cells.code[running]]
    chat, since = facts.events.chat[begin], facts.events.time[begin]
    wrote, names = selection.shard.keep(_find_latest_messages)[chat], name_chats(selection.shard, chat)
    began = facts.events.time[facts.conversations.first[facts.events.conversation[begin]]]
    keys = [key_of(*of, asked.secret) for of in zip(began.tolist(), names["user"], names["id"], strict=True)]
    return pd.DataFrame(
        {
            "key": np.array(keys, object),
            "user": known_as(selection.shard, facts.chat_owner[chat]),
            "since": instants_of(since),
            "waited": np.maximum(now - since, 0) / MICROSECONDS_PER_SECOND,
            "left": np.where(wrote > 0, _measure_left(wrote, now), np.nan),
            "agent": names_of(cells["agent"].to_numpy(), facts.agents, NOBODY),
            "country": names_of(cells["country"].to_numpy(), facts.countries, UNKNOWN),
        }
    )


@dataclass(frozen=True)
class Waiting:
    """How many wait, and how many of them can get a free-form reply for an hour at most."""

    number: int
    leaving_soon: int


def _tally_waiting(selection: Selection, asked: WaitingList) -> Tally:
    chosen = selection.without_period
    running = waits_of(chosen, asked.kind, WAITING)
    wrote = selection.shard.keep(_find_latest_messages)[chosen.facts.events.chat[chosen.facts.waits.begin[running]]]
    left = _measure_left(wrote, asked.now(selection.scope))
    soon = (wrote > 0) & (left >= 0) & (left <= SECONDS_PER_HOUR)
    return {"number": len(wrote), "leaving_soon": int(np.count_nonzero(soon))}


@conclude_from(_tally_waiting)
def count_waiting_now(tally: Tally, _: Scope, asked: WaitingList) -> Waiting:  # noqa: ARG001
    """Return how many are on the list."""
    return Waiting(**tally)


def _measure_left(wrote: Ints, now: int) -> npt.NDArray[np.float64]:
    """Return how many seconds are left of WhatsApp's 24 hours since each customer's latest message."""
    left: npt.NDArray[np.float64] = REPLY_WINDOW.total_seconds() - (now - wrote) / MICROSECONDS_PER_SECOND
    return left


@added_up
def count_running(selection: Selection, kind: int) -> int:
    """Return how many waits of a kind run now and pass all filters except the period's."""
    return int(np.count_nonzero(waits_of(selection.without_period, kind, WAITING)))


@added_up
def count_waits_for_person(selection: Selection) -> int:
    """Return how many waits for a person there are, whatever the filter."""
    rows = selection.facts.waits
    return int((rows.cells.table["kind"] == HUMAN).to_numpy()[rows.cells.code].sum())


def _find_latest_messages(shard: Shard) -> Ints:
    """Return for each chat when its customer wrote last (microseconds since 1970 UTC); 0 if never."""
    events = shard.facts.events
    received = np.flatnonzero((events.cells.table["kind"] == RECEIVED).to_numpy()[events.cells.code])
    latest = np.zeros(len(shard.facts.chat_owner), np.int64)
    latest[events.chat[received]] = events.time[received]  # in order of time: of several the last stays
    return latest
