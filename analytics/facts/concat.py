"""Concatenation: the facts of different customers are joined.

No fact depends on two customers. So facts can be made for some of them at a time: only for those whom new events or
links concern, or on several machines.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analytics.facts.cells import Cells
from analytics.facts.facts import Facts, FactTable
from analytics.facts.start import add_up
from analytics.facts.timeline import NONE, Ints

_NAMES = ("agents", "templates", "content_types", "errors", "reasons", "steps")

_Size = Callable[[Facts], int]


def _count_events(part: Facts) -> int:
    return len(part.events)


def _count_conversations(part: Facts) -> int:
    return len(part.conversations)


_POINTS_INTO: dict[str, _Size] = {
    "row": lambda part: part.size,
    "chat": lambda part: len(part.chat_owner),
    "conversation": _count_conversations,
    "pair_conversation": _count_conversations,
    **dict.fromkeys(
        ("begin", "end", "place", "reply", "message", "first", "last", "handoff", "last_handoff", "resolve", "back"),
        _count_events,
    ),
}
"""The columns that point to rows of another table, each with a function that returns the size of that table."""

_Facts = TypeVar("_Facts", bound=FactTable)


def concat(parts: Sequence[Facts]) -> Facts:
    """Return the facts of several event frames, none with customers of another, as if they stood one after the other.

    They must have been made with the links of all, and the frames must share their categories, as slices of one frame
    do. The rows of the events then point into `pandas.concat` of the frames. Chats that do not occur are dropped.

    Raises:
        ValueError: without parts, or if their rules or names differ.
    """
    _check(parts)
    parts = [_with_occurring_chats(part) for part in parts]
    countries = pd.Index(sorted({str(name) for part in parts for name in part.countries}), dtype="str")
    return replace(
        parts[0],
        events=_stack(parts, [part.events for part in parts], countries),
        waits=_stack(parts, [part.waits for part in parts], countries),
        messages=_stack(parts, [part.messages for part in parts], countries),
        conversations=_stack(parts, [part.conversations for part in parts], countries),
        handoffs=_stack(parts, [part.handoffs for part in parts], countries),
        chat_owner=np.concatenate([part.chat_owner for part in parts]),
        customer=parts[0].customer,
        evidence=add_up([part.evidence for part in parts]),
        size=sum(part.size for part in parts),
        oldest=min((part.oldest for part in parts if part.oldest is not None), default=None),
        newest=max((part.newest for part in parts if part.newest is not None), default=None),
        countries=countries,
    )


def _check(parts: Sequence[Facts]) -> None:
    if not parts:
        raise ValueError("There are no facts to put together")
    first = parts[0]
    for part in parts:
        if part.rules != first.rules or part.start_mode != first.start_mode:
            raise ValueError(f"Facts made under different rules: {first.rules} and {part.rules}")
        for name in _NAMES:
            if not getattr(part, name).equals(getattr(first, name)):
                raise ValueError(f"Facts of event frames with different categories: their {name} differ")


def _with_occurring_chats(part: Facts) -> Facts:
    """Number the occurring chats anew: a slice of an event frame still has the ids of the whole frame."""
    occurs = np.zeros(len(part.chat_owner), np.bool_)
    occurs[part.events.chat] = True
    number = np.cumsum(occurs, dtype=np.int32) - 1
    events = replace(part.events, chat=number[part.events.chat])
    return replace(part, events=events, chat_owner=part.chat_owner[occurs])


def _stack(parts: Sequence[Facts], tables: Sequence[_Facts], countries: pd.Index) -> _Facts:
    columns: dict[str, Any] = {
        "cells": _stack_cells([_translate_countries(*both, countries) for both in zip(parts, tables, strict=True)])
    }
    for field in fields(tables[0]):
        if field.name != "cells":
            values = [getattr(table, field.name) for table in tables]
            if size := _POINTS_INTO.get(field.name):
                values = _shift(values, [size(part) for part in parts])
            columns[field.name] = np.concatenate(values)
    return type(tables[0])(**columns)


def _translate_countries(part: Facts, table: FactTable, countries: pd.Index) -> Cells:
    """Return a table's cells with country codes that are the same for all parts."""
    cells = table.cells
    if "country" not in cells.table:
        return cells
    translation = np.append(countries.get_indexer(part.countries), NONE).astype(np.int16)
    return Cells(cells.code, cells.table.assign(country=translation[cells.table["country"].to_numpy()]))


def _stack_cells(parts: Sequence[Cells]) -> Cells:
    """Return the cells of all parts as one, with each distinct combination once."""
    table = pd.concat([part.table for part in parts])
    distinct = Cells.of(**{str(name): values.to_numpy() for name, values in table.items()})
    codes = _shift([part.code for part in parts], [len(part.table) for part in parts])
    return Cells(distinct.code[np.concatenate(codes)], distinct.table)


def _shift(values: Sequence[Ints], sizes: Sequence[int]) -> list[Ints]:
    """Shift the numbers of each part behind those of the parts before it; NONE stays."""
    begins = np.cumsum([0, *sizes[:-1]]).tolist()
    return [
        np.where(part == NONE, part, part + part.dtype.type(begin)) for part, begin in zip(values, begins, strict=True)
    ]
