"""Conversations: how each ended, what came of it, and who took part."""

from dataclasses import dataclass

import numpy as np

from analytics.facts.chronicle import Chronicle
from analytics.facts.returns import find_afterwords, find_returns
from analytics.facts.silence import Conversing, last_place_up_to
from analytics.facts.stated import AGENT
from analytics.facts.timeline import ASSIGNED, HANDOFF, NONE, RECEIVED, RESOLVED, SENT, Ints, Mask, Timeline, is_status

OPEN, RESOLVED_END, SILENT = 0, 1, 2

_MOST_THANKS = 2
"""An afterword holds at most so many messages of the customer."""


@dataclass(frozen=True)
class Conversations:
    """One row per conversation, in the order of `Conversing.starts`.

    `first` and `last` (int32) are the places of its first and last event; `ending` (int8) is OPEN, RESOLVED_END or
    SILENT (another one followed it in the chat, or it was silent before it was resolved). `patient` (bool) says whether
    it takes the longer silence to end it. `needed_agent`, `customer_wrote`, `customer_spoke_last`, `answered` (we wrote
    after the customer's first message) and `afterword` are bool. `handoff` and `last_handoff` (int32) are the places of
    its first and last handoff to an agent, `resolve` is that of its resolve, and `back` that of the message with which
    the customer of a solved one came back; NONE where there is none.
    """

    first: Ints
    last: Ints
    ending: Ints
    patient: Mask
    needed_agent: Mask
    customer_wrote: Mask
    customer_spoke_last: Mask
    answered: Mask
    afterword: Mask
    handoff: Ints
    last_handoff: Ints
    resolve: Ints
    back: Ints


def find_conversations(told: Chronicle) -> Conversations:
    """Return the conversations of a chronicle."""
    timeline, stated, conversing, attribution = told.timeline, told.stated, told.conversing, told.attribution
    kind, number, first = timeline.kind[: timeline.spine], conversing.number, conversing.starts
    inside = attribution.conversation != NONE
    count = len(first)
    last = _find_last_events(timeline, conversing)
    ending = _find_endings(timeline, conversing, last)
    needed_agent = np.zeros(count, np.bool_)
    needed_agent[attribution.conversation[inside & (attribution.mode == AGENT)]] = True
    received = np.flatnonzero(kind == RECEIVED)
    words, ours = np.flatnonzero(stated.word), np.flatnonzero(stated.word & (kind == SENT))
    heard, wrote = _first_in(number, received, count), np.bincount(number[received], minlength=count)
    answered = (heard != NONE) & (_last_in(number, ours, count) > heard)
    handoffs = np.flatnonzero(stated.to_mode[: timeline.spine] == AGENT)
    passed_on = np.flatnonzero((kind == HANDOFF) | (kind == ASSIGNED))
    resolve = np.where(kind[last] == RESOLVED, last, NONE)
    afterword = (resolve != NONE) & (wrote > 0) & (wrote <= _MOST_THANKS) & ~answered
    afterword[number[passed_on]] = False
    afterword = find_afterwords(timeline, conversing, afterword)
    speaks_first = (heard != NONE) & (heard == _first_in(number, words, count)) & ~afterword
    solved = (wrote > 0) & (ending == RESOLVED_END) & ~afterword
    return Conversations(
        first.astype(np.int32),
        last.astype(np.int32),
        ending,
        conversing.patient[last],
        needed_agent,
        wrote > 0,
        kind[_last_in(number, words, count)] == RECEIVED,
        answered,
        afterword,
        _first_in(number, handoffs, count).astype(np.int32),
        _last_in(number, handoffs, count).astype(np.int32),
        resolve.astype(np.int32),
        find_returns(timeline, np.where(solved, resolve, NONE), heard[speaks_first]).astype(np.int32),
    )


def _find_last_events(timeline: Timeline, conversing: Conversing) -> Ints:
    """Return the place of each conversation's last event, statuses aside."""
    ends = np.append(conversing.starts, timeline.spine)[1:]
    kind = timeline.kind[: timeline.spine]
    last: Ints = last_place_up_to((conversing.number != NONE) & ~is_status(kind))[ends - 1]
    return last


def _find_endings(timeline: Timeline, conversing: Conversing, last: Ints) -> Ints:
    chat = timeline.chat[conversing.starts]
    followed = np.zeros(len(last), np.bool_)
    followed[:-1] = chat[1:] == chat[:-1]
    resolved = timeline.kind[last] == RESOLVED
    silent = conversing.late[last] | (followed & ~resolved)
    return np.select([silent, resolved], [SILENT, RESOLVED_END], OPEN).astype(np.int8)


def _first_in(number: Ints, places: Ints, count: int) -> Ints:
    """Return the first of some places in each conversation; NONE where there is none."""
    return _last_in(number, places[::-1], count)


def _last_in(number: Ints, places: Ints, count: int) -> Ints:
    """Return the last of some places in each conversation; NONE where there is none."""
    found = np.full(count, NONE, np.int64)
    found[number[places]] = places  # of several writes to one place, the last stays
    return found


def find_participations(told: Chronicle) -> tuple[Ints, Ints]:
    """Return the distinct pairs of a conversation and an agent with an event in it.

    Both are int32; the agent is NONE for nobody.
    """
    timeline, attribution = told.timeline, told.attribution
    conversation, agent = attribution.conversation, attribution.agent
    changes = np.ones(len(conversation), np.bool_)
    spine = slice(1, timeline.spine)
    changes[spine] = (conversation[spine] != conversation[: timeline.spine - 1]) | (
        agent[spine] != agent[: timeline.spine - 1]
    )
    # A receipt mostly counts for its message's agent, who is there already.
    changes[timeline.spine :] = agent[timeline.spine :] != agent[timeline.message]
    chosen = np.flatnonzero(changes & (conversation != NONE))
    agents = len(attribution.agents) + 1
    pairs = np.sort(conversation[chosen].astype(np.int64) * agents + agent[chosen] + 1)  # almost in order already
    pairs = pairs[np.diff(pairs, prepend=NONE) != 0]
    return (pairs // agents).astype(np.int32), (pairs % agents - 1).astype(np.int32)
