"""Facts: narrow tables derived from events once, counted often.

They are built from all events and filtered afterwards, so that no pair is cut at the edge of a period. All sessions
share them; they are never changed. No fact depends on two customers: a subset of customers has the same rows, and
`concat` joins the facts of different customers.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum

import numpy as np
import pandas as pd

from analytics.events.customers import find_links, join_ids, leave_out_test_links
from analytics.events.timestamps import EARLIEST, to_microseconds
from analytics.facts.attribution import with_real_agents
from analytics.facts.cells import Cells
from analytics.facts.chronicle import Chronicle, build_chronicle
from analytics.facts.conversations import Conversations, find_conversations, find_participations
from analytics.facts.ledger import build_ledger
from analytics.facts.rules import FOUND, Rules
from analytics.facts.start import Evidence, choose_counting, weigh
from analytics.facts.stated import AGENT
from analytics.facts.timeline import NONE, Ints, Timeline, is_status
from analytics.facts.waits import Waits, find_waits

QUARTER = timedelta(minutes=15) // timedelta(microseconds=1)
"""A quarter of an hour in microseconds: every time zone's offset from UTC is a multiple of it."""

FIRST_QUARTER = to_microseconds(EARLIEST) // QUARTER


_CLOCK_TOLERANCE = timedelta(seconds=1) // timedelta(microseconds=1)
"""Some systems cut times to seconds: a status that is earlier than its message by less shows no wrong clock."""


class Fault(IntEnum):
    """What can be wrong with a status."""

    WITHOUT_MESSAGE = 0
    BEFORE_MESSAGE = 1


@dataclass(frozen=True)
class FactTable:
    """The columns of every fact: its cell, and its `quarter` (int32) of an hour since 2009 UTC."""

    quarter: Ints
    cells: Cells

    def __len__(self) -> int:
        """Return the number of facts."""
        return len(self.quarter)


@dataclass(frozen=True)
class EventFacts(FactTable):
    """One row per event. Cells: `kind`, `agent`, `mode`, `country`, `first` (of its kind), `to_mode`, `fault`.

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
class WaitFacts(FactTable):
    """One row per wait. Cells: `kind`, `state`, `agent`, `mode`, `country`, `answered_before`.

    `begin` and `end` (int32) are the places of its first event and of that which ended it, NONE while it runs;
    `duration` (int64) is microseconds, 0 while it runs.
    """

    begin: Ints
    end: Ints
    duration: Ints


@dataclass(frozen=True)
class MessageFacts(FactTable):
    """One row per message we sent.

    Cells: `agent`, `mode`, `country`, `delivered`, `read`, `failed`, `replied`, `template`, `content_type`, `error`;
    `place` (int32) is that of its event, `reply` that of the reply in time, NONE without one.
    """

    place: Ints
    reply: Ints


@dataclass(frozen=True)
class ConversationFacts(FactTable):
    """One row per conversation.

    Cells: `country`, `needed_agent`, `customer_wrote`, `customer_spoke_last`, `answered`, `afterword`, `ending`,
    `patient`. `first`, `last`, `handoff`, `last_handoff`, `resolve` and `back` (int32) are places of events (see
    `Conversations`). `pair_conversation` and `pair_agent` (int32) list who took part.
    """

    first: Ints
    last: Ints
    handoff: Ints
    last_handoff: Ints
    resolve: Ints
    back: Ints
    pair_conversation: Ints
    pair_agent: Ints


@dataclass(frozen=True)
class HandoffFacts(FactTable):
    """One row per handoff to an agent. Cells: `reason`, `step`; `place` (int32) is that of its event."""

    place: Ints


@dataclass(frozen=True)
class Facts:
    """All facts of an event frame, and the names its codes stand for (NONE: nobody, unknown, not given).

    `size` is the number of rows of the event frame. `customer` (int32) is for each of the frame's users the customer
    that they are: the first of the users that are the same. `chat_owner` (int32) is the customer of each chat. `oldest`
    and `newest` are the first and the last time of the events that count, microseconds since 1970 UTC, None where there
    are none. `start_mode` (`bot` or `agent`) is who answers first, and `evidence` what the events say of that.
    """

    events: EventFacts
    waits: WaitFacts
    messages: MessageFacts
    conversations: ConversationFacts
    handoffs: HandoffFacts
    chat_owner: Ints
    customer: Ints
    rules: Rules
    start_mode: str
    evidence: Evidence
    size: int
    oldest: int | None
    newest: int | None
    agents: pd.Index
    countries: pd.Index
    templates: pd.Index
    content_types: pd.Index
    errors: pd.Index
    reasons: pd.Index
    steps: pd.Index


def build_facts(events: pd.DataFrame, rules: Rules | None = None, links: pd.DataFrame | None = None) -> Facts:
    """Return the facts of an event frame (see `analytics.events.frame`); an agent called `NOBODY` is no agent.

    `links` say which ids are one customer's (see `analytics.events.customers`); without them, the frame's own do.
    """
    rules = rules or Rules()
    customer = number_customers(events, find_links(events) if links is None else links, rules)
    events = with_real_agents(events)
    size, kept = len(events), None
    counting = choose_counting(events, include_test=rules.include_test)
    if counting is not None:
        kept = np.flatnonzero(counting).astype(np.int32)
        events = events.iloc[kept]
    evidence = weigh(events, rules.bots)
    start_mode = evidence.mode if rules.start_mode == FOUND else rules.start_mode
    told = build_chronicle(events, replace(rules, start_mode=start_mode), customer)
    conversations = find_conversations(told)
    quarter = (told.timeline.time // QUARTER - FIRST_QUARTER).astype(np.int32)
    with ThreadPoolExecutor(1) as thread:
        waits = thread.submit(find_waits, told, conversations, rules)  # takes as long as the others together
        others = (
            _event_facts(events, told, quarter, kept),
            _message_facts(events, told, quarter, rules.reply_window),
            _conversation_facts(told, conversations, quarter),
            _handoff_facts(events, told, quarter),
        )
    time = told.timeline.time
    return Facts(
        others[0],
        _wait_facts(waits.result(), told, quarter),
        *others[1:],
        told.timeline.chat_owner,
        customer,
        rules,
        start_mode,
        evidence,
        size,
        int(time.min()) if len(time) else None,
        int(time.max()) if len(time) else None,
        told.attribution.agents,
        told.attribution.countries,
        *(
            events[name].cat.categories
            for name in ("template_id", "content_type", "error_code", "handoff_reason", "journey_step")
        ),
    )


def _event_facts(events: pd.DataFrame, told: Chronicle, quarter: Ints, kept: Ints | None) -> EventFacts:
    timeline, attribution = told.timeline, told.attribution
    cells = Cells.of(
        kind=timeline.kind,
        agent=attribution.agent,
        mode=attribution.mode,
        country=attribution.country,
        first=timeline.first.view(np.int8),
        to_mode=told.stated.to_mode,
        fault=_find_faults(timeline),
    )
    message = np.full(len(timeline.kind), NONE, np.int32)
    message[timeline.spine :] = timeline.message
    origin = (attribution.agent_origin + 8 * attribution.mode_origin).astype(np.uint8)
    return EventFacts(
        quarter,
        cells,
        timeline.time,
        timeline.row if kept is None else kept[timeline.row],
        timeline.chat,
        attribution.conversation,
        message,
        timeline.codes(events["content_type"]),
        origin,
        attribution.country_origin,
    )


def number_customers(events: pd.DataFrame, links: pd.DataFrame, rules: Rules) -> Ints:
    """Return for each of the frame's users (int32) the first of the users that are the same customer."""
    known = links if rules.include_test else leave_out_test_links(links)
    return join_ids(events["user_id"].cat.categories, known)


def _find_faults(timeline: Timeline) -> Ints:
    """Return what is wrong with each event (int8): a status needs its message, and cannot come before it."""
    fault = np.full(len(timeline.kind), NONE, np.int8)
    spine, receipts = slice(0, timeline.spine), slice(timeline.spine, None)
    fault[spine][is_status(timeline.kind[spine])] = Fault.WITHOUT_MESSAGE
    fault[receipts][timeline.time[timeline.message] - timeline.time[receipts] >= _CLOCK_TOLERANCE] = (
        Fault.BEFORE_MESSAGE
    )
    return fault


def _wait_facts(found: Waits, told: Chronicle, quarter: Ints) -> WaitFacts:
    cells = Cells.of(
        kind=found.kind,
        state=found.state,
        agent=found.agent,
        mode=found.mode,
        country=told.attribution.country[found.begin],
        answered_before=found.answered_before.view(np.int8),
    )
    return WaitFacts(quarter[found.begin], cells, found.begin, found.end, found.duration)


def _message_facts(events: pd.DataFrame, told: Chronicle, quarter: Ints, reply_window: timedelta) -> MessageFacts:
    rows, timeline, attribution = build_ledger(events, told, reply_window), told.timeline, told.attribution
    cells = Cells.of(
        agent=attribution.agent[rows.place],
        mode=attribution.mode[rows.place],
        country=attribution.country[rows.place],
        delivered=rows.delivered.view(np.int8),
        read=rows.read.view(np.int8),
        failed=rows.failed.view(np.int8),
        replied=(rows.reply != NONE).view(np.int8),
        template=timeline.codes(events["template_id"])[rows.place],
        content_type=timeline.codes(events["content_type"])[rows.place],
        error=rows.error,
    )
    return MessageFacts(quarter[rows.place], cells, rows.place, rows.reply)


def _conversation_facts(told: Chronicle, rows: Conversations, quarter: Ints) -> ConversationFacts:
    cells = Cells.of(
        country=told.attribution.country[rows.first],
        needed_agent=rows.needed_agent.view(np.int8),
        customer_wrote=rows.customer_wrote.view(np.int8),
        customer_spoke_last=rows.customer_spoke_last.view(np.int8),
        answered=rows.answered.view(np.int8),
        afterword=rows.afterword.view(np.int8),
        ending=rows.ending,
        patient=rows.patient.view(np.int8),
    )
    places = (rows.first, rows.last, rows.handoff, rows.last_handoff, rows.resolve, rows.back)
    return ConversationFacts(quarter[rows.first], cells, *places, *find_participations(told))


def _handoff_facts(events: pd.DataFrame, told: Chronicle, quarter: Ints) -> HandoffFacts:
    timeline = told.timeline
    place = np.flatnonzero(told.stated.to_mode == AGENT).astype(np.int32)
    cells = Cells.of(
        reason=timeline.codes(events["handoff_reason"])[place], step=timeline.codes(events["journey_step"])[place]
    )
    return HandoffFacts(quarter[place], cells, place)
