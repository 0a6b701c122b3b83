"""Refreshing: when newer events or links come, facts are made anew only for the customers whom these concern."""

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analytics.facts.attribution import with_real_agents
from analytics.facts.cells import Cells
from analytics.facts.concat import concat
from analytics.facts.facts import Facts, FactTable, Fault, build_facts, number_customers
from analytics.facts.rules import FOUND, Rules
from analytics.facts.start import choose_counting, weigh
from analytics.facts.timeline import NONE, SENT, Ints, Mask, category_codes, is_status

_NAMES = {
    "agents": ("agent", "agent_id"),
    "templates": ("template", "template_id"),
    "content_types": ("content_type", "content_type"),
    "errors": ("error", "error_code"),
    "reasons": ("reason", "handoff_reason"),
    "steps": ("step", "journey_step"),
}
"""For each list of names: the column of the cells that uses it, and the column of the event frame it comes from."""

_PLACES = ("first", "last", "handoff", "last_handoff", "resolve", "back")
"""The columns of conversations that are places of events."""

_TABLES = ("events", "waits", "messages", "conversations", "handoffs")

_Facts = TypeVar("_Facts", bound=FactTable)


def refresh(facts: Facts, events: pd.DataFrame, links: pd.DataFrame) -> Facts:
    """Return the facts of an event frame, made from `facts`, those of its first rows.

    `events` is what `analytics.events.append` returns for the earlier frame and newer events: its users have the same
    codes, and the earlier rows keep their places. `links` are all that are known now, the earlier ones among them.
    """
    events = with_real_agents(events)
    counting = choose_counting(events, include_test=facts.rules.include_test)
    evidence = weigh(events if counting is None else events[counting], facts.rules.bots)
    if facts.rules.start_mode == FOUND and evidence.mode != facts.start_mode:
        return build_facts(events, facts.rules, links)
    customer = number_customers(events, links, facts.rules)
    touched = _find_touched(facts, events, customer)
    chosen = touched[find_owners(facts, events, customer)]
    rows = np.flatnonzero(chosen if counting is None else chosen & counting).astype(np.int32)
    part = _rebuild_part(events, rows, facts, links)
    rest = _leave_out(_rename_codes(replace(facts, chat_owner=customer[facts.chat_owner]), events), touched)
    found = concat([rest, part])
    time = found.events.time
    return replace(
        found,
        events=replace(found.events, row=np.concatenate([rest.events.row, rows[part.events.row]])),
        customer=customer,
        evidence=evidence,
        size=len(events),
        oldest=int(time.min()) if len(time) else None,
        newest=int(time.max()) if len(time) else None,
    )


def remake(facts: Facts, events: pd.DataFrame, rules: Rules, links: pd.DataFrame) -> Facts:
    """Return the facts of an event frame under other rules; who answers first may only be said now, not be another."""
    if replace(facts.rules, start_mode=rules.start_mode) == rules and rules.start_mode == facts.start_mode:
        return replace(facts, rules=rules)
    return build_facts(events, rules, links)


def _find_touched(facts: Facts, events: pd.DataFrame, customer: Ints) -> Mask:
    """Return which customers the newer events concern: who they name, and whose messages their statuses are about.

    Also those whose statuses have waited for a message that is among the newer events, and those whom links join.
    """
    users, kind = customer[category_codes(events["user_id"])], category_codes(events["event"])
    key = events["key_high"].to_numpy()
    touched = np.zeros(len(customer), np.bool_)
    touched[users[facts.size :]] = True
    before, now = facts.customer, customer[: len(facts.customer)]
    touched[now[before != now]] = True
    new = np.arange(facts.size, len(events))
    statuses = new[is_status(kind[new])]
    nearby = np.flatnonzero(touched[users] & (kind == SENT))
    far = statuses[pd.Index(key[nearby]).get_indexer(pd.Index(key[statuses])) < 0]
    if len(far):
        sent = np.flatnonzero(kind == SENT)
        found = pd.Index(key[sent]).get_indexer(pd.Index(key[far]))
        touched[users[sent[found[found >= 0]]]] = True
    waiting = facts.events.row[_mark_orphans(facts)]
    met = np.isin(key[waiting], key[new[kind[new] == SENT]])
    touched[users[waiting[met]]] = True
    return touched


def _mark_orphans(facts: Facts) -> Mask:
    """Return which events are statuses whose message is not known."""
    cells = facts.events.cells
    found: Mask = (cells.table["fault"] == Fault.WITHOUT_MESSAGE).to_numpy()[cells.code]
    return found


def find_owners(facts: Facts, events: pd.DataFrame, customer: Ints) -> Ints:
    """Return each event's customer; of a status whose message the facts know, that of the message."""
    owner: Ints = customer[category_codes(events["user_id"])]
    owner[facts.events.row] = customer[facts.chat_owner[facts.events.chat]]
    return owner


def _rebuild_part(events: pd.DataFrame, rows: Ints, facts: Facts, links: pd.DataFrame) -> Facts:
    """Return the facts of some rows; only users and chats that occur in them matter."""
    chosen = events.iloc[rows]
    users = chosen["user_id"].cat.remove_unused_categories()
    chosen = chosen.assign(user_id=users, chat_id=chosen["chat_id"].cat.remove_unused_categories())
    part = build_facts(chosen.reset_index(drop=True), replace(facts.rules, start_mode=facts.start_mode), links)
    codes = events["user_id"].cat.categories.get_indexer(users.cat.categories).astype(np.int32)
    return replace(part, rules=facts.rules, chat_owner=codes[part.chat_owner])


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


def _leave_out(facts: Facts, customers: Mask) -> Facts:
    """Return the facts of all but some customers."""
    events = (~customers[facts.chat_owner])[facts.events.chat]
    rows = facts.conversations
    conversations = events[rows.first]
    pairs = conversations[rows.pair_conversation]
    place, conversation = _number_kept(events), _number_kept(conversations)
    return replace(
        facts,
        events=_choose_rows(facts.events, events, conversation=conversation, message=place),
        waits=_choose_rows(facts.waits, events[facts.waits.begin], begin=place, end=place),
        messages=_choose_rows(facts.messages, events[facts.messages.place], place=place, reply=place),
        conversations=replace(
            _choose_rows(rows, conversations, **dict.fromkeys(_PLACES, place)),
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
