"""The ledger: one row per outbound message, which says whether it was delivered, read and replied to."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from analytics.facts.timeline import DELIVERED, READ, RECEIVED, SENT, Ints, Mask, Timeline


@dataclass(frozen=True)
class Ledger:
    """One row per `message.sent`: its place in the timeline (int32) and what is known of it (bool).

    `delivered` and `read` say whether such a status came. `replied` says whether the customer wrote within the reply
    window; a reply counts for the latest message before it.
    """

    place: Ints
    delivered: Mask
    read: Mask
    replied: Mask


def build_ledger(timeline: Timeline, reply_window: timedelta) -> Ledger:
    """Return the ledger of a timeline."""
    kind = timeline.kind[: timeline.spine]
    sent = np.flatnonzero(kind == SENT)
    receipts = timeline.kind[timeline.spine :]
    return Ledger(
        sent.astype(np.int32),
        _mark(timeline, timeline.message[receipts == DELIVERED])[sent],
        _mark(timeline, timeline.message[receipts == READ])[sent],
        _find_replied(timeline, reply_window)[sent],
    )


def _mark(timeline: Timeline, places: Ints) -> Mask:
    marked = np.zeros(timeline.spine, np.bool_)
    marked[places] = True
    return marked


def _find_replied(timeline: Timeline, window: timedelta) -> Mask:
    """Return which spine events the customer's next message in the chat follows within the reply window."""
    kind = timeline.kind[: timeline.spine]
    places = np.flatnonzero((kind == SENT) | (kind == RECEIVED))
    current, following = places[:-1], places[1:]
    answered = (
        (kind[following] == RECEIVED)
        & (timeline.chat[following] == timeline.chat[current])
        & (timeline.time[following] - timeline.time[current] <= window // timedelta(microseconds=1))
    )
    return _mark(timeline, current[answered])
