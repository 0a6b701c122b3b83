"""Search: the conversations of a customer, a chat or an agent."""

import re
from dataclasses import dataclass

import numpy as np

from analytics.events.customer_id import spellings_of
from analytics.facts.names import codes_of
from analytics.facts.shard import Shard
from analytics.facts.timeline import Ints, Mask, category_codes

SHORTEST_SEARCH = 3
"""The least digits of a phone number, or characters of a chat id, to search for; for an agent any part will do."""

_PHONE = re.compile(r"[+(]?[\d\s()./\u00a0\u2010-\u2015-]+")
_TRUNK_FROM_DIGITS = 6
"""If this many digits follow, leading zeros are the prefix of a local or an international number."""


@dataclass(frozen=True)
class Search:
    """What is searched for: a text, and the agents whose name or id it may be."""

    text: str
    agents: tuple[str, ...] = ()


def search(shard: Shard, wanted: Search) -> Mask:
    """Return for each conversation whether the text finds its customer or its chat's id, or an agent took part.

    A customer is found by any id of theirs: a phone written in any way, or by its last digits, a WhatsApp user id by
    any part. So is a chat by any part of its id. Upper and lower case are the same.
    """
    facts = shard.facts
    found = np.zeros(len(facts.conversations) + 1, np.bool_)  # the last is that of NONE
    rows = facts.conversations
    owners = facts.chat_owner[facts.events.chat[rows.first]]
    found[:-1] = _find_customers(shard, wanted.text)[owners]
    found[_find_by_chat(shard, wanted.text)] = True
    theirs = np.isin(rows.pair_agent, codes_of(wanted.agents, facts.agents))
    found[rows.pair_conversation[theirs]] = True
    return found[:-1]


def is_short(text: str) -> bool:
    """Return whether a text is too short to search for as a phone number, or as part of a chat's id."""
    wanted = text.strip()
    return len(_digits(wanted) if _PHONE.fullmatch(wanted) else wanted) < SHORTEST_SEARCH


def _find_customers(shard: Shard, text: str) -> Mask:
    """Return for each code of a customer whether the text finds one of their ids."""
    found = np.zeros(len(shard.facts.customer), np.bool_)
    matching = _match_whole(shard, text) | _match_phones(shard, text) | _match_user_ids(shard, text)
    found[shard.facts.customer[matching]] = True
    return found


def _match_whole(shard: Shard, text: str) -> Mask:
    """Return for each user whether the text is their id, as any system writes it and in either spelling."""
    return np.asarray(shard.frame["user_id"].cat.categories.isin(spellings_of(text)), np.bool_)


def _match_user_ids(shard: Shard, text: str) -> Mask:
    """Return for each user whether they have a WhatsApp user id that holds the text."""
    known = shard.frame["user_id"].cat.categories
    wanted = text.strip().casefold()
    if len(wanted) < SHORTEST_SEARCH or known.empty:
        return np.zeros(len(known), np.bool_)
    holds = known.str.casefold().str.contains(wanted, regex=False)
    return np.asarray(holds & ~known.str.startswith("+"), np.bool_)


def _match_phones(shard: Shard, text: str) -> Mask:
    """Return for each user whether their phone number is the text, or ends with it."""
    known = shard.frame["user_id"].cat.categories
    digits = _digits(text)
    if len(digits) < SHORTEST_SEARCH or not _PHONE.fullmatch(text.strip()):
        return np.zeros(len(known), np.bool_)
    found = known.str.endswith(digits)
    local = digits.lstrip("0")
    found = found | known.str.endswith(local) if len(local) >= _TRUNK_FROM_DIGITS else found
    return np.asarray(found & known.str.startswith("+"), np.bool_)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _find_by_chat(shard: Shard, text: str) -> Ints:
    """Return the conversations of chats whose id holds the text."""
    facts, events = shard.facts, shard.frame
    known = events["chat_id"].cat.categories
    wanted = text.strip().casefold()
    if len(wanted) < SHORTEST_SEARCH or known.empty:
        return np.array([], np.int64)
    matching = np.append(known.str.casefold().str.contains(wanted, regex=False), False)  # where NONE points to
    named = matching[category_codes(events["chat_id"])][facts.events.row]
    chats = np.zeros(len(facts.chat_owner), np.bool_)
    chats[facts.events.chat[named]] = True
    return np.flatnonzero(chats[facts.events.chat[facts.conversations.first]])
