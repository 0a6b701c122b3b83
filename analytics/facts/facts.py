"""Facts: narrow tables derived from events once, counted often.

They are built over all events, then filtered, so that no pair is cut at the edge of a period. Facts are
shared by all sessions and never changed. Nothing crosses users: the facts of a subset of users are the same
rows, and `concat` puts facts of different users together again.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

import numpy as np
import pandas as pd

from analytics.events.timestamps import EARLIEST, to_microseconds
from analytics.facts.attribution import AGENT, BOT, MODES, Attribution, attribute, fixed_codes, with_real_agents
from analytics.facts.cells import Cells
from analytics.facts.conversations import conversations, participations
from analytics.facts.ledger import ledger
from analytics.facts.timeline import DELIVERED, NONE, READ, SENT, Ints, Mask, Timeline, timeline
from analytics.facts.waits import waits

QUARTER = timedelta(minutes=15) // timedelta(microseconds=1)
"""A quarter of an hour in microseconds: every time zone's offset from UTC is a multiple of it."""

FIRST_QUARTER = to_microseconds(EARLIEST) // QUARTER


_CLOCKS_DIFFER = timedelta(seconds=1) // timedelta(microseconds=1)
"""Some systems cut their times to seconds; a status that is earlier by less says nothing about clocks."""


class Fault(IntEnum):
    """What can be wrong with a status."""

    WITHOUT_MESSAGE = 0
    BEFORE_MESSAGE = 1


@dataclass(frozen=True)
class Rules:
    """Settings under which facts are made."""

    start_mode: str = "bot"
    silence: timedelta = timedelta(hours=24)
    reply_window: timedelta = timedelta(hours=24)
    include_test: bool = False


@dataclass(frozen=True)
class Table:
    """What every fact has: its cell, and `quarter` (int32), its quarter of an hour since 2009 UTC."""

    quarter: Ints
    cells: Cells

    def __len__(self) -> int:
        """Return the number of facts."""
        return len(self.quarter)


@dataclass(frozen=True)
class EventFacts(Table):
    """One row per event. Cells: `kind`, `agent`, `mode`, `country`, `first` (of the user's kind), `to_mode`, `fault`.

    `fault` is what is wrong with a status: a code of `Fault`, NONE where nothing is.
    `time` (int64) is microseconds since 1970 UTC, `row` (int32) the event's place in the event frame, test
    events included, `chat` and `conversation` (int32) number chats and conversations. `message` (int32) is the
    place of the message that a status is about, NONE where it is not known and for all other events. `content_type`
    (integers, codes of the content types) is that of a message, NONE for all other events. `origin`
    (uint8) says how the event was attributed: origin of the agent + 8 × that of the mode (codes of `Origin`);
    `country_origin` (int8) is that of the country.
    """

    time: Ints
    row: Ints
    chat: Ints
    conversation: Ints
    message: Ints
    content_type: Ints
    origin: Ints
    country_origin: Ints


@dataclass(frozen=True)
class WaitFacts(Table):
    """One row per wait. Cells: `kind`, `state`, `agent`, `mode`, `country`.

    `begin` (int32) is the place of its first event; `duration` (int64) is microseconds, 0 while waiting.
    """

    begin: Ints
    duration: Ints


@dataclass(frozen=True)
class MessageFacts(Table):
    """One row per message we sent.

    Cells: `agent`, `mode`, `country`, `delivered`, `read`, `replied`, `template`, `content_type`; `place`
    (int32) is that of its event.
    """

    place: Ints


@dataclass(frozen=True)
class ConversationFacts(Table):
    """One row per conversation.

    Cells: `country`, `needed_agent`, `customer_wrote`, `customer_spoke_last`, `ending`. `first`, `last` and
    `handoff` (int32) are places of events. `pair_conversation` and `pair_agent` (int32) list who took part.
    """

    first: Ints
    last: Ints
    handoff: Ints
    pair_conversation: Ints
    pair_agent: Ints


@dataclass(frozen=True)
class HandoffFacts(Table):
    """One row per handoff to an agent. Cells: `reason`, `step`; `place` (int32) is that of its event."""

    place: Ints


@dataclass(frozen=True)
class Facts:
    """All facts of an event frame, and the names its codes stand for (NONE: nobody, unknown, not given).

    `size` is the number of rows of the event frame; `chat_owner` (int32) is the user of each chat, a code of
    the frame's users. `oldest` and `newest` are the first and the last time in the data, microseconds since
    1970 UTC, None where there are no events.
    """

    events: EventFacts
    waits: WaitFacts
    messages: MessageFacts
    conversations: ConversationFacts
    handoffs: HandoffFacts
    chat_owner: Ints
    rules: Rules
    size: int
    oldest: int | None
    newest: int | None
    agents: pd.Index
    countries: pd.Index
    templates: pd.Index
    content_types: pd.Index
    reasons: pd.Index
    steps: pd.Index


def build_facts(events: pd.DataFrame, rules: Rules | None = None) -> Facts:
    """Return the facts of an event frame (see `analytics.events.frame`); who is called `NOBODY` is nobody."""
    rules = rules or Rules()
    events = with_real_agents(events)
    size, kept = len(events), None
    if not rules.include_test and events["test"].any():
        kept = np.flatnonzero(~events["test"].to_numpy()).astype(np.int32)
        events = events.iloc[kept]
    line = timeline(events)
    given = attribute(events, line, start_mode=MODES.index(rules.start_mode), silence=rules.silence)
    times = events["timestamp"].array.asi8
    quarter = (line.time // QUARTER - FIRST_QUARTER).astype(np.int32)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(_wait_facts, events, line, given, quarter)  # takes as long as the others together
        others = (
            _event_facts(events, line, given, quarter, line.row if kept is None else kept[line.row]),
            _message_facts(events, line, given, quarter, rules.reply_window),
            _conversation_facts(line, given, quarter),
            _handoff_facts(events, line, given, quarter),
        )
    return Facts(
        others[0],
        waiting.result(),
        *others[1:],
        line.chat_owner,
        rules,
        size,
        int(times.min()) if len(times) else None,
        int(times.max()) if len(times) else None,
        given.agents,
        given.countries,
        *(events[name].cat.categories for name in ("template_id", "content_type", "handoff_reason", "journey_step")),
    )


def _event_facts(events: pd.DataFrame, line: Timeline, given: Attribution, quarter: Ints, row: Ints) -> EventFacts:
    cells = Cells.of(
        kind=line.kind,
        agent=given.agent,
        mode=given.mode,
        country=given.country,
        first=line.first.view(np.int8),
        to_mode=given.to_mode,
        fault=_faults(line),
    )
    message = np.full(len(line.kind), NONE, np.int32)
    message[line.spine :] = line.message
    origin = (given.agent_origin + 8 * given.mode_origin).astype(np.uint8)
    return EventFacts(
        quarter,
        cells,
        line.time,
        row,
        line.chat,
        given.conversation,
        message,
        line.codes(events["content_type"]),
        origin,
        given.country_origin,
    )


def _faults(line: Timeline) -> Ints:
    """Return what is wrong with each event (int8): a status is about a message, and cannot come before it."""
    fault = np.full(len(line.kind), NONE, np.int8)
    spine, receipts = slice(0, line.spine), slice(line.spine, None)
    fault[spine][(line.kind[spine] == DELIVERED) | (line.kind[spine] == READ)] = Fault.WITHOUT_MESSAGE
    fault[receipts][line.time[line.message] - line.time[receipts] >= _CLOCKS_DIFFER] = Fault.BEFORE_MESSAGE
    return fault


def _wait_facts(events: pd.DataFrame, line: Timeline, given: Attribution, quarter: Ints) -> WaitFacts:
    found = waits(line, given, _human_messages(events, line))
    cells = Cells.of(
        kind=found.kind,
        state=found.state,
        agent=found.agent,
        mode=found.mode,
        country=given.country[found.begin],
    )
    return WaitFacts(quarter[found.begin], cells, found.begin, found.duration)


def _human_messages(events: pd.DataFrame, line: Timeline) -> Mask:
    """Return which spine events are messages by a person: they say so, or name an agent and no bot."""
    spine = slice(0, line.spine)
    said_mode = fixed_codes(events["service_mode"], MODES)[line.row[spine]]
    has_agent = line.codes(events["agent_id"])[spine] != NONE
    human: Mask = (line.kind[spine] == SENT) & ((said_mode == AGENT) | has_agent & (said_mode != BOT))
    return human


def _message_facts(
    events: pd.DataFrame, line: Timeline, given: Attribution, quarter: Ints, reply_window: timedelta
) -> MessageFacts:
    rows = ledger(line, reply_window)
    cells = Cells.of(
        agent=given.agent[rows.place],
        mode=given.mode[rows.place],
        country=given.country[rows.place],
        delivered=rows.delivered.view(np.int8),
        read=rows.read.view(np.int8),
        replied=rows.replied.view(np.int8),
        template=line.codes(events["template_id"])[rows.place],
        content_type=line.codes(events["content_type"])[rows.place],
    )
    return MessageFacts(quarter[rows.place], cells, rows.place)


def _conversation_facts(line: Timeline, given: Attribution, quarter: Ints) -> ConversationFacts:
    rows = conversations(line, given)
    cells = Cells.of(
        country=given.country[rows.first],
        needed_agent=rows.needed_agent.view(np.int8),
        customer_wrote=rows.customer_wrote.view(np.int8),
        customer_spoke_last=rows.customer_spoke_last.view(np.int8),
        ending=rows.ending,
    )
    pairs = participations(line, given)
    return ConversationFacts(quarter[rows.first], cells, rows.first, rows.last, rows.handoff, *pairs)


def _handoff_facts(events: pd.DataFrame, line: Timeline, given: Attribution, quarter: Ints) -> HandoffFacts:
    place = np.flatnonzero(given.to_mode == AGENT).astype(np.int32)
    cells = Cells.of(reason=line.codes(events["handoff_reason"])[place], step=line.codes(events["journey_step"])[place])
    return HandoffFacts(quarter[place], cells, place)
