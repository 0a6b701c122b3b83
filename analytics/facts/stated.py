"""What events state themselves: modes and agents, who is a bot, which messages failed, and which a person wrote."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.facts.timeline import (
    ASSIGNED,
    DELIVERED,
    FAILED,
    HANDOFF,
    NONE,
    READ,
    RECEIVED,
    SENT,
    Ints,
    Mask,
    Timeline,
    category_codes,
)

MODES = ("bot", "agent")
BOT, AGENT = 0, 1


@dataclass(frozen=True)
class Stated:
    """Columns that complete those of a timeline, as long as it unless stated otherwise; NONE where nothing is stated.

    `mode` and `to_mode` (int8) index `MODES`; the latter is that of handoffs alone. An event that names a bot states
    the mode bot where it does not say otherwise. `agent` (int32) is what it names, `of_bot` whether that is a bot.
    As long as the spine: `failed` marks messages that failed, `word` messages of the customer and ours that did not
    fail, `human` those of ours that a person wrote.
    """

    mode: Ints
    to_mode: Ints
    agent: Ints
    of_bot: Mask
    failed: Mask
    word: Mask
    human: Mask

    @classmethod
    def read(cls, events: pd.DataFrame, timeline: Timeline, bots: tuple[str, ...]) -> "Stated":
        """Read them from an event frame; `bots` are the agents that are bots."""
        spine = slice(0, timeline.spine)
        agent = timeline.codes(events["agent_id"]).astype(np.int32)
        of_bot = _mark_bots(events["agent_id"], bots)[agent]
        mode = state_modes(events, bots)[timeline.row]
        to_mode = np.where(timeline.kind == HANDOFF, encode_as(events["to_mode"], MODES)[timeline.row], np.int8(NONE))
        failed = _find_failed(timeline)
        ours = (timeline.kind[spine] == SENT) & ~failed
        by_person = (mode[spine] == AGENT) | (agent[spine] != NONE) & (mode[spine] != BOT)
        word = ours | (timeline.kind[spine] == RECEIVED)
        return cls(mode, to_mode, agent, of_bot, failed, word, ours & by_person)

    def assigned_to_person(self, timeline: Timeline) -> Mask:
        """Return which spine events assign the chat, and not to a bot."""
        spine = slice(0, timeline.spine)
        found: Mask = (timeline.kind[spine] == ASSIGNED) & (self.mode[spine] != BOT) & ~self.of_bot[spine]
        return found


def state_modes(events: pd.DataFrame, bots: tuple[str, ...]) -> Ints:
    """Return the mode that each row of an event frame states (int8), a code of `MODES`; NONE where it states none."""
    mode = encode_as(events["service_mode"], MODES)
    if bots:
        of_bot = _mark_bots(events["agent_id"], bots)[category_codes(events["agent_id"])]
        mode = np.where((mode == NONE) & of_bot, np.int8(BOT), mode)
    return mode


def _mark_bots(agent: pd.Series, bots: tuple[str, ...]) -> Mask:
    """Return for each code of agents whether it is a bot's; the last is that of NONE."""
    return np.append(agent.cat.categories.isin(bots), False)


def _find_failed(timeline: Timeline) -> Mask:
    """Return which spine events are messages that failed: with a failure, and neither a delivery nor a read."""
    failed = np.zeros(timeline.spine, np.bool_)
    receipts = timeline.kind[timeline.spine :]
    failed[timeline.message[receipts == FAILED]] = True
    failed[timeline.message[(receipts == DELIVERED) | (receipts == READ)]] = False
    return failed


def encode_as(column: pd.Series, values: tuple[str, ...]) -> Ints:
    """Return a categorical column as indices into `values` (int8); NONE if missing."""
    translation = np.append(pd.Index(values).get_indexer(column.cat.categories), NONE).astype(np.int8)
    return translation[category_codes(column)]
