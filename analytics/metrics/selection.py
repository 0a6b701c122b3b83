"""Selections: the facts that pass a filter. Everything is paired before it is filtered, never after."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analytics.events.timestamps import to_microseconds
from analytics.facts.calendar import Calendar, build_calendar
from analytics.facts.facts import FIRST_QUARTER, QUARTER, Facts, FactTable
from analytics.facts.names import codes_of
from analytics.facts.rules import Rules
from analytics.facts.shard import Shard
from analytics.facts.stated import MODES
from analytics.facts.timeline import NONE, RECEIVED, SENT, STATUSES, Ints, Mask
from analytics.facts.waits import ANSWERED, CLOSED, NEVER, WAITING
from analytics.metrics.filters import NOBODY, UNKNOWN, Filter
from analytics.metrics.terms import Terms

_FIRST_DAY = date(1970, 1, 1)
_STATES = 8
"""More than the states of waits."""


@dataclass(frozen=True)
class Scope:
    """What is asked of all customers alike: the filter, the terms, "now", the rules, and how far back all data reach.

    `as_of`, `oldest` and `newest` are microseconds since 1970 UTC. `compared_with` is the scope that this one is
    compared with: the trends of both have the same intervals. `waits_as_of` is an earlier "now" for waits alone: those
    that ended later were waiting then.
    """

    filter: Filter
    terms: Terms
    as_of: int
    rules: Rules
    oldest: int | None
    newest: int | None
    compared_with: "Scope | None" = None
    waits_as_of: int | None = None

    @classmethod
    def over(
        cls, shards: Sequence[Shard], chosen: Filter, as_of: int | None = None, terms: Terms | None = None
    ) -> "Scope":
        """Return the scope of all shards, made under the same rules; "now" is their newest event unless it is given."""
        facts = [shard.facts for shard in shards]
        oldest = min((part.oldest for part in facts if part.oldest is not None), default=None)
        newest = max((part.newest for part in facts if part.newest is not None), default=None)
        now = as_of if as_of is not None else (newest or 0)
        return cls(chosen, terms or Terms(), now, facts[0].rules, oldest, newest)

    @property
    def without_period(self) -> "Scope":
        """The same without a period: for numbers about now, whenever something began."""
        chosen = replace(self.filter, first_day=None, last_day=None, before=None)
        return replace(self, filter=chosen, compared_with=None, waits_as_of=None)


class _Messages(NamedTuple):
    """Messages that are asked for by what they are: their places, and the kinds of events that pass for no other.

    `holding` are the conversations that hold one, the last being none, where NONE points to.
    """

    kinds: tuple[int, ...]
    place: Ints
    holding: Mask


class Selection:
    """The facts that pass a filter: a boolean mask for each table, made when first asked for.

    An event counts at its own time, a message when it was sent, a wait at its beginning and a conversation
    at its first event: these decide its day, weekday and hour. Of a template pass its messages and their statuses,
    no others of ours; of a content type its messages, the customers' among them, and their statuses, no others. Of both
    pass the conversations that hold one of these messages, with their waits and all other events.
    `as_of` (microseconds since 1970 UTC) is "now" for what is still open, that of the newest event unless it is given.
    `terms` say how answers are judged. Where the facts are of some customers alone, the `scope` is that of all. Only
    questions about rows need the event `frame` that the facts were made of.
    """

    def __init__(
        self,
        facts: Facts,
        chosen: Filter,
        as_of: int | None = None,
        terms: Terms | None = None,
        *,
        frame: pd.DataFrame | None = None,
    ) -> None:
        self.shard = Shard(facts, frame)
        self.scope = Scope.over([self.shard], chosen, as_of, terms)

    @classmethod
    def in_scope(cls, shard: Shard, scope: Scope) -> "Selection":
        """Return the selection of a shard, which may be of some customers alone, in the scope of all."""
        selection = cls.__new__(cls)
        selection.shard, selection.scope = shard, scope
        return selection

    @property
    def facts(self) -> Facts:
        """The facts, of which some pass."""
        return self.shard.facts

    @property
    def filter(self) -> Filter:
        """What passes."""
        return self.scope.filter

    @property
    def as_of(self) -> int:
        """Now, in microseconds since 1970 UTC."""
        return self.scope.as_of

    @property
    def terms(self) -> Terms:
        """How answers are judged."""
        return self.scope.terms

    @property
    def waits_as_of(self) -> int:
        """Now for waits, in microseconds since 1970 UTC."""
        return self.as_of if self.scope.waits_as_of is None else self.scope.waits_as_of

    def with_terms(self, terms: Terms) -> "Selection":
        """Return the same selection with other terms; masks that were computed already are kept."""
        other = copy(self)
        other.scope = replace(self.scope, terms=terms)
        return other

    @cached_property
    def without_period(self) -> "Selection":
        """The same selection without a period."""
        return Selection.in_scope(self.shard, self.scope.without_period)

    @cached_property
    def agent_codes(self) -> list[int]:
        """The codes of the agents that the filter names."""
        return codes_of(self.filter.agents, self.facts.agents, NOBODY)

    @cached_property
    def template_codes(self) -> list[int]:
        """The codes of the templates that the filter names."""
        return codes_of(self.filter.templates, self.facts.templates)

    @cached_property
    def content_type_codes(self) -> list[int]:
        """The codes of the content types that the filter names."""
        return codes_of(self.filter.content_types, self.facts.content_types)

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar of the filter's time zone, long enough for all facts."""
        newest = (self.facts.newest or 0) // QUARTER - FIRST_QUARTER
        return build_calendar(self.filter.timezone, max(0, newest) + 1)

    @cached_property
    def events(self) -> Mask:
        """The events that pass."""
        passing = self._find_passing(self.facts.events, self.facts.events.time)
        for wanted in self._wanted_messages:
            passing &= self._around(wanted)
        return passing

    @cached_property
    def waits(self) -> Mask:
        """The waits that pass."""
        begin = self.facts.waits.begin
        passing = self._find_passing(self.facts.waits, self.facts.events.time, begin)
        for wanted in self._wanted_messages:
            passing &= wanted.holding[self.facts.events.conversation[begin]]
        return passing

    @cached_property
    def messages(self) -> Mask:
        """The messages we sent that pass."""
        return self._find_passing(self.facts.messages, self.facts.events.time, self.facts.messages.place)

    @cached_property
    def handoffs(self) -> Mask:
        """The handoffs to an agent whose event passes."""
        return self.events[self.facts.handoffs.place]

    @cached_property
    def wait_states(self) -> Ints:
        """What has become of each wait as of now (int8): running ones are overdue from some age on."""
        rows, now = self.facts.waits, self.waits_as_of
        state = rows.cells.table["state"].to_numpy()[rows.cells.code]
        if now < (self.facts.newest or now):
            ended = np.flatnonzero(np.isin(state, (ANSWERED, CLOSED, NEVER)))
            later = self.facts.events.time[rows.begin[ended]] + rows.duration[ended] > now
            state[ended[later & (rows.end[ended] != NONE)]] = WAITING
        running = np.flatnonzero(state == WAITING)
        age = now - self.facts.events.time[rows.begin[running]]
        state[running[age >= self.facts.rules.never_answered // timedelta(microseconds=1)]] = NEVER
        return state

    @cached_property
    def wait_fates(self) -> Ints:
        """What kind of wait each is, and what has become of it as of now: `fate_of` a kind and a state (int8)."""
        table = self.facts.waits.cells.table
        kind: Ints = fate_of(table["kind"].to_numpy(), 0).astype(np.int8)
        fates: Ints = kind[self.facts.waits.cells.code] + self.wait_states
        return fates

    @cached_property
    def conversations(self) -> Mask:
        """The conversations that pass. Any event by the agents counts; the mode is whether an agent was needed."""
        rows = self.facts.conversations
        if not self.filter.agents:
            return self.conversations_of_anybody
        taking_part = np.zeros(len(rows), np.bool_)
        theirs = np.isin(rows.pair_agent, self.agent_codes)
        taking_part[rows.pair_conversation[theirs]] = True
        return self.conversations_of_anybody & taking_part

    @cached_property
    def conversations_of_anybody(self) -> Mask:
        """The conversations that pass, whoever took part in them."""
        rows = self.facts.conversations
        passing = self._find_passing(rows, self.facts.events.time, rows.first)
        for wanted in self._wanted_messages:
            passing &= wanted.holding[:-1]
        return passing

    @cached_property
    def event_counts(self) -> pd.DataFrame:
        """The cells of the events that pass, with the `count` of each; only cells that occur."""
        counts = self.facts.events.cells.count(self.events)
        return counts[counts["count"] > 0]

    @cached_property
    def message_counts(self) -> pd.DataFrame:
        """The cells of the messages that pass, with the `count` of each; only cells that occur."""
        counts = self.facts.messages.cells.count(self.messages)
        return counts[counts["count"] > 0]

    @cached_property
    def event_quarters(self) -> tuple[Ints, Ints]:
        """Cell and quarter of an hour of the events that pass."""
        events = self.facts.events
        return events.cells.code[self.events], events.quarter[self.events]

    def quarters_of(self, kind: int, *, first_only: bool = False) -> Ints:
        """Return the quarters of an hour in which events of a kind happened; optionally each user's first."""
        table = self.facts.events.cells.table
        wanted = (table["kind"] == kind) & ((table["first"] == 1) | (not first_only))
        codes, quarters = self.event_quarters
        return quarters[wanted.to_numpy()[codes]]

    def _find_passing(self, rows: FactTable, time: Ints, place: Ints | None = None) -> Mask:
        passing = self._find_passing_cells(rows.cells.table)[rows.cells.code]
        if self.filter.first_day or self.filter.last_day or self.filter.weekdays or self.filter.hours:
            passing &= self._passing_quarters[rows.quarter]
        if self.filter.before is not None:
            passing &= (time if place is None else time[place]) < to_microseconds(self.filter.before)
        return passing

    @cached_property
    def _passing_quarters(self) -> Mask:
        """Which quarters of an hour pass."""
        return find_passing_quarters(self.filter, self.calendar)

    @cached_property
    def _wanted_messages(self) -> list[_Messages]:
        """The messages that the filter asks for by what they are, each kind of question for itself."""
        wanted = []
        if self.filter.templates:
            rows = self.facts.messages
            of_templates = np.isin(rows.cells.table["template"], self.template_codes)[rows.cells.code]
            wanted.append(self._messages((SENT, *STATUSES), rows.place[of_templates]))
        if self.filter.content_types:
            of_types = np.isin(self.facts.events.content_type, self.content_type_codes)
            wanted.append(self._messages((RECEIVED, SENT, *STATUSES), np.flatnonzero(of_types)))
        return wanted

    def _messages(self, kinds: tuple[int, ...], place: Ints) -> _Messages:
        holding = np.zeros(len(self.facts.conversations) + 1, np.bool_)
        holding[self.facts.events.conversation[place]] = True
        return _Messages(kinds, place, holding)

    def _around(self, wanted: _Messages) -> Mask:
        """Return which events pass: of the kinds that are asked for these messages and their statuses, else by chat."""
        events = self.facts.events
        passing: Mask = wanted.holding[events.conversation]
        passing[events.cells.table["kind"].isin(wanted.kinds).to_numpy()[events.cells.code]] = False
        passing[wanted.place] = True
        statuses = np.flatnonzero(events.message != NONE)
        passing[statuses] = passing[events.message[statuses]]
        return passing

    def _find_passing_cells(self, table: pd.DataFrame) -> Mask:
        passing = np.ones(len(table), np.bool_)
        if self.filter.countries:
            countries = codes_of(self.filter.countries, self.facts.countries, UNKNOWN)
            passing &= np.isin(table["country"], countries)
        mode = "mode" if "mode" in table else "needed_agent"  # they have the same codes
        if self.filter.modes:
            passing &= np.isin(table[mode], [MODES.index(name) for name in self.filter.modes])
        if self.filter.agents and "agent" in table:
            passing &= np.isin(table["agent"], self.agent_codes)
        if self.filter.templates and "template" in table:
            passing &= np.isin(table["template"], self.template_codes)
        if self.filter.content_types and "content_type" in table:
            passing &= np.isin(table["content_type"], self.content_type_codes)
        return passing


def fate_of(kind: Any, state: Any) -> Any:
    """Return one code for a kind of wait and a state."""
    return kind * _STATES + state


def find_passing_quarters(chosen: Filter, known: Calendar) -> Mask:
    """Return which quarters of an hour pass a filter, by their local day, weekday and hour; one for each in a calendar.

    The calendar is that of the filter's time zone.
    """
    passing = np.ones(len(known.day), np.bool_)
    if chosen.first_day:
        passing &= known.day >= (chosen.first_day - _FIRST_DAY).days
    if chosen.last_day:
        passing &= known.day <= (chosen.last_day - _FIRST_DAY).days
    if chosen.weekdays:
        passing &= np.isin(known.weekday, chosen.weekdays)
    if chosen.hours:
        passing &= np.isin(known.hour, chosen.hours)
    return passing


def find_passing_times(chosen: Filter, time: Ints) -> Mask:
    """Return which times (int64, microseconds since 1970 UTC) pass a filter by their local day, weekday and hour."""
    quarter = time // QUARTER - FIRST_QUARTER
    passing: Mask = find_passing_quarters(chosen, build_calendar(chosen.timezone, int(quarter.max(initial=0)) + 1))[
        quarter
    ]
    return passing
