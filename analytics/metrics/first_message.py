"""Time to the first message: from a contact's creation to the next message of its customer, in either direction."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from analytics.facts.facts import Facts
from analytics.facts.shard import Shard
from analytics.facts.timeline import CREATED, NONE, RECEIVED, SENT, Ints, Mask
from analytics.metrics.account import Sentences, state_count
from analytics.metrics.contacts import DAILY_NEW_CONTACTS
from analytics.metrics.metric import Metric, Reading, Result
from analytics.metrics.question import conclude_from
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally

_NEVER = np.iinfo(np.int64).max


def tally_first_message(selection: Selection) -> Tally:
    """Return how long the first message after each contact that passes took (microseconds); NONE where there is none.

    "guide" is of every `contact.created`, "unique" of each customer's first one. A message after "now" has not come.
    """
    found = selection.shard.keep(_find_first_messages)
    passing = selection.events[found.place]
    created, message = selection.facts.events.time[found.place[passing]], found.message[passing]
    took = np.where(message <= selection.waits_as_of, message - created, NONE)
    return {"guide": took, "unique": took[found.first[passing]]}


def conclude_first_message(tally: Tally, _: Scope) -> Result:
    """Return of each reading the median in seconds, how many contacts a message followed, and how many none yet."""
    return {reading: _summarize(took) for reading, took in tally.items()}


def _summarize(took: Ints) -> Result:
    done = took[took != NONE]
    median = float(np.median(done)) / MICROSECONDS_PER_SECOND if len(done) else None
    return {"median_seconds": median, "contacts": len(done), "without_message": len(took) - len(done)}


class _FirstMessages(NamedTuple):
    """The places of all contacts, which are the first of their customer, and when the next message came, or _NEVER."""

    place: Ints
    first: Mask
    message: Ints


def _find_first_messages(shard: Shard) -> _FirstMessages:
    events, cells = shard.facts.events, shard.facts.events.cells
    kind, first = (cells.table[name].to_numpy() for name in ("kind", "first"))
    wanted = np.flatnonzero(np.isin(kind, (CREATED, RECEIVED, SENT))[cells.code])
    places = _order_by_customer(shard.facts, wanted)
    customer = shard.facts.chat_owner[events.chat[places]]
    is_contact = kind[cells.code[places]] == CREATED
    contacts, messages = np.flatnonzero(is_contact), np.flatnonzero(~is_contact)
    following = np.searchsorted(messages, contacts)
    any_left = np.flatnonzero(following < len(messages))
    contact, message = contacts[any_left], messages[following[any_left]]
    theirs = customer[contact] == customer[message]
    found = np.full(len(contacts), _NEVER)
    found[any_left[theirs]] = events.time[places[message[theirs]]]
    place = places[contacts]
    return _FirstMessages(place, first[cells.code[place]] == 1, found)


def _order_by_customer(facts: Facts, places: Ints) -> Ints:
    """Return places that are in the order of each chat in the order of each customer; most have one chat alone."""
    events, chat = facts.events, facts.events.chat[places]
    occurs = np.zeros(len(facts.chat_owner), np.bool_)
    occurs[chat] = True
    customer = facts.chat_owner[chat]
    several = (np.bincount(facts.chat_owner[occurs]) > 1)[customer]
    mixed = places[several]
    kind = events.cells.table["kind"].to_numpy()[events.cells.code[mixed]]
    order = np.lexsort((kind, events.time[mixed], customer[several]))
    return np.concatenate([places[~several], mixed[order]])


@conclude_from(tally_first_message)
def _explain_left_out(tally: Tally, _: Scope) -> Sentences:
    """Return how many contacts no message has followed."""
    return state_count(
        int((tally["guide"] == NONE).sum()),
        "contact has no message after it yet, and is not counted in the median",
        "contacts have no message after them yet, and are not counted in the median",
    )


TIME_TO_FIRST_MESSAGE = Metric(
    key="time_to_first_message",
    label="Time to first message",
    definition="How long after a contact is created the first message follows, the customer's or ours, in any of "
    "their chats. If both come at the same moment, that is 0 s.",
    formula="Time between contact.created and next message.received or message.sent",
    per_message="Median over distinct users, from their first contact.created",
    unit="seconds",
    better="lower",
    tally=tally_first_message,
    conclude=conclude_first_message,
    guide=lambda result: Reading(result["guide"]["median_seconds"], None, result["guide"]["contacts"]),
    ledger=lambda result: Reading(result["unique"]["median_seconds"], None, result["unique"]["contacts"]),
    account=replace(DAILY_NEW_CONTACTS.account, left_out=_explain_left_out),
)
