"""The timeline: every chat's events in their order, and receipts joined to the message they are about.

Columns are NumPy arrays of one length. The first `spine` rows are sorted by chat and time. They are all events except
the receipts (statuses of known messages). Those follow unsorted: a receipt takes its customer, chat, conversation, mode
and agent from its message, whichever customer it names itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.events.frame import EVENT_CODES, EVENT_NAMES, STATUS_EVENTS

CREATED = EVENT_CODES["contact.created"]
RECEIVED = EVENT_CODES["message.received"]
HANDOFF = EVENT_CODES["agent.handoff"]
ASSIGNED = EVENT_CODES["chat.assigned"]
SENT = EVENT_CODES["message.sent"]
DELIVERED = EVENT_CODES["message.delivered"]
READ = EVENT_CODES["message.read"]
FAILED = EVENT_CODES["message.failed"]
RESOLVED = EVENT_CODES["chat.resolved"]

STATUSES = tuple(EVENT_CODES[name] for name in STATUS_EVENTS)
"""The events that report what became of a message of ours."""

NONE = -1

Ints = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Timeline:
    """The order of events.

    `row` (int32) points into the event frame; `kind` (int8) is the event's code, in the natural order of a
    conversation; `time` (int64) is microseconds since 1970 UTC. `user` and `chat` are int32 codes: the user is the
    customer, one for all ids of theirs, and a chat's owner is `chat_owner[chat]`. A status of a known message is its
    message's customer's, whatever id it names.
    `message` (int32) points from each receipt, in order, to its message in the spine.
    `first` marks each user's first `contact.created` and first `message.received`.
    """

    spine: int
    row: Ints
    kind: Ints
    time: Ints
    user: Ints
    chat: Ints
    message: Ints
    first: Mask
    chat_owner: Ints

    def codes(self, column: pd.Series) -> Ints:
        """Return the codes of a categorical column of the event frame in this order."""
        return category_codes(column)[self.row]


def category_codes(column: pd.Series) -> Ints:
    """Return a categorical column's codes, NONE where missing, without a copy."""
    codes: Ints = column.array.codes
    return codes


def is_status(kind: Ints) -> Mask:
    """Return which events, by their kinds, report what became of a message."""
    return np.isin(kind, STATUSES)


def build_timeline(events: pd.DataFrame, customer: Ints) -> Timeline:
    """Return the timeline of an event frame; events with names outside the contract are left out.

    `customer` is for each of the frame's users the code of the customer that they are.
    """
    row = np.flatnonzero(category_codes(events["event"]) < len(EVENT_NAMES)).astype(np.int32)
    kind = category_codes(events["event"])[row].astype(np.int8)
    time = events["timestamp"].array.asi8[row]
    key = events["key_high"].to_numpy()[row]
    message = _find_messages(kind, key)
    receipts = np.flatnonzero(message != NONE)
    user = customer[category_codes(events["user_id"])[row]]
    user[receipts] = user[message[receipts]]
    chat_id = category_codes(events["chat_id"])[row].astype(np.int32)
    chat_id[receipts] = NONE
    chat, chat_owner = _number_chats(user, chat_id, events)
    chat[receipts] = chat[message[receipts]]
    _give_chats_to_orphans(chat, user, is_status(kind), chat_owner)

    order, first = _sort_by_time(np.flatnonzero(message == NONE), time, kind, key, user)
    order = order[np.argsort(chat[order], kind="stable")]
    place = np.empty(len(row), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    everything = np.concatenate([order, receipts])
    return Timeline(
        len(order),
        row[everything],
        kind[everything],
        time[everything],
        user[everything],
        chat[everything],
        place[message[receipts]],
        first[everything],
        chat_owner,
    )


def _number_chats(user: Ints, chat_id: Ints, events: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return each event's chat, and each chat's owner.

    A chat belongs to one user. Users rarely share an id; only then the pairs of user and id are numbered anew. After
    the chats with an id follows one chat without id for each user. Events without an id get chat NONE.
    """
    users, ids = len(events["user_id"].cat.categories), len(events["chat_id"].cat.categories)
    owner = np.full(ids, NONE, np.int32)
    named = np.flatnonzero(chat_id != NONE)
    owner[chat_id[named]] = user[named]
    chat = chat_id.copy()
    if (owner[chat_id[named]] != user[named]).any():
        pairs, inverse = np.unique(user[named].astype(np.int64) * ids + chat_id[named], return_inverse=True)
        owner = (pairs // ids).astype(np.int32)
        chat[named] = inverse
    return chat, np.concatenate([owner, np.arange(users, dtype=np.int32)])


def find_messages_of(events: pd.DataFrame) -> Ints:
    """Return for each row of an event frame that is a status the row of its message; NONE for all others (int32)."""
    return _find_messages(category_codes(events["event"]), events["key_high"].to_numpy())


def _find_messages(kind: Ints, key: Ints) -> Ints:
    """Return for each receipt the place of its message; NONE for all other events."""
    message = np.full(len(kind), NONE, np.int32)
    sent = np.flatnonzero(kind == SENT)
    receipts = np.flatnonzero(is_status(kind))
    found = pd.Index(key[sent]).get_indexer(pd.Index(key[receipts]))
    message[receipts[found >= 0]] = sent[found[found >= 0]]
    return message


def _give_chats_to_orphans(chat: Ints, user: Ints, status: Mask, chat_owner: Ints) -> None:
    """Give statuses without a chat the only chat of their user that other events name, else the one without id."""
    orphans = np.flatnonzero(chat == NONE)
    if not len(orphans):
        return
    users = int(chat_owner[-1]) + 1
    with_id = len(chat_owner) - users
    occurring = np.unique(chat[(chat != NONE) & ~status])
    owners = chat_owner[occurring]
    chosen = np.arange(with_id, with_id + users, dtype=np.int32)
    only = np.bincount(owners, minlength=users)[owners] == 1
    chosen[owners[only]] = occurring[only]
    chat[orphans] = chosen[user[orphans]]


def _sort_by_time(places: Ints, time: Ints, kind: Ints, key: Ints, user: Ints) -> tuple[Ints, Mask]:
    """Return `places` sorted by time, kind and identity, and which are a user's first contact or message."""
    instant = time[places] * len(EVENT_NAMES) + kind[places]
    order = np.argsort(instant, kind="stable")
    in_order = instant[order]
    tied = np.zeros(len(order), np.bool_)
    tied[1:] = in_order[1:] == in_order[:-1]
    tied[:-1] |= tied[1:]
    ties = np.flatnonzero(tied)
    order[ties] = order[ties][np.lexsort((key[places[order[ties]]], in_order[ties]))]
    order = places[order]
    first = np.zeros(len(time), np.bool_)
    for chosen in (CREATED, RECEIVED):
        backwards = order[kind[order] == chosen][::-1]
        earliest = np.full(int(user.max(initial=NONE)) + 1, NONE, np.int64)
        earliest[user[backwards]] = backwards  # of several writes to one place, the last stays
        first[earliest[earliest != NONE]] = True
    return order, first
