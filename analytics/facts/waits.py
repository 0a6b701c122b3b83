"""Waits: who waited for a reply, and for how long. There are four kinds; each has its own beginning and end."""

from dataclasses import dataclass

import numpy as np

from analytics.facts.attribution import AGENT, BOT, Attribution
from analytics.facts.timeline import ASSIGNED, NONE, RECEIVED, RESOLVED, SENT, Ints, Mask, Timeline, is_status

CUSTOMER, HUMAN, EVERY_MESSAGE, ASSIGNMENT = 0, 1, 2, 3
ANSWERED, CLOSED, WAITING = 0, 1, 2


@dataclass(frozen=True)
class Waits:
    """One row per wait: `begin` (int32, place in the timeline), `kind` and `state` (int8), `duration`.

    `duration` (int64) is microseconds from beginning to end, 0 while waiting. `mode` (int8) and `agent` (int32) are
    those of the reply. A closed wait has those of the chat just before it was closed, a running wait the chat's latest.
    """

    begin: Ints
    kind: Ints
    state: Ints
    duration: Ints
    mode: Ints
    agent: Ints


def find_waits(timeline: Timeline, attribution: Attribution, human_message: Mask) -> Waits:
    """Return all waits of a timeline; `human_message` tells which spine events are messages by a person."""
    kind, to_mode = timeline.kind[: timeline.spine], attribution.to_mode[: timeline.spine]
    received, sent, resolved = kind == RECEIVED, kind == SENT, kind == RESOLVED
    to_agent, to_bot = to_mode == AGENT, to_mode == BOT
    asks_human = to_agent | received & (attribution.mode[: timeline.spine] == AGENT)
    found = [
        (CUSTOMER, *_pair_first_with_next(timeline, received, sent | resolved)),
        (HUMAN, *_pair_first_with_next(timeline, asks_human, human_message | resolved | to_bot)),
        (EVERY_MESSAGE, *_pair_each_with_next(timeline, received, sent)),
        (ASSIGNMENT, *_pair_assignments(timeline, attribution, human_message, resolved | to_bot)),
    ]
    begin = np.concatenate([begins for _, begins, _ in found])
    end = np.concatenate([ends for _, _, ends in found])
    state = np.where(end == NONE, WAITING, np.where(kind[end] == SENT, ANSWERED, CLOSED)).astype(np.int8)
    mode, agent = _find_mode_and_agent(timeline, attribution, begin, end, state)
    return Waits(
        begin.astype(np.int32),
        np.repeat(np.arange(4, dtype=np.int8), [len(begins) for _, begins, _ in found]),
        state,
        np.where(end == NONE, 0, timeline.time[end] - timeline.time[begin]),
        mode,
        agent,
    )


def _pair_first_with_next(timeline: Timeline, begins: Mask, ends: Mask) -> tuple[Ints, Ints]:
    """Pair each first beginning after an end of its chat with the chat's next end; NONE if there is none."""
    places = np.flatnonzero(begins | ends)
    chat, is_begin = timeline.chat[places], begins[places]
    runs_on = np.zeros(len(places), np.bool_)
    runs_on[1:] = is_begin[:-1] & (chat[1:] == chat[:-1])
    chosen = np.flatnonzero(is_begin & ~runs_on)
    return places[chosen], _find_next_end(places, chat, ~is_begin)[chosen]


def _pair_each_with_next(timeline: Timeline, begins: Mask, ends: Mask) -> tuple[Ints, Ints]:
    """Pair each beginning with the next end in its chat, NONE if there is none."""
    places = np.flatnonzero(begins | ends)
    is_begin = begins[places]
    return places[is_begin], _find_next_end(places, timeline.chat[places], ~is_begin)[is_begin]


def _pair_assignments(
    timeline: Timeline, attribution: Attribution, human_message: Mask, ends: Mask
) -> tuple[Ints, Ints]:
    """Pair each assignment to an agent with the event of the chat that ends the wait; NONE if there is none.

    It ends with the agent's own first message as a person, or earlier with one of `ends` or an assignment to somebody
    else. A second assignment to the same agent begins no new wait, and neither does an assignment to nobody.
    """
    assigned = (timeline.kind[: timeline.spine] == ASSIGNED) & (attribution.agent[: timeline.spine] != NONE)
    places = np.flatnonzero(assigned | human_message | ends)
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


def _find_next_end(places: Ints, chat: Ints, is_end: Mask) -> Ints:
    """Return for each of `places` the place of the next end in the same chat."""
    outside = len(places)
    following = np.minimum.accumulate(np.where(is_end, np.arange(outside), outside)[::-1])[::-1]
    in_chat = following < outside
    in_chat[in_chat] = chat[following[in_chat]] == chat[in_chat]
    return np.where(in_chat, np.append(places, NONE)[following], NONE)


def _find_mode_and_agent(
    timeline: Timeline, attribution: Attribution, begin: Ints, end: Ints, state: Ints
) -> tuple[Ints, Ints]:
    mode, agent = attribution.mode[end], attribution.agent[end]
    conversation, chat_mode, chat_agent = attribution.conversation, attribution.chat_mode, attribution.chat_agent

    closed = np.flatnonzero(state == CLOSED)
    before = end[closed] - 1
    same = conversation[before] == conversation[end[closed]]
    mode[closed] = np.where(same, chat_mode[before], attribution.start_mode)
    agent[closed] = np.where(same, chat_agent[before], NONE)

    waiting = np.flatnonzero(state == WAITING)
    last = _find_last_events(timeline)[timeline.chat[begin[waiting]]]
    running = timeline.kind[last] != RESOLVED
    mode[waiting] = np.where(running, chat_mode[last], attribution.start_mode)
    agent[waiting] = np.where(running, chat_agent[last], NONE)
    return mode, agent


def _find_last_events(timeline: Timeline) -> Ints:
    """Return for each chat the place of its last event that is not a status."""
    kind = timeline.kind[: timeline.spine]
    places = np.flatnonzero(~is_status(kind))
    last = np.full(len(timeline.chat_owner), NONE, np.int64)
    last[timeline.chat[places]] = places  # of several writes to one place, the last stays
    return last
