"""Refreshing: when newer events come, facts are made anew only for the users whom these events concern."""

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analytics.facts.attribution import with_real_agents
from analytics.facts.cells import Cells
from analytics.facts.concat import concat
from analytics.facts.facts import Facts, FactTable, build_facts
from analytics.facts.timeline import NONE, Ints, Mask

_NAMES = {
    "agents": ("agent", "agent_id"),
    "templates": ("template", "template_id"),
    "content_types": ("content_type", "content_type"),
    "reasons": ("reason", "handoff_reason"),
    "steps": ("step", "journey_step"),
}
"""For each list of names: the column of the cells that uses it, and the column of the event frame it comes from."""

_TABLES = ("events", "waits", "messages", "conversations", "handoffs")

_Facts = TypeVar("_Facts", bound=FactTable)


def refresh(facts: Facts, events: pd.DataFrame) -> Facts:
    """Return the facts of an event frame, made from `facts`, those of its first rows.

    `events` is what `analytics.events.append` returns for the earlier frame and newer events: its users have the same
    codes, and the earlier rows keep their places.
    """
    events = with_real_agents(events)
    users = events["user_id"].cat.codes.to_numpy()
    touched = np.zeros(len(events["user_id"].cat.categories), np.bool_)
    touched[users[facts.size :]] = True
    rows = np.flatnonzero(touched[users]).astype(np.int32)
    part = _rebuild_part(events, rows, facts)
    rest = _leave_out(_rename_codes(facts, events), touched)
    found = concat([rest, part])
    return replace(
        found,
        events=replace(found.events, row=np.concatenate([rest.events.row, rows[part.events.row]])),
        size=len(events),
        oldest=_earlier(facts.oldest, part.oldest),
        newest=_later(facts.newest, part.newest),
    )


def _rebuild_part(events: pd.DataFrame, rows: Ints, facts: Facts) -> Facts:
    """Return the facts of some rows; only users and chats that occur in them matter."""
    chosen = events.iloc[rows]
    users = chosen["user_id"].cat.remove_unused_categories()
    chosen = chosen.assign(user_id=users, chat_id=chosen["chat_id"].cat.remove_unused_categories())
    part = build_facts(chosen.reset_index(drop=True), facts.rules)
    codes = events["user_id"].cat.categories.get_indexer(users.cat.categories).astype(np.int32)
    return replace(part, chat_owner=codes[part.chat_owner])


def _rename_codes(facts: Facts, events: pd.DataFrame) -> Facts:
    """Return the facts with codes that refer to the names of `events`."""
    changed: dict[str, Any] = {}
    places: dict[str, Ints] = {}
    for field, (part, column) in _NAMES.items():
        before, names = getattr(facts, field), events[column].cat.categories
        if len(before) != len(names):  # names are only ever added
            changed[field] = names
            places[part] = np.append(names.get_indexer(before), NONE).astype(np.int32)
    for name in _TABLES:
        table = getattr(facts, name)
        cells = table.cells.table
        codes = {part: new[cells[part].to_numpy()] for part, new in places.items() if part in cells}
        changed[name] = replace(table, cells=Cells(table.cells.code, cells.assign(**codes)))
    if "agent" in places:
        pairs = places["agent"][facts.conversations.pair_agent]
        changed["conversations"] = replace(changed["conversations"], pair_agent=pairs)
    if "content_type" in places:
        content_type = places["content_type"][facts.events.content_type]
        changed["events"] = replace(changed["events"], content_type=content_type)
    return replace(facts, **changed)


def _leave_out(facts: Facts, users: Mask) -> Facts:
    """Return the facts of all but some users."""
    events = (~users[facts.chat_owner])[facts.events.chat]
    rows = facts.conversations
    conversations = events[rows.first]
    pairs = conversations[rows.pair_conversation]
    place, conversation = _number_kept(events), _number_kept(conversations)
    return replace(
        facts,
        events=_choose_rows(facts.events, events, conversation=conversation, message=place),
        waits=_choose_rows(facts.waits, events[facts.waits.begin], begin=place),
        messages=_choose_rows(facts.messages, events[facts.messages.place], place=place),
        conversations=replace(
            _choose_rows(rows, conversations, first=place, last=place, handoff=place),
            pair_conversation=conversation[rows.pair_conversation[pairs]],
            pair_agent=rows.pair_agent[pairs],
        ),
        handoffs=_choose_rows(facts.handoffs, events[facts.handoffs.place], place=place),
    )


def _choose_rows(table: _Facts, chosen: Mask, **moved: Ints) -> _Facts:
    """Return the chosen rows of a table; columns that point to rows of `moved` tables get the new places."""
    columns: dict[str, Any] = {"cells": Cells(table.cells.code[chosen], table.cells.table)}
    for field in fields(table):
        if field.name in moved:
            columns[field.name] = _move_places(getattr(table, field.name)[chosen], moved[field.name])
        elif field.name not in ("cells", "pair_conversation", "pair_agent"):
            columns[field.name] = getattr(table, field.name)[chosen]
    return replace(table, **columns)


def _number_kept(kept: Mask) -> Ints:
    """Return the new place of each row that is kept."""
    return np.cumsum(kept, dtype=np.int32) - np.int32(1)


def _move_places(places: Ints, new: Ints) -> Ints:
    """Return new places; NONE stays."""
    return np.where(places == NONE, places, new[places])


def _earlier(first: int | None, second: int | None) -> int | None:
    return min((value for value in (first, second) if value is not None), default=None)


def _later(first: int | None, second: int | None) -> int | None:
    return max((value for value in (first, second) if value is not None), default=None)
