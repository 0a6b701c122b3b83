"""Concatenation: facts of different users put together again.

Nothing crosses users, so facts can be made of some users at a time: only of those whom new events touch, or
on several machines.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analytics.facts.cells import Cells
from analytics.facts.facts import Facts, Table
from analytics.facts.timeline import NONE, Ints

_NAMES = ("agents", "templates", "content_types", "reasons", "steps")

_Size = Callable[[Facts], int]


def _events(part: Facts) -> int:
    return len(part.events)


def _conversations(part: Facts) -> int:
    return len(part.conversations)


_POINTS_INTO: dict[str, _Size] = {
    "row": lambda part: part.size,
    "chat": lambda part: len(part.chat_owner),
    "conversation": _conversations,
    "pair_conversation": _conversations,
    **dict.fromkeys(("begin", "place", "message", "first", "last", "handoff"), _events),
}
"""The columns of facts that number other things, and how many of those each part has."""

_Facts = TypeVar("_Facts", bound=Table)


def concat(parts: Sequence[Facts]) -> Facts:
    """Return the facts of several event frames put one after the other, each with users of its own.

    The frames must share their categories, as slices of one frame do. The rows of the events then point into
    `pandas.concat` of the frames. Chats that do not occur are given up.

    Raises:
        ValueError: without parts, or where their rules or names differ.
    """
    _check(parts)
    parts = [_with_occurring_chats(part) for part in parts]
    countries = pd.Index(sorted({str(name) for part in parts for name in part.countries}), dtype="str")
    return replace(
        parts[0],
        events=_stacked(parts, [part.events for part in parts], countries),
        waits=_stacked(parts, [part.waits for part in parts], countries),
        messages=_stacked(parts, [part.messages for part in parts], countries),
        conversations=_stacked(parts, [part.conversations for part in parts], countries),
        handoffs=_stacked(parts, [part.handoffs for part in parts], countries),
        chat_owner=np.concatenate([part.chat_owner for part in parts]),
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
        if part.rules != first.rules:
            raise ValueError(f"Facts made under different rules: {first.rules} and {part.rules}")
        for name in _NAMES:
            if not getattr(part, name).equals(getattr(first, name)):
                raise ValueError(f"Facts of event frames with different categories: their {name} differ")


def _with_occurring_chats(part: Facts) -> Facts:
    """Number anew the chats that occur: a slice of an event frame knows the ids of the whole."""
    occurs = np.zeros(len(part.chat_owner), np.bool_)
    occurs[part.events.chat] = True
    number = np.cumsum(occurs, dtype=np.int32) - 1
    events = replace(part.events, chat=number[part.events.chat])
    return replace(part, events=events, chat_owner=part.chat_owner[occurs])


def _stacked(parts: Sequence[Facts], tables: Sequence[_Facts], countries: pd.Index) -> _Facts:
    columns: dict[str, Any] = {
        "cells": _stacked_cells([_translated(*both, countries) for both in zip(parts, tables, strict=True)])
    }
    for field in fields(tables[0]):
        if field.name != "cells":
            values = [getattr(table, field.name) for table in tables]
            if size := _POINTS_INTO.get(field.name):
                values = _shifted(values, [size(part) for part in parts])
            columns[field.name] = np.concatenate(values)
    return type(tables[0])(**columns)


def _translated(part: Facts, table: Table, countries: pd.Index) -> Cells:
    """Return a table's cells with the codes of all parts' countries."""
    cells = table.cells
    if "country" not in cells.table:
        return cells
    translation = np.append(countries.get_indexer(part.countries), NONE).astype(np.int16)
    return Cells(cells.code, cells.table.assign(country=translation[cells.table["country"].to_numpy()]))


def _stacked_cells(parts: Sequence[Cells]) -> Cells:
    """Return all parts' cells as one, each distinct combination once."""
    table = pd.concat([part.table for part in parts])
    distinct = Cells.of(**{str(name): values.to_numpy() for name, values in table.items()})
    codes = _shifted([part.code for part in parts], [len(part.table) for part in parts])
    return Cells(distinct.code[np.concatenate(codes)], distinct.table)


def _shifted(values: Sequence[Ints], sizes: Sequence[int]) -> list[Ints]:
    """Shift the numbers of each part behind those of the parts before it; NONE stays."""
    begins = np.cumsum([0, *sizes[:-1]]).tolist()
    return [
        np.where(part == NONE, part, part + part.dtype.type(begin)) for part, begin in zip(values, begins, strict=True)
    ]
