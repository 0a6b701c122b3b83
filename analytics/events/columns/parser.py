"""The fast path of validation: whole columns are judged at once, and only what is certainly good passes.

DuckDB parses the lines to columns of JSON texts (`parse_query.py`); each *distinct* value of a column is then
validated once, by the pydantic type that the contract gives it; times, distinct in almost every row, are
parsed by array operations (`instants.py`), and so are the rules that join columns. Whatever is not certainly
good is left to the judge: this path never rejects.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from analytics.arrow_query import found
from analytics.events.columns.instants import NO_TIME, Times, parse_instants, text_bytes
from analytics.events.columns.parse_query import JSON_OR_NULL, leaves, opened, parse_query, second_look
from analytics.events.contract import (
    ALIASES,
    EVENTS,
    PROPERTY_ALIASES,
    Assumptions,
    Context,
    Event,
    Phone,
    Text,
)
from analytics.events.frame import CATEGORIES, CODES, EVENT_NAMES, LOW_BITS, MESSAGE_EVENTS, NUMBERS, digest, occurrence
from analytics.events.judge import MAX_EVENT_BYTES
from analytics.events.property_fields import property_fields
from analytics.events.raw_lines import RawLines
from analytics.events.timestamps import EARLIEST, LATEST_AHEAD, to_microseconds

MISSING, DOUBTFUL = -1, -2
"""Codes of no value, and of a value that only the judge of whole events may reject."""

# What a library says of itself is not kept; anything but names and versions is left to the judge.
_PLAIN_LIBRARY = Annotated[dict[str, str], AfterValidator(lambda _: None)]

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
Sizes = npt.NDArray[np.int64]

# Numbers as DuckDB writes them that could not have been written shorter, with an exponent.
_NO_SHORTER_NUMBER = r"^([0-9]+|0\.0|[0-9]*[1-9]\.0|[1-9][0-9]*\.[0-9]*[1-9]|0\.0?[1-9]([0-9]*[1-9])?)$"

# What the three objects of an event need beside their leaves; after the last leaf of each there is no comma.
_OBJECTS = len('{"context":{},"properties":{},}') - 3


_MANY = 30_000
"""Of so many texts, the customers and chats of a large file, few come again soon: they are forgotten."""


class Vocabulary:
    """The distinct values of one column: each is judged once and known by a code from then on."""

    def __init__(self, judge: Callable[[list[str]], list[Any]]) -> None:
        """Take a `judge` that turns JSON texts into values, None for a missing one, or raises."""
        self.values: list[Any] = []
        self._judge = judge
        self._code_of_value: dict[Any, int] = {None: MISSING}
        self._code_of_text: dict[str, int] = {}

    def code(self, value: object) -> int:
        """Return the code of a valid value."""
        code = self._code_of_value.setdefault(value, len(self.values))
        if code == len(self.values):
            self.values.append(value)
        return code

    def encode(self, column: pa.Array) -> Codes:
        """Return the code of each JSON text."""
        if column.null_count == len(column):
            return np.full(len(column), MISSING, np.int32)
        encoded = column.dictionary_encode()
        codes: Codes = np.array([*self._codes(encoded.dictionary.to_pylist()), MISSING], np.int32)
        # The last serves missing values, whose index is -1.
        indices: Codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return codes[indices]

    def _codes(self, texts: list[str]) -> list[int]:
        if not all(text in self._code_of_text for text in texts):
            self._learn(texts)
        return [self._code_of_text[text] for text in texts]

    def _learn(self, texts: list[str]) -> None:
        """Learn those texts that are not known yet; of many, only these are remembered."""
        known = self._code_of_text
        new = [text for text in texts if text not in known]
        if len(known) > _MANY:
            self._code_of_text = known = {text: known[text] for text in texts if text in known}
        try:
            codes = [self.code(value) for value in self._judge(new)]
        except ValidationError:
            codes = [self._judged(text) for text in new]
        known.update(zip(new, codes, strict=True))

    def _judged(self, text: str) -> int:
        try:
            return self.code(self._judge([text])[0])
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

    def __init__(self, assumptions: Assumptions, few: int = 100) -> None:
        """Take how many unusual rows of a block may be judged one by one before a query pays."""
        self._assumptions = assumptions
        self._few = few
        self._met_other_than_json = False
        kinds = {field.column: field.kind for field in property_fields().values()}
        kinds |= {"event": Text, "user_id": Phone}
        self.vocabularies = {column: self._vocabulary(kinds[column]) for column in (*CATEGORIES, *NUMBERS)}
        for name in EVENT_NAMES:  # their codes are fixed
            self.vocabularies["event"].code(name)
        self._checks = {
            "type": self._vocabulary(Event.__annotations__["type"] | None),
            "context.channel": self._vocabulary(Context.model_fields["channel"].annotation),
            "context.test": self._vocabulary(bool | None),
            "context.library": self._vocabulary(_PLAIN_LIBRARY | None),
            **{f"properties.{name}": self._vocabulary(Text | None) for name in _constants()},
        }

    def query(self, lines: RawLines) -> pa.Table:
        """Return the JSON texts of `lines`, the part of the work that may run in another thread.

        Whether lines are JSON is checked from the first one on that is not.
        """
        texts = pa.table({"text": lines.to_arrow()})
        if not self._met_other_than_json:
            try:
                return opened(found(parse_query("text"), "lines", texts))
            except (duckdb.InvalidInputException, UnicodeDecodeError):  # its message may cut a character in two
                self._met_other_than_json = True
        return opened(found(parse_query(JSON_OR_NULL), "lines", texts))

    def parse(self, lines: RawLines, table: pa.Table | None = None) -> Columns:
        """Return the columns of `lines`, from what `query` found in them."""
        leaf = _Leaves(self.query(lines) if table is None else table)
        sizes = lines.sizes()
        codes = {column: words.encode(leaf[_leaf(column)]) for column, words in self.vocabularies.items()}
        timestamp = self._timestamps(leaf)
        reported_at, reported = _reported(leaf, codes["event"])
        message_id, identified = _message_ids(leaf, codes["event"])
        good = _complete(codes) & self._checked(leaf, codes["event"]) & self._plausible(timestamp)
        good &= reported & identified & ~leaf.doubtful & (sizes <= MAX_EVENT_BYTES)
        properties = self._kept_json(lines, good, leaf.unusual(sizes), _clear_unnamed(codes, leaf))
        key_high, key_low = self._keys(leaf, codes, timestamp)
        return Columns(
            good,
            _batches(lines, leaf, good),
            codes,
            timestamp,
            reported_at,
            message_id,
            self._checks["context.test"].encode(leaf["context.test"]) == self._checks["context.test"].code(True),
            properties,
            key_high,
            key_low,
        )

    def _vocabulary(self, kind: Any) -> Vocabulary:
        judge = _list_of(kind).validate_json
        return Vocabulary(lambda texts: judge(f"[{','.join(texts)}]", context=self._assumptions))

    def _timestamps(self, leaf: "_Leaves") -> Times:
        instants, local = parse_instants(leaf["timestamp"])
        zone = self._assumptions.zone
        if zone is None or (local == NO_TIME).all():
            return instants
        # Times when a clock was put forward or back are left to the judge.
        clock = pd.DatetimeIndex(local.view("M8[us]")).tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        return np.where(local == NO_TIME, instants, clock.tz_convert("UTC").as_unit("us").asi8)

    def _plausible(self, instants: Times) -> Mask:
        latest = to_microseconds(self._assumptions.now + LATEST_AHEAD)
        return (instants >= to_microseconds(EARLIEST)) & (instants <= latest)

    def _checked(self, leaf: "_Leaves", event: Codes) -> Mask:
        """Return which rows have the one value where the contract allows but one."""
        good = np.ones(len(event), np.bool_)
        for name, words in self._checks.items():
            codes = words.encode(leaf[name])
            good &= codes != DOUBTFUL
            for constant_event, value in _constants().get(name.removeprefix("properties."), {}).items():
                good &= (codes == words.code(value)) | (event != CODES[constant_event])
        return good & leaf.valid("context.channel")

    def _kept_json(self, lines: RawLines, good: Mask, unusual: Mask, unnamed: Mask) -> pa.Array:
        """Return the properties of rows where some have no column; take unsound rows, and a few, out of `good`."""
        look = good & (unusual | unnamed)
        kept = pa.nulls(len(look), pa.large_string())
        if np.count_nonzero(look) <= self._few:
            good &= ~look
            return kept
        texts = lines.to_arrow().filter(pa.array(look))
        second = found(second_look(), "unusual", pa.table({"text": texts}))
        sound = _flags(second["sound"])
        good[look] = sound
        wanted = sound & (_flags(second["unnamed"]) | unnamed[look])
        json = pc.if_else(pa.array(wanted), second["properties"].combine_chunks().cast(pa.large_string()), None)
        return pc.replace_with_mask(kept, pa.array(look), json)

    def _keys(self, leaf: "_Leaves", codes: dict[str, Codes], timestamp: Times) -> tuple[Keys, Keys]:
        """Return the identities (see `frame.identity`); those of rows that are not good mean nothing."""
        high, low = leaf.unsigned("key_high"), leaf.unsigned("key_low")
        rows = np.flatnonzero(~_about_message(codes["event"]))
        who, where = ([*self.vocabularies[column].values, ""] for column in ("user_id", "chat_id"))
        users, chats = (np.maximum(codes[column][rows], MISSING).tolist() for column in ("user_id", "chat_id"))
        subjects = [
            occurrence(who[user], where[chat], time)
            for user, chat, time in zip(users, chats, timestamp[rows].tolist(), strict=True)
        ]
        digests = np.frombuffer(b"".join(map(digest, subjects)), "<u8").reshape(-1, 2)
        high[rows], low[rows] = digests[:, 1], digests[:, 0] & ~np.uint64(LOW_BITS)
        return high, low | np.maximum(codes["event"], 0).astype(np.uint64)


class _Leaves:
    """A table of JSON texts by the names of the contract; where a row uses an alias, by that."""

    def __init__(self, table: pa.Table) -> None:
        self._columns = {name: table[name].combine_chunks() for name in table.column_names}
        self._both = np.zeros(len(table), np.bool_)
        if "event" in self._columns:
            self._size = np.full(len(table), _OBJECTS, np.int64)
            for name in leaves():
                self._add_written_size(name)
            self._join_aliases()

    def __getitem__(self, name: str) -> pa.Array:
        return self._columns[name]

    def valid(self, name: str) -> Mask:
        """Return which rows have a value."""
        column = self._columns[name]
        if column.null_count in (0, len(column)):
            return np.full(len(column), column.null_count == 0)
        valid: Mask = column.is_valid().to_numpy(zero_copy_only=False)
        return valid

    def unsigned(self, name: str) -> Keys:
        """Return a column of numbers, 0 where missing."""
        numbers: Keys = self._columns[name].fill_null(0).to_numpy(zero_copy_only=False)
        return numbers.copy()

    @property
    def doubtful(self) -> Mask:
        """Return which rows must be left to the judge: they use both dialects, or have an event beside a batch."""
        return self._both | self.valid("batch")

    def unusual(self, sizes: Sizes) -> Mask:
        """Return which of the lines, of so many bytes, may hold more than these leaves.

        As long as its leaves are without a space is a line that holds nothing else: no key that the contract
        does not know, none twice, no trailing comma. DuckDB shortens strings at most, and numbers unless they
        were written with an exponent.
        """
        unusual: Mask = sizes != self._size
        for name in NUMBERS:
            given = np.flatnonzero(self.valid(_leaf(name)))
            texts = self[_leaf(name)].take(pa.array(given))
            unusual[given] |= ~_flags(pc.match_substring_regex(texts, _NO_SHORTER_NUMBER))
        return unusual

    def _add_written_size(self, name: str) -> None:
        """Add how many bytes each row needs for a leaf: its text, its key in quotes, a colon, a comma."""
        column = self[name]
        if column.null_count < len(column):
            _, offsets = text_bytes(column)
            key = len(name.rpartition(".")[-1]) + len('"":,')
            self._size += np.diff(offsets)
            self._size += self.valid(name) * np.uint8(key)

    def _join_aliases(self) -> None:
        pairs = {name: alias for name, alias in ALIASES.items() if alias in self._columns}
        pairs |= {f"properties.{name}": f"properties.{alias}" for name, alias in PROPERTY_ALIASES.items()}
        for name, alias in pairs.items():
            if self[alias].null_count < len(self[alias]):
                self._both |= self.valid(name) & self.valid(alias)
                self._columns[name] = pc.coalesce(self[name], self[alias])


@cache
def _list_of(kind: Any) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[kind], config={"strict": True})


def _leaf(column: str) -> str:
    """Return the name in JSON of a column of the event frame."""
    return {"event": "event", "user_id": "userId"}.get(column, f"properties.{to_camel(column)}")


def _constants() -> dict[str, dict[str, str]]:
    """Return by property and event the one value that it may have."""
    return {name: field.constants for name, field in property_fields().items() if field.constants}


def _about_message(event: Codes) -> Mask:
    return np.isin(event, [CODES[name] for name in MESSAGE_EVENTS])


def _complete(codes: dict[str, Codes]) -> Mask:
    """Return which rows are one of the eight events, by a known user, with the properties it requires."""
    event = codes["event"]
    good = (event >= 0) & (event < len(EVENTS)) & (codes["user_id"] >= 0)
    for field in property_fields().values():
        if field.column in codes:
            allowed = np.where(field.required, 0, MISSING).astype(np.int32)
            good &= codes[field.column] >= np.take(allowed, event, mode="clip")
    return good


def _clear_unnamed(codes: dict[str, Codes], leaf: _Leaves) -> Mask:
    """Take out values that a row's event does not name, and return which rows had some."""
    event = codes["event"]
    had = np.zeros(len(event), np.bool_)
    for name, field in property_fields().items():
        if not field.named.all() and leaf[f"properties.{name}"].null_count < len(event):
            unnamed = leaf.valid(f"properties.{name}") & ~np.take(field.named, event, mode="clip")
            had |= unnamed
            if field.column in codes:
                codes[field.column][unnamed] = MISSING
    return had


def _message_ids(leaf: _Leaves, event: Codes) -> tuple[pa.Array, Mask]:
    """Return the ids of the messages events are about, and which rows are certainly right about theirs."""
    texts = leaf["properties.messageId"]
    plain, about_message = _plain(texts), _about_message(event)
    ids = pc.if_else(pa.array(plain & about_message), pc.utf8_slice_codeunits(texts, 1, -1), None)
    return ids, plain | ~(about_message | leaf.valid("properties.messageId"))


def _reported(leaf: _Leaves, event: Codes) -> tuple[Times, Mask]:
    """Return when receipts say a message arrived or was read, and which rows are certainly right about it."""
    reported, good = np.full(len(event), NO_TIME, np.int64), np.ones(len(event), np.bool_)
    for name, kind in (("deliveredAt", "message.delivered"), ("readAt", "message.read")):
        texts = leaf[f"properties.{name}"]
        if texts.null_count < len(event):
            own = event == CODES[kind]
            times = parse_instants(texts)[0]
            reported[own] = times[own]
            good &= ~leaf.valid(f"properties.{name}") | np.where(own, times != NO_TIME, _plain(texts))
    return reported, good


def _plain(texts: pa.Array) -> Mask:
    """Return which JSON texts are strings, not empty and without an escape."""
    data, offsets = text_bytes(texts)
    plain = np.diff(offsets) > 2
    plain[plain] = data[offsets[:-1][plain]] == ord('"')
    if (data[offsets[0] : offsets[-1]] == ord("\\")).any():
        plain &= ~_flags(pc.match_substring(texts, "\\"))
    return plain


def _batches(lines: RawLines, leaf: _Leaves, good: Mask) -> Mask:
    """Return which lines hold a batch or a list rather than an event."""
    batches = leaf.valid("batch") & ~leaf.valid("event")
    for place in np.flatnonzero(~good).tolist():
        batches[place] |= lines.raw(place).lstrip(b"\t\r ").startswith(b"[")
    return batches


def _flags(column: pa.Array | pa.ChunkedArray) -> Mask:
    flags: Mask = np.asarray(column.fill_null(False), np.bool_)
    return flags
