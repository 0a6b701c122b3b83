"""Waits: who waited how long for which reply. Four kinds, each defined by what begins and what ends it."""

from dataclasses import dataclass

import numpy as np

from analytics.facts.attribution import AGENT, BOT, Attribution
from analytics.facts.timeline import ASSIGNED, DELIVERED, NONE, READ, RECEIVED, RESOLVED, SENT, Ints, Mask, Timeline

CUSTOMER, HUMAN, EVERY_MESSAGE, ASSIGNMENT = 0, 1, 2, 3
ANSWERED, CLOSED, WAITING = 0, 1, 2


@dataclass(frozen=True)
class Waits:
    """One row per wait: `begin` (int32, place in the timeline), `kind` and `state` (int8), `duration`.

    `duration` (int64) is microseconds from beginning to end, 0 while waiting. `mode` (int8) and `agent`
    (int32) are those of the reply; of a closed wait the chat's just before it was closed; else the chat's
    latest.
    """

    begin: Ints
    kind: Ints
    state: Ints
    duration: Ints
    mode: Ints
    agent: Ints


def waits(line: Timeline, given: Attribution, human_message: Mask) -> Waits:
    """Return all waits of a timeline; `human_message` tells which spine events are messages by a person."""
    kind, to_mode = line.kind[: line.spine], given.to_mode[: line.spine]
    received, sent, resolved = kind == RECEIVED, kind == SENT, kind == RESOLVED
    to_agent, to_bot = to_mode == AGENT, to_mode == BOT
    asks_human = to_agent | received & (given.mode[: line.spine] == AGENT)
    found = [
        (CUSTOMER, *_first_to_next(line, received, sent | resolved)),
        (HUMAN, *_first_to_next(line, asks_human, human_message | resolved | to_bot)),
        (EVERY_MESSAGE, *_each_to_next(line, received, sent)),
        (ASSIGNMENT, *_assigned_to_reply(line, given, human_message, resolved | to_bot)),
    ]
    begin = np.concatenate([begins for _, begins, _ in found])
    end = np.concatenate([ends for _, _, ends in found])
    state = np.where(end == NONE, WAITING, np.where(kind[end] == SENT, ANSWERED, CLOSED)).astype(np.int8)
    mode, agent = _served_by(line, given, begin, end, state)
    return Waits(
        begin.astype(np.int32),
        np.repeat(np.arange(4, dtype=np.int8), [len(begins) for _, begins, _ in found]),
        state,
        np.where(end == NONE, 0, line.time[end] - line.time[begin]),
        mode,
        agent,
    )


def _first_to_next(line: Timeline, begins: Mask, ends: Mask) -> tuple[Ints, Ints]:
    """Pair the first beginning since a chat's last end with the next end there, NONE if there is none."""
    places = np.flatnonzero(begins | ends)
    chat, is_begin = line.chat[places], begins[places]
    runs_on = np.zeros(len(places), np.bool_)
    runs_on[1:] = is_begin[:-1] & (chat[1:] == chat[:-1])
    chosen = np.flatnonzero(is_begin & ~runs_on)
    return places[chosen], _next_end(places, chat, ~is_begin)[chosen]


def _each_to_next(line: Timeline, begins: Mask, ends: Mask) -> tuple[Ints, Ints]:
    """Pair each beginning with the next end in its chat, NONE if there is none."""
    places = np.flatnonzero(begins | ends)
    is_begin = begins[places]
    return places[is_begin], _next_end(places, line.chat[places], ~is_begin)[is_begin]


def _assigned_to_reply(line: Timeline, given: Attribution, human_message: Mask, ends: Mask) -> tuple[Ints, Ints]:
    """Pair each assignment to an agent with what ends it in its chat, NONE if nothing does.

    That is the agent's own first message as a person; before it one of `ends`, or an assignment to somebody else.
    Another one to the same agent adds nothing, nor does one to nobody.
    """
    assigned = (line.kind[: line.spine] == ASSIGNED) & (given.agent[: line.spine] != NONE)
    places = np.flatnonzero(assigned | human_message | ends)
    chat, agent, begins = line.chat[places], given.agent[places], assigned[places]
    latest = np.maximum.accumulate(np.where(begins, np.arange(len(places)), 0))
    by_assignee = (chat[latest] == chat) & begins[latest] & (agent[latest] == agent)
    places = places[begins | ends[places] | by_assignee]
    chat, agent, begins = line.chat[places], given.agent[places], assigned[places]
    again = np.zeros(len(places), np.bool_)
    again[1:] = (begins[1:] & begins[:-1]) & (chat[1:] == chat[:-1]) & (agent[1:] == agent[:-1])
    places, chat, begins = places[~again], chat[~again], begins[~again]
    following = np.append(places[1:], NONE)
    following[:-1][chat[1:] != chat[:-1]] = NONE
    return places[begins], following[begins]


def _next_end(places: Ints, chat: Ints, is_end: Mask) -> Ints:
    """Return for each of `places` the place of the next end in the same chat."""
    outside = len(places)
    following = np.minimum.accumulate(np.where(is_end, np.arange(outside), outside)[::-1])[::-1]
    in_chat = following < outside
    in_chat[in_chat] = chat[following[in_chat]] == chat[in_chat]
    return np.where(in_chat, np.append(places, NONE)[following], NONE)


def _served_by(line: Timeline, given: Attribution, begin: Ints, end: Ints, state: Ints) -> tuple[Ints, Ints]:
    mode, agent = given.mode[end], given.agent[end]
    conversation, chat_mode, chat_agent = given.conversation, given.chat_mode, given.chat_agent

    closed = np.flatnonzero(state == CLOSED)
    before = end[closed] - 1
    same = conversation[before] == conversation[end[closed]]
    mode[closed] = np.where(same, chat_mode[before], given.start_mode)
    agent[closed] = np.where(same, chat_agent[before], NONE)

    waiting = np.flatnonzero(state == WAITING)
    last = _last_event_of_chat(line)[line.chat[begin[waiting]]]
    running = line.kind[last] != RESOLVED
    mode[waiting] = np.where(running, chat_mode[last], given.start_mode)
    agent[waiting] = np.where(running, chat_agent[last], NONE)
    return mode, agent


def _last_event_of_chat(line: Timeline) -> Ints:
    """Return by chat the place of its last event that is no receipt."""
    kind = line.kind[: line.spine]
    places = np.flatnonzero((kind != DELIVERED) & (kind != READ))
    last = np.full(len(line.chat_owner), NONE, np.int64)
    last[line.chat[places]] = places  # of several writes to one place, the last stays
    return last
