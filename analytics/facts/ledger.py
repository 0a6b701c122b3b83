"""The ledger: one row per outbound message, with what became of it."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from analytics.facts.timeline import DELIVERED, READ, RECEIVED, SENT, Ints, Mask, Timeline


@dataclass(frozen=True)
class Ledger:
    """One row per `message.sent`: its place in the timeline (int32) and what is known of it (bool).

    `delivered` and `read` tell whether such a status came, `replied` whether the customer wrote within the
    reply window, credited to the latest message before.
    """

    place: Ints
    delivered: Mask
    read: Mask
    replied: Mask


def ledger(line: Timeline, reply_window: timedelta) -> Ledger:
    """Return the ledger of a timeline."""
    kind = line.kind[: line.spine]
    sent = np.flatnonzero(kind == SENT)
    receipts = line.kind[line.spine :]
    return Ledger(
        sent.astype(np.int32),
        _marked(line, line.message[receipts == DELIVERED])[sent],
        _marked(line, line.message[receipts == READ])[sent],
        _replied(line, reply_window)[sent],
    )


def _marked(line: Timeline, places: Ints) -> Mask:
    marked = np.zeros(line.spine, np.bool_)
    marked[places] = True
    return marked


def _replied(line: Timeline, window: timedelta) -> Mask:
    """Return which spine events are followed by the customer's next message in the chat, in time."""
    kind = line.kind[: line.spine]
    places = np.flatnonzero((kind == SENT) | (kind == RECEIVED))
    current, following = places[:-1], places[1:]
    answered = (
        (kind[following] == RECEIVED)
        & (line.chat[following] == line.chat[current])
        & (line.time[following] - line.time[current] <= window // timedelta(microseconds=1))
    )
    return _marked(line, current[answered])
