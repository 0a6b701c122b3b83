"""Attribution: which conversation, service mode, agent and country an event counts for, and how we know."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

import numpy as np
import pandas as pd

from analytics.facts.region import regions
from analytics.facts.timeline import (
    ASSIGNED,
    CREATED,
    DELIVERED,
    HANDOFF,
    NONE,
    READ,
    RESOLVED,
    SENT,
    Ints,
    Mask,
    Timeline,
    category_codes,
)

MODES = ("bot", "agent")
BOT, AGENT = 0, 1
NOBODY = "(none)"
"""What no agent is called. It is nobody's agentId: two of one name could not be told apart."""


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
    """Columns beside a timeline's, of its length unless said otherwise.

    `conversation` (int32) is NONE for a status outside any; `conversation_start` holds the place of each
    conversation's first event. `mode` (int8) indexes `MODES`, `agent` (int32) and `country` (int16) index
    `agents` and `countries`, NONE where nobody and unknown. The origins are codes of `Origin`.
    `chat_mode` and `chat_agent`, along the spine, are the chat's state as of each event; each conversation
    began in `start_mode`. `to_mode` (int8) says where a handoff leads, NONE for all other events.
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
    """Return an event frame in which events whose agentId is `NOBODY` name no agent, so that they count for nobody."""
    agent = events["agent_id"]
    if NOBODY not in agent.cat.categories:
        return events
    return events.assign(agent_id=agent.cat.remove_categories(NOBODY))


def attribute(events: pd.DataFrame, line: Timeline, *, start_mode: int, silence: timedelta) -> Attribution:
    """Attribute every event of a timeline. Each conversation begins in `start_mode`."""
    with ThreadPoolExecutor(1) as thread:
        places = thread.submit(_countries, events, line)  # takes as long as all the rest
        conversation, starts = _conversations(line, silence)
        said = _Said.by(events, line)
        state = _State(conversation, starts)
        chat_mode, mode_known = _chat_modes(line, said, state, start_mode)
        chat_agent = _chat_agents(line, said, state)
        mode, mode_origin = _modes(line, said.mode, chat_mode, mode_known)
        agent, agent_origin = _agents(line, said.agent, chat_agent)
    country, country_origin, countries = places.result()
    return Attribution(
        np.concatenate([conversation, conversation[line.message]]),
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
        said.to_mode,
        events["agent_id"].cat.categories,
        countries,
    )


def _conversations(line: Timeline, silence: timedelta) -> tuple[Ints, Ints]:
    """Return each spine event's conversation and where conversations start.

    One runs to the next `chat.resolved`, inclusive, or until `silence` passes. A status without its message
    neither begins nor prolongs one: it belongs to the one that is running, if any.
    """
    chat, time, kind = line.chat[: line.spine], line.time[: line.spine], line.kind[: line.spine]
    status = (kind == DELIVERED) | (kind == READ)
    before = _place_before(~status)
    running = (
        (before != NONE)
        & (chat[before] == chat)
        & (kind[before] != RESOLVED)
        & (time - time[before] < silence // timedelta(microseconds=1))
    )
    starts = np.flatnonzero(~status & ~running)
    begins = np.zeros(line.spine, np.int32)
    begins[starts] = 1
    conversation = np.cumsum(begins, dtype=np.int32) - 1
    conversation[status & ~running] = NONE
    return conversation, starts


def _place_before(wanted: Mask) -> Ints:
    """Return for each place the last wanted one before it, NONE if there is none."""
    before = np.full(len(wanted), NONE, np.int64)
    before[1:] = latest(wanted)[:-1]
    return before


def latest(wanted: Mask) -> Ints:
    """Return for each place the last wanted one up to it, NONE if there is none."""
    return np.maximum.accumulate(np.where(wanted, np.arange(len(wanted)), NONE))


@dataclass(frozen=True)
class _Said:
    """What events say themselves: `mode` and `to_mode` (int8), `agent` (int32), NONE where they do not."""

    mode: Ints
    agent: Ints
    to_mode: Ints

    @classmethod
    def by(cls, events: pd.DataFrame, line: Timeline) -> "_Said":
        """Read it from an event frame, in the timeline's order."""
        return cls(
            fixed_codes(events["service_mode"], MODES)[line.row],
            line.codes(events["agent_id"]).astype(np.int32),
            np.where(line.kind == HANDOFF, fixed_codes(events["to_mode"], MODES)[line.row], np.int8(NONE)),
        )


class _State:
    """What the chat remembers within a conversation: the value that was set last."""

    def __init__(self, conversation: Ints, starts: Ints) -> None:
        outside = len(conversation)  # a status outside any conversation remembers nothing
        self._start = np.append(starts, outside)[conversation]

    def __call__(self, setting: Mask, values: Ints, default: int) -> tuple[Ints, Mask]:
        """Return the value as of each event, the event included, and whether any was set."""
        last = latest(setting)
        known = last >= self._start
        return np.where(known, values[last], values.dtype.type(default)), known


def _chat_modes(line: Timeline, said: _Said, state: _State, start_mode: int) -> tuple[Ints, Mask]:
    spine = slice(0, line.spine)
    kind, said_mode, to_mode = line.kind[spine], said.mode[spine], said.to_mode[spine]
    setting = (kind == HANDOFF) | (kind == ASSIGNED) | ((kind == SENT) & (said.agent[spine] != NONE))
    implied = np.where(to_mode != NONE, to_mode, np.int8(AGENT))
    return state(setting, np.where(said_mode != NONE, said_mode, implied), start_mode)


def _chat_agents(line: Timeline, said: _Said, state: _State) -> Ints:
    spine = slice(0, line.spine)
    kind, agent = line.kind[spine], said.agent[spine]
    back_to_bot = said.to_mode[spine] == BOT
    naming = ((kind == HANDOFF) | (kind == ASSIGNED) | (kind == SENT)) & (agent != NONE)
    return state(naming | back_to_bot, np.where(back_to_bot, np.int32(NONE), agent), NONE)[0]


def _modes(line: Timeline, said: Ints, chat_mode: Ints, known: Mask) -> tuple[Ints, Ints]:
    mode = said.copy()
    origin = np.where(said != NONE, np.int8(Origin.EXPLICIT), np.int8(Origin.MESSAGE))
    spine = slice(0, line.spine)
    unsaid = said[spine] == NONE
    mode[spine] = np.where(unsaid, chat_mode, said[spine])
    from_chat = np.where(known, np.int8(Origin.STATE), np.int8(Origin.START))
    origin[spine] = np.where(unsaid, from_chat, origin[spine])
    return _with_receipts(line, mode), origin


def _agents(line: Timeline, said: Ints, chat_agent: Ints) -> tuple[Ints, Ints]:
    agent = said.copy()
    spine = slice(0, line.spine)
    from_chat = (said[spine] == NONE) & (line.kind[spine] != SENT)  # an automatic message is no agent's work
    agent[spine] = np.where(from_chat, chat_agent, said[spine])
    agent = _with_receipts(line, agent)
    origin = np.where(said != NONE, np.int8(Origin.EXPLICIT), np.int8(Origin.MESSAGE))
    origin[spine][from_chat] = Origin.STATE
    origin[agent == NONE] = Origin.NOWHERE
    return agent, origin


def _with_receipts(line: Timeline, values: Ints) -> Ints:
    """Give receipts that say nothing themselves the value of their message."""
    receipts = values[line.spine :]
    receipts[:] = np.where(receipts == NONE, values[line.message], receipts)
    return values


def _countries(events: pd.DataFrame, line: Timeline) -> tuple[Ints, Ints, pd.Index]:
    said = line.codes(events["country_code"])
    users = events["user_id"].cat.categories
    of_contact = _country_of_contact(events, line, said)
    by_phone = np.full(len(users), None, object)
    occurs = np.zeros(len(users), np.bool_)
    occurs[line.user] = True
    asked = np.flatnonzero(occurs & (of_contact == NONE))
    by_phone[asked] = regions(users[asked])

    names = events["country_code"].cat.categories
    countries = pd.Index(sorted({*names, *filter(None, by_phone)}), dtype="str")
    translation = np.append(countries.get_indexer(names), NONE).astype(np.int16)
    of_user = np.where(of_contact != NONE, translation[of_contact], countries.get_indexer(by_phone)).astype(np.int16)
    origin_of_user = np.where(of_contact != NONE, np.int8(Origin.CONTACT), np.int8(Origin.PHONE))
    origin_of_user[of_user == NONE] = Origin.NOWHERE
    unsaid = said == NONE
    country = np.where(unsaid, of_user[line.user], translation[said])
    return country, np.where(unsaid, origin_of_user[line.user], np.int8(Origin.EXPLICIT)), countries


def _country_of_contact(events: pd.DataFrame, line: Timeline, said: Ints) -> Ints:
    """Return the country code of each user's latest `contact.created` that has one."""
    contacts = np.flatnonzero((line.kind == CREATED) & (said != NONE))
    key = events["key_high"].to_numpy()[line.row[contacts]]
    contacts = contacts[np.lexsort((key, line.time[contacts]))]
    found = np.full(len(events["user_id"].cat.categories), NONE, np.int64)
    found[line.user[contacts]] = said[contacts]  # of several writes to one place, the last stays
    return found


def fixed_codes(column: pd.Series, values: tuple[str, ...]) -> Ints:
    """Return a categorical column as indices into `values`, NONE where missing."""
    translation = np.append(pd.Index(values).get_indexer(column.cat.categories), NONE).astype(np.int8)
    return translation[category_codes(column)]
