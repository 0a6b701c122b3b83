"""Parties: whose a chat is and what it is called, the order of rows about chats, and the keys that reveal neither.

Here a customer is called by the first of their ids by letters, which does not depend on when these were learned.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.facts.shard import Shard
from analytics.facts.timeline import NONE, Ints, Mask, category_codes
from analytics.metrics.tally import Page, TopRows


def name_chats(shard: Shard, chats: Ints) -> pd.DataFrame:
    """Return of each chat the first id of its `user` and its own `id` (texts), empty if no event names one."""
    users, ids = (shard.frame[name].cat.categories for name in ("user_id", "chat_id"))
    first = shard.keep(find_first_ids)[shard.facts.chat_owner[chats]]
    code = _find_ids(shard, chats)
    texts = np.full(len(chats), "", object)
    texts[code != NONE] = ids[code[code != NONE]]
    return pd.DataFrame({"user": users[first].to_numpy(object), "id": texts}, dtype="str")


def find_first_ids(shard: Shard) -> Ints:
    """Return for each customer, a code of `Facts.customer`, the code of the first of their ids by letters."""
    customer, ids = shard.facts.customer, shard.frame["user_id"].cat.categories
    several = np.flatnonzero(np.bincount(customer, minlength=len(ids))[customer] > 1)
    backwards = several[np.argsort(ids[several].to_numpy(object), kind="stable")][::-1]
    first = np.arange(len(ids))
    first[customer[backwards]] = backwards  # of several writes to one place, the last stays
    return first


def list_ids(shard: Shard, customers: Ints) -> dict[int, list[str]]:
    """Return the ids of customers, by the code of each."""
    wanted = np.zeros(len(shard.facts.customer), np.bool_)
    wanted[customers] = True
    users = np.flatnonzero(wanted[shard.facts.customer])
    ids: dict[int, list[str]] = {}
    names = shard.frame["user_id"].cat.categories[users]
    for owner, known in zip(shard.facts.customer[users].tolist(), names, strict=True):
        ids.setdefault(owner, []).append(str(known))
    return ids


def _find_ids(shard: Shard, chats: Ints) -> Ints:
    """Return the code of the id of each chat, NONE if no event names one; mostly a conversation's first event does."""
    events, first = shard.facts.events, shard.facts.conversations.first
    code = _read_ids(shard, chats, first[_mark(shard, chats)[events.chat[first]]])
    missing = code == NONE
    if missing.any():
        code[missing] = _read_ids(shard, chats[missing], np.flatnonzero(_mark(shard, chats[missing])[events.chat]))
    return code


def _mark(shard: Shard, chats: Ints) -> Mask:
    wanted = np.zeros(len(shard.facts.chat_owner), np.bool_)
    wanted[chats] = True
    return wanted


def _read_ids(shard: Shard, chats: Ints, places: Ints) -> Ints:
    """Return the code of the id that the events at some places give each chat."""
    events = shard.facts.events
    code = category_codes(shard.frame["chat_id"])[events.row[places]]
    of_chat = np.full(len(shard.facts.chat_owner), NONE, np.int64)
    of_chat[events.chat[places[code != NONE]]] = code[code != NONE]
    found: Ints = of_chat[chats]
    return found


class InChats(NamedTuple):
    """Rows about what happened in chats: their places in the shard, their chats, and when each happened."""

    place: Ints
    chat: Ints
    time: Ints

    def choose(self, chosen: Ints) -> "InChats":
        """Return some of the rows."""
        return InChats(*(column[chosen] for column in self))


def take_first(shard: Shard, page: Page, rows: InChats, order: Sequence[Ints]) -> TopRows:
    """Return the rows that come first in an order: the least of its first column first, and so on.

    Where that leaves it open, chats with an id come first, by their id; then customers decide, then the time.
    """
    count = len(rows.place)
    if count > page.end:
        near = np.flatnonzero(order[0] <= np.partition(order[0], page.end - 1)[page.end - 1])
        rows, order = rows.choose(near), [column[near] for column in order]
    first = np.lexsort([rows.time, _rank_tied(shard, rows.chat, order), *reversed(order)])[: page.end]
    rows = rows.choose(first)
    names = name_chats(shard, rows.chat)
    columns = {str(number): column[first] for number, column in enumerate(order)}
    frame = pd.DataFrame({**columns, "nameless": names["id"] == "", **names[["id", "user"]], "time": rows.time})
    return TopRows(count, frame.set_axis(rows.place), page)


def _rank_tied(shard: Shard, chat: Ints, order: Sequence[Ints]) -> Ints:
    """Return for each row the rank of its chat among those whose rows are equal in their order; 0 for all others."""
    rank = np.zeros(len(chat), np.int64)
    tied = np.flatnonzero(pd.DataFrame(dict(enumerate(order))).duplicated(keep=False).to_numpy())
    if len(tied):
        chats, number = np.unique(chat[tied], return_inverse=True)
        names = name_chats(shard, chats)
        ranked = np.lexsort([_rank(names["user"]), _rank(names["id"]), (names["id"] == "").to_numpy()])
        rank[tied] = np.argsort(ranked)[number]
    return rank


def _rank(names: pd.Series) -> Ints:
    ranks: Ints = pd.factorize(names, sort=True)[0]
    return ranks


def key_of(began: int, user: str, chat_id: str, secret: bytes) -> str:
    """Return the key of a conversation: when it began, and a keyed hash of its user’s first id and its chat."""
    return f"{began:x}-{digest(user, chat_id, secret)}"


def digest(user: str, chat_id: str, secret: bytes) -> str:
    """Return the keyed hash of a user and a chat."""
    return hashlib.blake2b(f"{user}\x1f{chat_id}".encode(), key=secret, digest_size=8).hexdigest()
