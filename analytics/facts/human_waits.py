"""Waits of customers for any reply, and their waits for a person, which count from the former."""

from dataclasses import dataclass

import numpy as np

from analytics.facts.silence import Conversing, last_place_up_to
from analytics.facts.stated import Stated
from analytics.facts.timeline import NONE, RECEIVED, Ints, Mask, Timeline


@dataclass(frozen=True)
class CustomerWaits:
    """The places at which each customer wait begins and ends (int64), NONE while it runs.

    As long as the spine: `running` (int64) is the beginning of the wait that runs after an event, NONE where none does.
    """

    begin: Ints
    end: Ints
    running: Ints
    timeline: Timeline
    conversing: Conversing

    @classmethod
    def find(cls, timeline: Timeline, conversing: Conversing, received: Mask, ends: Mask) -> "CustomerWaits":
        """Return the waits, each from the first unanswered message to the chat's next of `ends`.

        A message in a later conversation ends it, too, and begins another.
        """
        places = np.flatnonzero(received | ends)
        chat, number, is_begin = timeline.chat[places], conversing.number[places], received[places]
        runs_on = np.zeros(len(places), np.bool_)
        runs_on[1:] = is_begin[:-1] & (chat[1:] == chat[:-1]) & (number[1:] == number[:-1])
        begins = is_begin & ~runs_on
        begin = places[begins]
        end = find_next(timeline, ends | mark(timeline, begin), begin)
        last = last_place_up_to(received | ends)
        known = (last != NONE) & received[last] & (timeline.chat[last] == timeline.chat[: timeline.spine])
        latest = last_place_up_to(mark(timeline, begin))
        return cls(begin, end, np.where(known, latest[last], NONE), timeline, conversing)

    def mark_unanswered_by_person(self, stated: Stated) -> Mask:
        """Return at which spine events a customer waits, or has written in the conversation and no person since."""
        spine, number = slice(0, self.timeline.spine), self.conversing.number
        received = self.timeline.kind[spine] == RECEIVED
        last = last_place_up_to(received | stated.human)
        found: Mask = (self.running != NONE) | (last != NONE) & received[last] & (number[last] == number)
        return found


def find_human_waits(customer: CustomerWaits, asks: Mask, human: Mask, closes: Mask) -> tuple[Ints, Ints]:
    """Return where waits for a person begin and end, NONE while they run.

    One begins with the first event that `asks` while none runs, and counts from the customer's wait if that runs. It
    ends with a `human` message, with one that `closes` it, or when the customer writes in a later conversation. A human
    message that ends a customer's wait and no wait for a person answers one that began with it.
    """
    timeline, places = customer.timeline, np.flatnonzero(asks)
    begin = np.where(customer.running[places] != NONE, customer.running[places], places)
    ends = human | closes
    end = find_next(timeline, ends, places)
    written = _find_next_in_later_conversation(timeline, customer.conversing, begin)
    end = np.where((written != NONE) & ((end == NONE) | (written < end)), written, end)
    chosen = _choose_in_turn(timeline, ends, places, end)
    begin, end = begin[chosen], end[chosen]
    met = mark(timeline, end[end != NONE])
    simply = human[customer.end] & ~met[customer.end] & (customer.end != NONE)
    return np.concatenate([begin, customer.begin[simply]]), np.concatenate([end, customer.end[simply]])


def _find_next_in_later_conversation(timeline: Timeline, conversing: Conversing, begin: Ints) -> Ints:
    """Return the next message of the customer in a later conversation of the chat; NONE if there is none."""
    received = np.flatnonzero(timeline.kind[: timeline.spine] == RECEIVED)
    following = np.searchsorted(conversing.number[received], conversing.number[begin], side="right")
    found = np.append(received, NONE)[following]
    return np.where(timeline.chat[found] == timeline.chat[begin], found, NONE)


def _choose_in_turn(timeline: Timeline, ends: Mask, places: Ints, end: Ints) -> Ints:
    """Return which of the waits that could begin at `places` do: none while an earlier one runs.

    After one of `ends` none runs. So the first after it is chosen, then the first that does not begin before the end of
    the one chosen last. Hardly any chat has more than two between two of `ends`.
    """
    chat = timeline.chat[places]
    barrier = last_place_up_to(ends)[places]
    first = np.ones(len(places), np.bool_)
    first[1:] = (chat[1:] != chat[:-1]) | (barrier[1:] != barrier[:-1])
    turn = np.flatnonzero(first)
    chosen = [turn]
    while len(turn):
        turn = turn[end[turn] != NONE]
        following = np.searchsorted(places, end[turn])
        inside = following < len(places)
        turn, following = turn[inside], following[inside]
        turn = following[(chat[following] == chat[turn]) & (barrier[following] == barrier[turn])]
        chosen.append(turn)
    return np.sort(np.concatenate(chosen))


def find_next(timeline: Timeline, wanted: Mask, places: Ints) -> Ints:
    """Return for each of `places` the next wanted place after it in the same chat; NONE if there is none."""
    found = np.flatnonzero(wanted)
    following = np.append(found, NONE)[np.searchsorted(found, places, side="right")]
    return np.where(timeline.chat[following] == timeline.chat[places], following, NONE)


def mark(timeline: Timeline, places: Ints) -> Mask:
    """Return a mask over the spine that marks some places."""
    marked = np.zeros(timeline.spine, np.bool_)
    marked[places] = True
    return marked
