"""Waits: who waited for a reply, and for how long. There are four kinds; each has its own beginning and end.

A message that failed ends none of them.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from analytics.facts.chronicle import Chronicle
from analytics.facts.conversations import Conversations
from analytics.facts.human_waits import CustomerWaits, find_human_waits, find_next
from analytics.facts.rules import Rules
from analytics.facts.silence import last_place_before
from analytics.facts.stated import AGENT, BOT
from analytics.facts.timeline import NONE, RECEIVED, RESOLVED, SENT, Ints, Mask, Timeline, is_status

CUSTOMER, HUMAN, EVERY_MESSAGE, ASSIGNMENT = 0, 1, 2, 3
ANSWERED, CLOSED, WAITING, NEVER, AFTERWORD = 0, 1, 2, 3, 4
"""What became of a wait. One that is still WAITING may have been for so long that it counts as NEVER."""


@dataclass(frozen=True)
class Waits:
    """One row per wait: `begin` and `end` (int32, places in the timeline), `kind` and `state` (int8), `duration`.

    `end` is NONE while it runs. `duration` (int64) is microseconds from beginning to end, 0 while waiting. `mode`
    (int8) and `agent` (int32) are those of the reply. A wait that was closed has those of the chat just before, one
    that the customer ended by writing in a later conversation those of the chat before that one, a running one the
    latest.
    `answered_before` (bool) says whether we had answered in its conversation before it began.
    """

    begin: Ints
    end: Ints
    kind: Ints
    state: Ints
    duration: Ints
    mode: Ints
    agent: Ints
    answered_before: Mask


def find_waits(told: Chronicle, conversations: Conversations, rules: Rules) -> Waits:
    """Return all waits of a chronicle."""
    timeline, stated, spine = told.timeline, told.stated, slice(0, told.timeline.spine)
    kind, to_mode = timeline.kind[spine], stated.to_mode[spine]
    received, replies, resolved = kind == RECEIVED, stated.word & (kind == SENT), kind == RESOLVED
    customer = CustomerWaits.find(timeline, told.conversing, received, replies | resolved)
    asks = (to_mode == AGENT) | received & (told.attribution.mode[spine] == AGENT)
    if not rules.assignments_route:
        asks |= stated.assigned_to_person(timeline) & customer.mark_unanswered_by_person(stated)
    closes = resolved | (to_mode == BOT)
    found = [
        (CUSTOMER, customer.begin, customer.end),
        (HUMAN, *find_human_waits(customer, asks, stated.human, closes)),
        (EVERY_MESSAGE, *_pair_each_with_next(timeline, received, replies)),
        (ASSIGNMENT, *_pair_assignments(told, closes)),
    ]
    begin = np.concatenate([begins for _, begins, _ in found])
    end = np.concatenate([ends for _, _, ends in found])
    kinds = np.repeat(np.arange(4, dtype=np.int8), [len(begins) for _, begins, _ in found])
    duration = np.where(end == NONE, 0, timeline.time[end] - timeline.time[begin])
    closed = np.where(duration < rules.never_answered // timedelta(microseconds=1), CLOSED, NEVER)
    state = np.select([end == NONE, kind[end] == SENT, kind[end] == RECEIVED], [WAITING, ANSWERED, NEVER], closed)
    mode, agent = _find_mode_and_agent(told, begin, end, state)
    after_closing = conversations.afterword[told.conversing.number[begin]] & (kinds <= HUMAN)
    return Waits(
        begin.astype(np.int32),
        end.astype(np.int32),
        kinds,
        np.where(after_closing, AFTERWORD, state).astype(np.int8),
        duration,
        mode,
        agent,
        _find_answered_before(told, begin, kinds == HUMAN),
    )


def _pair_each_with_next(timeline: Timeline, begins: Mask, ends: Mask) -> tuple[Ints, Ints]:
    """Pair each beginning with the next end in its chat, NONE if there is none."""
    places = np.flatnonzero(begins)
    return places, find_next(timeline, ends, places)


def _pair_assignments(told: Chronicle, ends: Mask) -> tuple[Ints, Ints]:
    """Pair each assignment to an agent with the event of the chat that ends the wait; NONE if there is none.

    It ends with the agent's own first message as a person, or earlier with one of `ends` or an assignment to somebody
    else. A second assignment to the same agent begins no new wait, and neither does an assignment to nobody or a bot.
    """
    timeline, stated, attribution = told.timeline, told.stated, told.attribution
    assigned = stated.assigned_to_person(timeline) & (attribution.agent[: timeline.spine] != NONE)
    places = np.flatnonzero(assigned | stated.human | ends)
    chat, agent, begins = timeline.chat[places], attribution.agent[places], assigned[places]
    latest = np.maximum.accumulate(np.where(begins, np.arange(len(places)), 0))
    by_assignee = (chat[latest] == chat) & begins[latest] & (agent[latest] == agent)
    places = places[begins | ends[places] | by_assignee]
    chat, agent, begins = timeline.chat[places], attribution.agent[places], assigned[places]
    again = np.zeros(len(places), np.bool_)
    again[1:] = (begins[1:] & begins[:-1]) & (chat[1:] == chat[:-1]) & (agent[1:] == agent[:-1])
    places, chat, begins = places[~again], chat[~again], begins[~again]
    following = np.append(places[1:], NONE)
    following[:-1][chat[1:] != chat[:-1]] = NONE
    return places[begins], following[begins]


def _find_mode_and_agent(told: Chronicle, begin: Ints, end: Ints, state: Ints) -> tuple[Ints, Ints]:
    timeline, conversing, attribution = told.timeline, told.conversing, told.attribution
    mode, agent = attribution.mode[end], attribution.agent[end]
    number = conversing.number
    before = last_place_before(~is_status(timeline.kind[: timeline.spine]))

    def take_from_chat(waits: Ints, places: Ints, known: Mask) -> None:
        mode[waits] = np.where(known, attribution.chat_mode[places], attribution.start_mode)
        agent[waits] = np.where(known, attribution.chat_agent[places], NONE)

    answered, running = state == ANSWERED, state == WAITING
    written_again = ~running & (timeline.kind[end] == RECEIVED)
    waits = np.flatnonzero(~answered & ~running & ~written_again)
    places = before[end[waits]]
    take_from_chat(waits, places, number[places] == number[end[waits]])

    waits = np.flatnonzero(written_again)
    places = before[conversing.starts[number[end[waits]]]]
    take_from_chat(waits, places, np.ones(len(waits), np.bool_))

    waits = np.flatnonzero(running)
    places = _find_last_events(timeline)[timeline.chat[begin[waits]]]
    take_from_chat(waits, places, timeline.kind[places] != RESOLVED)
    return mode, agent


def _find_last_events(timeline: Timeline) -> Ints:
    """Return for each chat the place of its last event that is not a status."""
    places = np.flatnonzero(~is_status(timeline.kind[: timeline.spine]))
    last = np.full(len(timeline.chat_owner), NONE, np.int64)
    last[timeline.chat[places]] = places  # of several writes to one place, the last stays
    return last


def _find_answered_before(told: Chronicle, begin: Ints, of_person: Mask) -> Mask:
    """Return for each wait whether we, or a person if it waits for one, had answered in its conversation before."""
    kind, number = told.timeline.kind[: told.timeline.spine], told.conversing.number
    first = np.full(len(told.conversing.starts) + 1, len(kind), np.int64)  # the last is that of NONE
    places = np.flatnonzero(kind == RECEIVED)[::-1]
    first[number[places]] = places  # backwards, so that the first stays
    heard = first[number[begin]]
    by_us, by_person = last_place_before(told.stated.word & (kind == SENT)), last_place_before(told.stated.human)
    last = np.where(of_person, by_person[begin], by_us[begin])
    found: Mask = last > heard
    return found
