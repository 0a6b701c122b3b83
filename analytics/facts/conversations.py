"""Conversations: how each ended, and who took part."""

from dataclasses import dataclass

import numpy as np

from analytics.facts.attribution import AGENT, Attribution, last_place_up_to
from analytics.facts.timeline import NONE, RECEIVED, RESOLVED, SENT, Ints, Mask, Timeline, is_status

OPEN, RESOLVED_END, SILENT = 0, 1, 2


@dataclass(frozen=True)
class Conversations:
    """One row per conversation, in the order of `Attribution.conversation_start`.

    `first` and `last` (int32) are the places of its first and last event; `ending` (int8) is OPEN,
    RESOLVED_END or SILENT (another one followed it in the chat). `needed_agent`, `customer_wrote` and
    `customer_spoke_last` are bool; `handoff` (int32) is the place of its first handoff to an agent, NONE
    where it has none.
    """

    first: Ints
    last: Ints
    ending: Ints
    needed_agent: Mask
    customer_wrote: Mask
    customer_spoke_last: Mask
    handoff: Ints


def find_conversations(timeline: Timeline, attribution: Attribution) -> Conversations:
    """Return the conversations of a timeline."""
    kind = timeline.kind[: timeline.spine]
    inside = attribution.conversation != NONE
    count = len(attribution.conversation_start)
    last = _find_last_events(timeline, attribution)
    chat = timeline.chat[attribution.conversation_start]
    followed = np.zeros(count, np.bool_)
    followed[:-1] = chat[1:] == chat[:-1]
    ending = np.where(kind[last] == RESOLVED, RESOLVED_END, np.where(followed, SILENT, OPEN)).astype(np.int8)
    needed_agent = np.zeros(count, np.bool_)
    needed_agent[attribution.conversation[inside & (attribution.mode == AGENT)]] = True
    spoke = np.flatnonzero((kind == RECEIVED) | (kind == SENT))
    speaker = np.full(count, NONE, np.int8)
    speaker[attribution.conversation[spoke]] = kind[spoke]  # of several writes to one place, the last stays
    wrote = np.zeros(count, np.bool_)
    wrote[attribution.conversation[: timeline.spine][kind == RECEIVED]] = True
    handoffs = np.flatnonzero(attribution.to_mode[: timeline.spine] == AGENT)[::-1]
    handoff = np.full(count, NONE, np.int32)
    handoff[attribution.conversation[handoffs]] = handoffs  # backwards, so that the first stays
    return Conversations(
        attribution.conversation_start.astype(np.int32),
        last.astype(np.int32),
        ending,
        needed_agent,
        wrote,
        speaker == RECEIVED,
        handoff,
    )


def _find_last_events(timeline: Timeline, attribution: Attribution) -> Ints:
    kind = timeline.kind[: timeline.spine]
    ends = np.append(attribution.conversation_start, timeline.spine)[1:]
    last: Ints = last_place_up_to(~is_status(kind))[ends - 1]
    return last


def find_participations(timeline: Timeline, attribution: Attribution) -> tuple[Ints, Ints]:
    """Return the distinct pairs of a conversation and an agent with an event in it.

    Both are int32; the agent is NONE for nobody.
    """
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
