"""Rows of the store as Arrow tables, from event frames and back."""

import hashlib
from binascii import unhexlify
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Text, Uuid, cast, column, func, select, table

from analytics.events.columns.assemble import STRING, make_categorical
from analytics.events.columns.instants import NO_TIME
from analytics.events.frame import ARROW, COLUMN, COLUMNS, COUNT, EVENT_NAMES, FLAG, NUMBER, TEXT, TIME
from analytics.events.judge import ValidEvent
from analytics.events.rejected import Rejected
from analytics.events.timestamps import instants_of
from analytics.store.customer_numbers import numbers_of
from analytics.store.key_format import cut_keys
from analytics.store.tables import EVENT_COLUMNS, events

KEY = func.replace(cast(events.c.key, Text), "-", "").label("key")

EVENTS = select(KEY, *(events.c[name] for name in EVENT_COLUMNS))
"""The query for events with the columns that `event_frame` reads."""

IS_ASKED = events.c.key.in_(select(cast(column("key"), Uuid)).select_from(table("asked")))

"""The condition on `events` that holds for the keys in the table `asked`, which `Database.asking` provides."""

EVENTS_ASKED_FOR = EVENTS.where(IS_ASKED)
"""The query for these events."""

COUNT_ASKED_FOR = select(func.count().label("known")).select_from(events).where(IS_ASKED)
"""The query for the number of these events."""

INSTANT = TIME.arrow

Halves = npt.NDArray[np.uint64]

Origins = Sequence[str | None] | str | None
"""The write key or the import that brought each event, by line; a text is the one of all events."""


def event_rows(
    events: pd.DataFrame | pa.Table,
    project: int,
    received_at: datetime,
    *,
    write_keys: Origins = None,
    import_ids: Origins = None,
) -> pa.Table:
    """Return an event frame, or the same in Arrow, as rows of the table `events`.

    `write_keys` and `import_ids` are indexed by `line`, from 0; a text stands for all lines.
    """
    count, lines = len(events), events["line"].to_numpy()
    columns: dict[str, Any] = {
        "key": make_keys(events["key_high"].to_numpy(), events["key_low"].to_numpy(), project),
        "project": np.full(count, project, np.int32),
        "received_at": pa.repeat(pa.scalar(received_at, INSTANT), count),
        "write_key": _origins(write_keys, lines),
        "import_id": _origins(import_ids, lines),
    }
    for name in EVENT_COLUMNS:
        column = events[name]
        columns[name] = column if isinstance(column, pa.ChunkedArray) else pa.array(column, from_pandas=True)
    return pa.table(columns | {"customer": numbers_of(columns["user_id"])})


def rows_of_valid_events(
    events: Sequence[ValidEvent], project: int, received_at: datetime, write_keys: Sequence[str | None]
) -> pa.Table:
    """Return judged events as rows of the table `events`, each with the write key that brought it."""
    high, low = (np.array([event.key[half] for event in events], np.uint64) for half in (0, 1))
    columns: dict[str, Any] = {
        "key": make_keys(high, low, project),
        "project": np.full(len(events), project, np.int32),
        "received_at": pa.repeat(pa.scalar(received_at, INSTANT), len(events)),
        "write_key": pa.array(write_keys, pa.string()),
        "import_id": pa.nulls(len(events), pa.string()),
    }
    for name in EVENT_COLUMNS:
        columns[name] = pa.array([event.value(name) for event in events], ARROW[name])
    return pa.table(columns | {"customer": numbers_of(columns["user_id"])})


def make_keys(high: Halves, low: Halves, project: int) -> pa.StringArray:
    """Return the keys of events in a project: their identities, joined with the project, in hexadecimal."""
    halves = np.empty((len(high), 2), ">u8")
    halves[:, 0], halves[:, 1] = high ^ _mark_of_project(project), low
    ends = np.arange(len(high) + 1, dtype=np.int32) * _HEX_DIGITS
    return pa.StringArray.from_buffers(len(high), pa.py_buffer(ends), pa.py_buffer(halves.tobytes().hex().encode()))


def without_keys(rows: pa.Table, keys: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Return the rows that have none of these keys."""
    return rows.filter(pc.invert(pc.is_in(rows["key"], value_set=keys)))


def rows_of_rejected(
    rejected: Sequence[Rejected],
    project: int,
    received_at: datetime,
    *,
    write_keys: Origins = None,
    import_ids: Origins = None,
) -> pa.Table:
    """Return rejected events as rows of the table `rejected_events`; `write_keys` and `import_ids` as above.

    What they hold of write keys is cut out.
    """
    rejected = [event if (kept := cut_keys(event.raw)) is event.raw else replace(event, raw=kept) for event in rejected]
    lines = [event.line for event in rejected]
    problems = [event.problem for event in rejected]
    return pa.table({
        "key": pa.array([key_of_rejected(event.id, project) for event in rejected], pa.string()),
        "project": np.full(len(rejected), project, np.int32),
        "received_at": pa.repeat(pa.scalar(received_at, INSTANT), len(rejected)),
        "write_key": _origins(write_keys, lines),
        "import_id": _origins(import_ids, lines),
        "line": pa.array(lines, pa.int64()),
        "index": pa.array([event.index for event in rejected], pa.int32()),
        **{
            name: pa.array([getattr(problem, name) for problem in problems], pa.string())
            for name in ("event", "field", "code", "message")
        },
        "raw": pa.array([event.raw for event in rejected], pa.binary()),
    })  # fmt: skip


def key_of_rejected(rejected_id: str, project: int) -> str:
    """Return the key of a rejected event (see `Rejected.id`) in a project."""
    return hashlib.md5(f"{project}\x1f{rejected_id}".encode(), usedforsecurity=False).hexdigest()


def event_frame(rows: pa.Table, project: int) -> pd.DataFrame:
    """Return rows of the table `events` as an event frame; `line` and `index` are 0."""
    names = ("key", *EVENT_COLUMNS)
    with ThreadPoolExecutor() as threads:
        each = threads.map if len(rows) >= _ROWS_WORTH_THREADS else map
        columns = dict(zip(names, each(_make_column, names, map(rows.column, names)), strict=True))
    high, low = columns.pop("key")
    columns["key_high"], columns["key_low"] = high ^ _mark_of_project(project), low
    columns["line"], columns["index"] = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int32)
    return pd.DataFrame({column.name: columns[column.name] for column in COLUMNS}, copy=False)


_HEX_DIGITS = 32
_ROWS_WORTH_THREADS = 100_000
"""From this many rows on, several threads make the columns."""


def _mark_of_project(project: int) -> np.uint64:
    """Return a number that makes the keys of a project its own. Identities are hashes, so any constant will do."""
    return np.uint64(project << 33)


def _halves(texts: pa.ChunkedArray) -> tuple[Halves, Halves]:
    """Return the halves of keys in hexadecimal digits."""
    packed = [np.frombuffer(unhexlify(_digits(chunk)), ">u8").astype(np.uint64) for chunk in texts.chunks]
    halves = np.concatenate([*packed, np.empty(0, np.uint64)]).reshape(-1, 2)
    return halves[:, 0], halves[:, 1]


def _digits(texts: pa.StringArray) -> memoryview:
    """Return the digits of all keys, one key after the other, without a copy."""
    _, starts, digits = texts.buffers()
    first = int(np.frombuffer(starts, np.int32)[texts.offset])
    return memoryview(digits)[first : first + len(texts) * _HEX_DIGITS]


def _origins(origins: Origins, lines: Sequence[int] | npt.NDArray[np.int64]) -> pa.Array:
    if origins is None or isinstance(origins, str):
        return pa.repeat(pa.scalar(origins, pa.string()), len(lines))
    return pa.array(origins, pa.string()).take(pa.array(lines, pa.int64()))


def _make_column(name: str, column: pa.ChunkedArray) -> Any:
    """Return a column of the table `events` as a column of an event frame; for the keys their two halves."""
    if name == "key":
        return _halves(column)
    kind = COLUMN[name].kind
    if kind is TEXT:
        return pd.array(column.cast(pa.large_string()), dtype=STRING)
    if kind is TIME:
        return instants_of(column.cast(pa.int64()).fill_null(NO_TIME).to_numpy())
    if kind in (COUNT, NUMBER):
        return column.cast(pa.float64()).to_numpy()
    if kind is FLAG:
        return column.to_numpy()
    encoded = column.dictionary_encode().combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy()
    return (
        _order_event_names(codes, encoded.dictionary.to_pylist())
        if name == "event"
        else _sort_categories(codes, encoded.dictionary)
    )


def _sort_categories(codes: npt.NDArray[np.int32], values: pa.Array) -> "pd.Categorical[Any]":
    """Return a categorical with sorted categories; all of the values occur."""
    order = pc.sort_indices(values)
    places = np.full(len(values) + 1, -1, np.int32)  # the last is that of no value
    places[order.to_numpy()] = np.arange(len(values), dtype=np.int32)
    return pd.Categorical.from_codes(places[codes], categories=pd.Index(values.take(order).to_pylist()))


def _order_event_names(codes: npt.NDArray[np.int32], values: list[str]) -> "pd.Categorical[Any]":
    """Return a categorical of event names: those of the contract come first, in their natural order."""
    others = [name for name in values if name not in EVENT_NAMES]
    places = {name: place for place, name in enumerate((*EVENT_NAMES, *others))}
    return make_categorical(
        np.array([*(places[name] for name in values), -1], np.int32)[codes], list(places), sort=False
    )
