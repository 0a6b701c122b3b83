"""Attribution: for which conversation, service mode, agent and country an event counts, and how we know."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd

from analytics.facts.region import find_regions
from analytics.facts.rules import Rules
from analytics.facts.silence import Conversing, last_place_up_to
from analytics.facts.stated import AGENT, BOT, MODES, Stated
from analytics.facts.timeline import ASSIGNED, CREATED, HANDOFF, NONE, SENT, Ints, Mask, Timeline

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

    `conversation` (int32) is NONE for events outside any. `mode` (int8) indexes `MODES`, `agent` (int32) and `country`
    (int16) index `agents` and `countries`, NONE where nobody and unknown. The origins are codes of `Origin`.
    `chat_mode` and `chat_agent`, as long as the spine, are the chat's state after each event; each conversation
    begins in `start_mode`.
    """

    conversation: Ints
    mode: Ints
    agent: Ints
    country: Ints
    mode_origin: Ints
    agent_origin: Ints
    country_origin: Ints
    chat_mode: Ints
    chat_agent: Ints
    start_mode: int
    agents: pd.Index
    countries: pd.Index


def with_real_agents(events: pd.DataFrame) -> pd.DataFrame:
    """Return an event frame in which no agent is called `NOBODY`: such events name no agent."""
    agent = events["agent_id"]
    if NOBODY not in agent.cat.categories:
        return events
    return events.assign(agent_id=agent.cat.remove_categories(NOBODY))


def attribute(
    events: pd.DataFrame, timeline: Timeline, stated: Stated, conversing: Conversing, rules: Rules
) -> Attribution:
    """Attribute every event of a timeline. The rules must say in which mode each conversation starts."""
    with ThreadPoolExecutor(1) as thread:
        places = thread.submit(_attribute_countries, events, timeline)  # takes as long as all the rest
        state = _State(conversing.number, conversing.starts)
        chat_mode, mode_known = _track_chat_modes(timeline, stated, state, rules)
        chat_agent = _track_chat_agents(timeline, stated, state)
        mode, mode_origin = _attribute_modes(timeline, stated.mode, chat_mode, mode_known)
        agent, agent_origin = _attribute_agents(timeline, stated.agent, chat_agent)
    country, country_origin, countries = places.result()
    return Attribution(
        np.concatenate([conversing.number, conversing.number[timeline.message]]),
        mode,
        agent,
        country,
        mode_origin,
        agent_origin,
        country_origin,
        chat_mode,
        chat_agent,
        MODES.index(rules.start_mode),
        events["agent_id"].cat.categories,
        countries,
    )


class _State:
    """The state of a chat within a conversation: the value that was set last."""

    def __init__(self, conversation: Ints, starts: Ints) -> None:
        outside = len(conversation)  # an event outside every conversation remembers nothing
        self._start = np.append(starts, outside)[conversation]

    def __call__(self, setting: Mask, values: Ints, default: int) -> tuple[Ints, Mask]:
        """Return the value after each event, and whether any value was set."""
        last = last_place_up_to(setting)
        known = last >= self._start
        return np.where(known, values[last], values.dtype.type(default)), known


def _track_chat_modes(timeline: Timeline, stated: Stated, state: _State, rules: Rules) -> tuple[Ints, Mask]:
    spine = slice(0, timeline.spine)
    kind, to_mode = timeline.kind[spine], stated.to_mode[spine]
    setting = (kind == HANDOFF) | (kind == SENT) & (stated.agent[spine] != NONE)
    if not rules.assignments_route:
        setting |= kind == ASSIGNED
    named = np.where(stated.mode[spine] != NONE, stated.mode[spine], np.int8(AGENT))
    return state(setting, np.where(to_mode != NONE, to_mode, named), MODES.index(rules.start_mode))


def _track_chat_agents(timeline: Timeline, stated: Stated, state: _State) -> Ints:
    """Return the chat's agent after each spine event. A handoff that names no person, or leads to a bot, clears it."""
    spine = slice(0, timeline.spine)
    kind, to_mode = timeline.kind[spine], stated.to_mode[spine]
    named = np.where(stated.of_bot[spine], np.int32(NONE), stated.agent[spine])
    by_person = ((kind == ASSIGNED) | (kind == SENT)) & (named != NONE) & (stated.mode[spine] != BOT)
    setting = by_person | (kind == HANDOFF)
    return state(setting, np.where(to_mode == BOT, np.int32(NONE), named), NONE)[0]


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
    stated, spine = timeline.codes(events["country_code"]), slice(0, timeline.spine)
    names, users = events["country_code"].cat.categories, events["user_id"].cat.categories
    own, said = timeline.codes(events["user_id"])[spine], stated[spine] != NONE
    of_contact = _country_of_contact(events, timeline, stated)[timeline.user[spine]]
    asked = np.zeros(len(users), np.bool_)
    asked[own[~said & (of_contact == NONE)]] = True
    by_id = np.full(len(users), None, object)
    by_id[asked] = find_regions(users[asked])

    countries = pd.Index(sorted({*names, *filter(None, by_id)}), dtype="str")
    translation = np.append(countries.get_indexer(names), NONE).astype(np.int16)
    of_id = countries.get_indexer(by_id).astype(np.int16)
    country = translation[stated]
    country[spine] = np.select([said, of_contact != NONE], [country[spine], translation[of_contact]], of_id[own])
    origin = np.full(len(stated), Origin.EXPLICIT, np.int8)
    origin[spine] = np.select([said, of_contact != NONE], [Origin.EXPLICIT, Origin.CONTACT], Origin.PHONE)
    origin[spine][country[spine] == NONE] = Origin.NOWHERE
    of_message = np.where(said[timeline.message], np.int8(Origin.MESSAGE), origin[timeline.message])
    origin[timeline.spine :] = np.where(stated[timeline.spine :] == NONE, of_message, np.int8(Origin.EXPLICIT))
    return _fill_receipts(timeline, country), origin, countries


def _country_of_contact(events: pd.DataFrame, timeline: Timeline, stated: Ints) -> Ints:
    """Return for each customer the country code of the latest `contact.created` that has one; NONE if none has."""
    contacts = np.flatnonzero((timeline.kind == CREATED) & (stated != NONE))
    key = events["key_high"].to_numpy()[timeline.row[contacts]]
    contacts = contacts[np.lexsort((key, timeline.time[contacts]))]
    found = np.full(len(events["user_id"].cat.categories), NONE, np.int64)
    found[timeline.user[contacts]] = stated[contacts]  # of several writes to one place, the last stays
    return found
