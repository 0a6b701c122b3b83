"""Conversations: what came of each, and who took part."""

from dataclasses import dataclass

import numpy as np

from analytics.facts.attribution import AGENT, Attribution, latest
from analytics.facts.timeline import DELIVERED, NONE, READ, RECEIVED, RESOLVED, SENT, Ints, Mask, Timeline

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


def conversations(line: Timeline, given: Attribution) -> Conversations:
    """Return the conversations of a timeline."""
    kind = line.kind[: line.spine]
    inside = given.conversation != NONE
    count = len(given.conversation_start)
    last = _last_events(line, given)
    chat = line.chat[given.conversation_start]
    followed = np.zeros(count, np.bool_)
    followed[:-1] = chat[1:] == chat[:-1]
    ending = np.where(kind[last] == RESOLVED, RESOLVED_END, np.where(followed, SILENT, OPEN)).astype(np.int8)
    needed_agent = np.zeros(count, np.bool_)
    needed_agent[given.conversation[inside & (given.mode == AGENT)]] = True
    spoke = np.flatnonzero((kind == RECEIVED) | (kind == SENT))
    speaker = np.full(count, NONE, np.int8)
    speaker[given.conversation[spoke]] = kind[spoke]  # of several writes to one place, the last stays
    wrote = np.zeros(count, np.bool_)
    wrote[given.conversation[: line.spine][kind == RECEIVED]] = True
    handoffs = np.flatnonzero(given.to_mode[: line.spine] == AGENT)[::-1]
    handoff = np.full(count, NONE, np.int32)
    handoff[given.conversation[handoffs]] = handoffs  # backwards, so that the first stays
    return Conversations(
        given.conversation_start.astype(np.int32),
        last.astype(np.int32),
        ending,
        needed_agent,
        wrote,
        speaker == RECEIVED,
        handoff,
    )


def _last_events(line: Timeline, given: Attribution) -> Ints:
    kind = line.kind[: line.spine]
    ends = np.append(given.conversation_start, line.spine)[1:]
    last: Ints = latest((kind != DELIVERED) & (kind != READ))[ends - 1]
    return last


def participations(line: Timeline, given: Attribution) -> tuple[Ints, Ints]:
    """Return the distinct pairs of a conversation and an agent with an event in it.

    Both are int32; the agent is NONE for nobody.
    """
    conversation, agent = given.conversation, given.agent
    changes = np.ones(len(conversation), np.bool_)
    spine = slice(1, line.spine)
    changes[spine] = (conversation[spine] != conversation[: line.spine - 1]) | (agent[spine] != agent[: line.spine - 1])
    # A receipt mostly counts for its message's agent, who is there already.
    changes[line.spine :] = agent[line.spine :] != agent[line.message]
    chosen = np.flatnonzero(changes & (conversation != NONE))
    agents = len(given.agents) + 1
    pairs = np.sort(conversation[chosen].astype(np.int64) * agents + agent[chosen] + 1)  # almost in order already
    pairs = pairs[np.diff(pairs, prepend=NONE) != 0]
    return (pairs // agents).astype(np.int32), (pairs % agents - 1).astype(np.int32)
