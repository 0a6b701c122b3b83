"""Attribution: for which conversation, service mode, agent and country an event counts, and how we know."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

import numpy as np
import pandas as pd

from analytics.facts.region import find_regions
from analytics.facts.timeline import (
    ASSIGNED,
    CREATED,
    HANDOFF,
    NONE,
    RESOLVED,
    SENT,
    Ints,
    Mask,
    Timeline,
    category_codes,
    is_status,
)

MODES = ("bot", "agent")
BOT, AGENT = 0, 1
NOBODY = "(none)"
"""The name for "no agent". An agent cannot have this agentId, as the two could not be told apart."""


class Origin(IntEnum):
    """Where an attributed value comes from."""

    NOWHERE = 0
    EXPLICIT = 1
    MESSAGE = 2
    STATE = 3
    CONTACT = 4
    PHONE = 5
    START = 6


@dataclass(frozen=True)
class Attribution:
    """Columns that complete those of a timeline; each has the timeline's length unless stated otherwise.

    `conversation` (int32) is NONE for a status outside any; `conversation_start` holds the place of each
    conversation's first event. `mode` (int8) indexes `MODES`, `agent` (int32) and `country` (int16) index
    `agents` and `countries`, NONE where nobody and unknown. The origins are codes of `Origin`.
    `chat_mode` and `chat_agent`, as long as the spine, are the chat's state after each event; each conversation
    begins in `start_mode`. `to_mode` (int8) is the mode to which a handoff leads, NONE for all other events.
    """

    conversation: Ints
    conversation_start: Ints
    mode: Ints
    agent: Ints
    country: Ints
    mode_origin: Ints
    agent_origin: Ints
    country_origin: Ints
    chat_mode: Ints
    chat_agent: Ints
    start_mode: int
    to_mode: Ints
    agents: pd.Index
    countries: pd.Index


def with_real_agents(events: pd.DataFrame) -> pd.DataFrame:
    """Return an event frame in which no agent is called `NOBODY`: such events name no agent."""
    agent = events["agent_id"]
    if NOBODY not in agent.cat.categories:
        return events
    return events.assign(agent_id=agent.cat.remove_categories(NOBODY))


def attribute(events: pd.DataFrame, timeline: Timeline, *, start_mode: int, silence: timedelta) -> Attribution:
    """Attribute every event of a timeline. Each conversation begins in `start_mode`."""
    with ThreadPoolExecutor(1) as thread:
        places = thread.submit(_attribute_countries, events, timeline)  # takes as long as all the rest
        conversation, starts = _split_conversations(timeline, silence)
        stated = _StatedValues.read(events, timeline)
        state = _State(conversation, starts)
        chat_mode, mode_known = _track_chat_modes(timeline, stated, state, start_mode)
        chat_agent = _track_chat_agents(timeline, stated, state)
        mode, mode_origin = _attribute_modes(timeline, stated.mode, chat_mode, mode_known)
        agent, agent_origin = _attribute_agents(timeline, stated.agent, chat_agent)
    country, country_origin, countries = places.result()
    return Attribution(
        np.concatenate([conversation, conversation[timeline.message]]),
        starts,
        mode,
        agent,
        country,
        mode_origin,
        agent_origin,
        country_origin,
        chat_mode,
        chat_agent,
        start_mode,
        stated.to_mode,
        events["agent_id"].cat.categories,
        countries,
    )


def _split_conversations(timeline: Timeline, silence: timedelta) -> tuple[Ints, Ints]:
    """Return each spine event's conversation and where conversations start.

    A conversation lasts up to and including the next `chat.resolved`, or until `silence` passes without an event. A
    status without its message neither begins nor prolongs one; it belongs to the one that is running, if any.
    """
    chat, time, kind = timeline.chat[: timeline.spine], timeline.time[: timeline.spine], timeline.kind[: timeline.spine]
    status = is_status(kind)
    before = _last_place_before(~status)
    running = (
        (before != NONE)
        & (chat[before] == chat)
        & (kind[before] != RESOLVED)
        & (time - time[before] < silence // timedelta(microseconds=1))
    )
    starts = np.flatnonzero(~status & ~running)
    begins = np.zeros(timeline.spine, np.int32)
    begins[starts] = 1
    conversation = np.cumsum(begins, dtype=np.int32) - 1
    conversation[status & ~running] = NONE
    return conversation, starts


def _last_place_before(wanted: Mask) -> Ints:
    """Return for each place the last wanted place before it; NONE if there is none."""
    before = np.full(len(wanted), NONE, np.int64)
    before[1:] = last_place_up_to(wanted)[:-1]
    return before


def last_place_up_to(wanted: Mask) -> Ints:
    """Return for each place the last wanted place up to and including it; NONE if there is none."""
    return np.maximum.accumulate(np.where(wanted, np.arange(len(wanted)), NONE))


@dataclass(frozen=True)
class _StatedValues:
    """The values that events state: `mode` and `to_mode` (int8), `agent` (int32); NONE if they state none."""

    mode: Ints
    agent: Ints
    to_mode: Ints

    @classmethod
    def read(cls, events: pd.DataFrame, timeline: Timeline) -> "_StatedValues":
        """Read them from an event frame, in the timeline's order."""
        return cls(
            encode_as(events["service_mode"], MODES)[timeline.row],
            timeline.codes(events["agent_id"]).astype(np.int32),
            np.where(timeline.kind == HANDOFF, encode_as(events["to_mode"], MODES)[timeline.row], np.int8(NONE)),
        )


class _State:
    """The state of a chat within a conversation: the value that was set last."""

    def __init__(self, conversation: Ints, starts: Ints) -> None:
        outside = len(conversation)  # a status outside any conversation remembers nothing
        self._start = np.append(starts, outside)[conversation]

    def __call__(self, setting: Mask, values: Ints, default: int) -> tuple[Ints, Mask]:
        """Return the value after each event, and whether any value was set."""
        last = last_place_up_to(setting)
        known = last >= self._start
        return np.where(known, values[last], values.dtype.type(default)), known


def _track_chat_modes(timeline: Timeline, stated: _StatedValues, state: _State, start_mode: int) -> tuple[Ints, Mask]:
    spine = slice(0, timeline.spine)
    kind, stated_mode, to_mode = timeline.kind[spine], stated.mode[spine], stated.to_mode[spine]
    setting = (kind == HANDOFF) | (kind == ASSIGNED) | ((kind == SENT) & (stated.agent[spine] != NONE))
    implied = np.where(to_mode != NONE, to_mode, np.int8(AGENT))
    return state(setting, np.where(stated_mode != NONE, stated_mode, implied), start_mode)


def _track_chat_agents(timeline: Timeline, stated: _StatedValues, state: _State) -> Ints:
    spine = slice(0, timeline.spine)
    kind, agent = timeline.kind[spine], stated.agent[spine]
    back_to_bot = stated.to_mode[spine] == BOT
    naming = ((kind == HANDOFF) | (kind == ASSIGNED) | (kind == SENT)) & (agent != NONE)
    return state(naming | back_to_bot, np.where(back_to_bot, np.int32(NONE), agent), NONE)[0]


def _attribute_modes(timeline: Timeline, stated: Ints, chat_mode: Ints, known: Mask) -> tuple[Ints, Ints]:
    mode = stated.copy()
    origin = np.where(stated != NONE, np.int8(Origin.EXPLICIT), np.int8(Origin.MESSAGE))
    spine = slice(0, timeline.spine)
    unsaid = stated[spine] == NONE
    mode[spine] = np.where(unsaid, chat_mode, stated[spine])
    from_chat = np.where(known, np.int8(Origin.STATE), np.int8(Origin.START))
    origin[spine] = np.where(unsaid, from_chat, origin[spine])
    return _fill_receipts(timeline, mode), origin


def _attribute_agents(timeline: Timeline, stated: Ints, chat_agent: Ints) -> tuple[Ints, Ints]:
    agent = stated.copy()
    spine = slice(0, timeline.spine)
    from_chat = (stated[spine] == NONE) & (timeline.kind[spine] != SENT)  # an automatic message is no agent's work
    agent[spine] = np.where(from_chat, chat_agent, stated[spine])
    agent = _fill_receipts(timeline, agent)
    origin = np.where(stated != NONE, np.int8(Origin.EXPLICIT), np.int8(Origin.MESSAGE))
    origin[spine][from_chat] = Origin.STATE
    origin[agent == NONE] = Origin.NOWHERE
    return agent, origin


def _fill_receipts(timeline: Timeline, values: Ints) -> Ints:
    """Give receipts that state no value themselves the value of their message."""
    receipts = values[timeline.spine :]
    receipts[:] = np.where(receipts == NONE, values[timeline.message], receipts)
    return values


def _attribute_countries(events: pd.DataFrame, timeline: Timeline) -> tuple[Ints, Ints, pd.Index]:
    stated = timeline.codes(events["country_code"])
    users = events["user_id"].cat.categories
    of_contact = _country_of_contact(events, timeline, stated)
    by_phone = np.full(len(users), None, object)
    occurs = np.zeros(len(users), np.bool_)
    occurs[timeline.user] = True
    without_contact = np.flatnonzero(occurs & (of_contact == NONE))
    by_phone[without_contact] = find_regions(users[without_contact])

    names = events["country_code"].cat.categories
    countries = pd.Index(sorted({*names, *filter(None, by_phone)}), dtype="str")
    translation = np.append(countries.get_indexer(names), NONE).astype(np.int16)
    of_user = np.where(of_contact != NONE, translation[of_contact], countries.get_indexer(by_phone)).astype(np.int16)
    origin_of_user = np.where(of_contact != NONE, np.int8(Origin.CONTACT), np.int8(Origin.PHONE))
    origin_of_user[of_user == NONE] = Origin.NOWHERE
    unsaid = stated == NONE
    country = np.where(unsaid, of_user[timeline.user], translation[stated])
    return country, np.where(unsaid, origin_of_user[timeline.user], np.int8(Origin.EXPLICIT)), countries


def _country_of_contact(events: pd.DataFrame, timeline: Timeline, stated: Ints) -> Ints:
    """Return for each user the country code of the latest `contact.created` that has one; NONE if none has."""
    contacts = np.flatnonzero((timeline.kind == CREATED) & (stated != NONE))
    key = events["key_high"].to_numpy()[timeline.row[contacts]]
    contacts = contacts[np.lexsort((key, timeline.time[contacts]))]
    found = np.full(len(events["user_id"].cat.categories), NONE, np.int64)
    found[timeline.user[contacts]] = stated[contacts]  # of several writes to one place, the last stays
    return found


def encode_as(column: pd.Series, values: tuple[str, ...]) -> Ints:
    """Return a categorical column as indices into `values` (int8); NONE if missing."""
    translation = np.append(pd.Index(values).get_indexer(column.cat.categories), NONE).astype(np.int8)
    return translation[category_codes(column)]
