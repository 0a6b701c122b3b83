"""The fast path of validation: whole columns are judged at once, and only what is certainly good passes.

DuckDB parses the lines to columns of JSON values (`parse_query.py`); each *distinct* value of a column is
then validated once, by the pydantic type that the contract gives it; the rules that join columns are array
operations. Whatever is not certainly good is left to the judge: this path never rejects.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import TypeAdapter, ValidationError

from analytics.events.contract import EVENTS, Assumptions, Phone, Text
from analytics.events.frame import CATEGORIES, CODES, EVENT_NAMES, MESSAGE_EVENTS, NUMBERS
from analytics.events.parse_query import KEPT_QUERY, OCCURRENCE_KEYS_QUERY, parse_query
from analytics.events.raw_lines import RawLines
from analytics.events.schema import property_fields
from analytics.events.timestamps import EARLIEST, LATEST_AHEAD, to_microseconds

MISSING, DOUBTFUL = -1, -2
"""Codes of no value, and of a value that only the judge of whole events may reject."""

_MESSAGE_CODES = [CODES[name] for name in MESSAGE_EVENTS]

NO_TIME = np.iinfo(np.int64).min

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]


class Vocabulary:
    """The distinct values of one column: each is judged once and known by a code from then on."""

    def __init__(self, judge: Callable[[str], Any]) -> None:
        """Take a `judge` that turns a JSON text into a value, None for a missing one, or raises."""
        self.values: list[Any] = []
        self._judge = judge
        self._code_of_value: dict[Any, int] = {None: MISSING}
        self._code_of_text: dict[str | None, int] = {None: MISSING}

    def code(self, value: object) -> int:
        """Return the code of a valid value."""
        code = self._code_of_value.setdefault(value, len(self.values))
        if code == len(self.values):
            self.values.append(value)
        return code

    def encode(self, column: pa.ChunkedArray) -> Codes:
        """Return the code of each JSON text."""
        encoded = column.combine_chunks().dictionary_encode()
        known = [self._code_of(text) for text in encoded.dictionary.to_pylist()]
        codes = np.array([*known, MISSING], np.int32)  # the last serves missing values, whose index is -1
        indices: npt.NDArray[np.int32] = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return codes[indices]

    def _code_of(self, text: str | None) -> int:
        code = self._code_of_text.get(text)
        if code is None:
            code = self._code_of_text[text] = self._judged(str(text))
        return code

    def _judged(self, text: str) -> int:
        try:
            return self.code(self._judge(text))
        except ValidationError:
            return DOUBTFUL


@dataclass(frozen=True)
class Columns:
    """Lines as columns, one row a line. Rows that are not `good` hold what was found and wait for the judge.

    `codes` are int32 codes by column of the event frame; `timestamp` and `reported_at` are microseconds,
    `NO_TIME` where missing; `properties` is JSON where some have no column of their own.
    """

    good: Mask
    is_batch: Mask
    codes: dict[str, Codes]
    timestamp: Times
    reported_at: Times
    message_id: pa.Array
    test: Mask
    properties: pa.Array
    key_high: Keys
    key_low: Keys


class ColumnParser:
    """Parses lines to columns; what it learns of distinct values serves the lines that follow."""

    def __init__(self, assumptions: Assumptions) -> None:
        self._assumptions = assumptions
        self._duckdb = duckdb.connect()
        self._query = parse_query(with_local_times=assumptions.zone is not None)
        kinds = {field.column: field.kind for field in property_fields().values()}
        kinds |= {"event": Text, "user_id": Phone}
        self.vocabularies = {
            column: Vocabulary(self._validator(kinds[column])) for column in (*CATEGORIES, *NUMBERS)
        }
        for name in EVENT_NAMES:  # their codes are fixed
            self.vocabularies["event"].code(name)

    def parse(self, lines: RawLines) -> Columns:
        """Return the columns of `lines`."""
        texts = pa.table({"text": lines.to_arrow()})
        # Record batches of this size are scanned in parallel; DuckDB keeps their order.
        batches = texts.to_batches(max_chunksize=16_384)
        self._duckdb.register("lines", pa.Table.from_batches(batches, texts.schema))
        table = self._duckdb.sql(self._query).to_arrow_table()
        codes = {column: words.encode(table[column]) for column, words in self.vocabularies.items()}
        timestamp = self._instants(table)
        good = _flags(table["sound"]) & self._plausible(timestamp) & _complete(codes)
        keep_json = good & (_flags(table["unnamed"]) | _clear_unnamed(codes, table))
        key_high, key_low = self._keys(table, codes, timestamp)
        return Columns(
            good,
            _flags(table["is_batch"]),
            codes,
            timestamp,
            _integers(table["reported_at"], NO_TIME),
            table["message_id"].combine_chunks(),
            _flags(table["test"]),
            self._properties_json(texts, keep_json),
            key_high,
            key_low,
        )

    def _validator(self, kind: Any) -> Callable[[str], Any]:
        adapter = TypeAdapter(kind, config={"strict": True})
        return lambda text: adapter.validate_json(text, context=self._assumptions)

    def _keys(self, table: pa.Table, codes: dict[str, Codes], timestamp: Times) -> tuple[Keys, Keys]:
        """Return the identities (see `frame.identity`); those of rows that are not good mean nothing."""
        high, low = _unsigned(table["key_high"]), _unsigned(table["key_low"])
        rows = np.flatnonzero(~np.isin(codes["event"], _MESSAGE_CODES))
        subjects = pc.binary_join_element_wise(
            self._texts("user_id", codes, rows),
            self._texts("chat_id", codes, rows),
            _decimal(timestamp[rows]),
            "",
            "\x1f",
        )
        self._duckdb.register("occurrences", pa.table({"subject": subjects}))
        others = self._duckdb.sql(OCCURRENCE_KEYS_QUERY).to_arrow_table()
        high[rows], low[rows] = _unsigned(others["key_high"]), _unsigned(others["key_low"])
        return high, low | np.maximum(codes["event"], 0).astype(np.uint64)

    def _texts(self, column: str, codes: dict[str, Codes], rows: npt.NDArray[np.intp]) -> pa.Array:
        values = pa.array([*self.vocabularies[column].values, ""], pa.string())
        return values.take(pa.array(np.maximum(codes[column][rows], MISSING) % len(values)))

    def _instants(self, table: pa.Table) -> Times:
        instants = _integers(table["timestamp"], NO_TIME)
        if self._assumptions.zone is None:
            return instants
        local = _integers(table["local_time"], NO_TIME)
        return np.where(local == NO_TIME, instants, _from_local(local, self._assumptions.zone))

    def _plausible(self, instants: Times) -> Mask:
        latest = to_microseconds(self._assumptions.now + LATEST_AHEAD)
        return (instants >= to_microseconds(EARLIEST)) & (instants <= latest)

    def _properties_json(self, texts: pa.Table, wanted: Mask) -> pa.Array:
        if not wanted.any():
            return pa.nulls(len(wanted), pa.large_string())
        self._duckdb.register("kept", texts.append_column("wanted", pa.array(wanted)))
        column = self._duckdb.sql(KEPT_QUERY).to_arrow_table()["properties"]
        return column.combine_chunks().cast(pa.large_string())


def _complete(codes: dict[str, Codes]) -> Mask:
    """Return which rows are one of the eight events, by a known user, with the properties it requires."""
    event = codes["event"]
    good = (event >= 0) & (event < len(EVENTS)) & (codes["user_id"] >= 0)
    for field in property_fields().values():
        if field.column in codes:
            allowed = np.where(field.required, 0, MISSING).astype(np.int32)
            good &= codes[field.column] >= np.take(allowed, event, mode="clip")
    return good


def _clear_unnamed(codes: dict[str, Codes], table: pa.Table) -> Mask:
    """Take out values that a row's event does not name, and return which rows had some."""
    event = codes["event"]
    cleared = np.zeros(len(event), np.bool_)
    for field in property_fields().values():
        if field.column in codes and not field.named.all():
            given = table[field.column].is_valid().to_numpy()
            unnamed = given & ~np.take(field.named, event, mode="clip")
            codes[field.column][unnamed] = MISSING
            cleared |= unnamed
    return cleared


def _from_local(local: Times, zone: tzinfo) -> Times:
    """Return instants of wall-clock times; `NO_TIME`, so doubtful, where a clock was put forward or back."""
    clock = pd.DatetimeIndex(local.view("M8[us]")).tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    return clock.tz_convert("UTC").as_unit("us").asi8


def _flags(column: pa.ChunkedArray) -> Mask:
    flags: Mask = column.combine_chunks().fill_null(False).to_numpy(zero_copy_only=False)
    return flags


def _unsigned(column: pa.ChunkedArray) -> Keys:
    return _integers(column, 0).view(np.uint64)


def _decimal(numbers: Times) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _integers(column: pa.ChunkedArray, missing: int) -> npt.NDArray[Any]:
    numbers: npt.NDArray[Any] = column.combine_chunks().fill_null(missing).to_numpy(zero_copy_only=False)
    return numbers.copy()
