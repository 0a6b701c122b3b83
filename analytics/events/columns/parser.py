"""The fast path of validation: whole columns are judged at once, and only what is certainly good passes.

DuckDB parses the lines to columns of JSON texts (`parse_query.py`, `leaves.py`); each *distinct* value of a column
is then validated once, by the pydantic type that the contract gives it (`vocabulary.py`); times, distinct in almost
every row, are parsed by array operations (`instants.py`), and so are the rules that join columns. Whatever is not
certainly good is left to the judge: this path never rejects.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, TypeAdapter

from analytics.arrow_query import run_query
from analytics.events.columns.instants import NO_TIME, Times, parse_instants
from analytics.events.columns.leaves import Keys, Leaves, Mask, flags, plain_strings
from analytics.events.columns.parse_query import JSON_OR_NULL, open_leaves, parse_query, second_look_query
from analytics.events.columns.vocabulary import DOUBTFUL, MISSING, Codes, Vocabulary
from analytics.events.contract import EVENTS, Assumptions, Context, CustomerId, Event, Text
from analytics.events.frame import COLUMN, COLUMNS, EVENT_CODES, EVENT_NAMES, MESSAGE_EVENTS, TEXT, TIME, Column
from analytics.events.identity import CODES, LOW_BITS, digest, occurrence
from analytics.events.judge import MAX_EVENT_BYTES
from analytics.events.property_fields import PropertyField, property_fields
from analytics.events.raw_lines import RawLines
from analytics.events.timestamps import EARLIEST, LATEST_AHEAD, to_microseconds

# What a library says of itself is not kept; anything but names and versions is left to the judge.
_PLAIN_LIBRARY = Annotated[dict[str, str], AfterValidator(lambda _: None)]


@dataclass(frozen=True)
class Columns:
    """Lines as columns, one row for each line. Rows that are not `good` are not reliable: the judge decides on them.

    `arrays` and `texts` are by column of the event frame, held as its kind says: codes (int32) of the parser's
    vocabularies, microseconds (int64, `NO_TIME` where missing), and texts in Arrow; `properties` only where some
    have no column of their own.
    """

    good: Mask
    is_batch: Mask
    arrays: dict[str, npt.NDArray[Any]]
    texts: dict[str, pa.Array]


class ColumnParser:
    """Parses lines to columns; what it learns of distinct values serves the lines that follow."""

    def __init__(self, assumptions: Assumptions, few: int = 100) -> None:
        """Take the assumptions, and up to how many unusual rows of a block are judged without a query."""
        self._assumptions = assumptions
        self._few = few
        self._met_other_than_json = False
        self.vocabularies = {column.name: self._of(column) for column in COLUMNS if column.kind.coded}
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
        """Return the JSON texts of `lines`. This part of the work may run in another thread.

        Once a line was not JSON, all following lines are checked for being JSON.
        """
        texts = pa.table({"text": lines.to_arrow()})
        if not self._met_other_than_json:
            try:
                return open_leaves(run_query(parse_query("text"), "lines", texts))
            except (duckdb.InvalidInputException, UnicodeDecodeError):  # its message may cut a character in two
                self._met_other_than_json = True
        return open_leaves(run_query(parse_query(JSON_OR_NULL), "lines", texts))

    def parse(self, lines: RawLines, table: pa.Table | None = None) -> Columns:
        """Return the columns of `lines`, from what `query` found in them."""
        leaf = Leaves(self.query(lines) if table is None else table)
        sizes = lines.sizes()
        own_texts = {column.name: self._of(column) for column in COLUMNS if _has_texts(column)}  # not to be remembered
        words = self.vocabularies | own_texts
        codes = {name: known.encode(leaf[COLUMN[name].sources[0]]) for name, known in words.items()}
        timestamp, test = self._parse_timestamps(leaf), self._checks["context.test"]
        message_id, identified = _parse_message_ids(leaf, codes["event"])
        good = _is_complete(codes) & self._check_constants(leaf, codes["event"]) & self._is_plausible(timestamp)
        good &= identified & ~leaf.doubtful & (sizes <= MAX_EVENT_BYTES)
        times = {column.name: _times(leaf, codes["event"], column, good) for column in COLUMNS if _has_times(column)}
        properties = self._keep_json(lines, good, leaf.unusual(sizes), _clear_unnamed(codes, leaf))
        key_high, key_low = self._compute_keys(leaf, codes, timestamp)
        texts = {name: known.decode(codes.pop(name), pa.large_string()) for name, known in own_texts.items()}
        arrays: dict[str, npt.NDArray[Any]] = {
            **codes,
            **times,
            "timestamp": timestamp,
            "test": test.encode(leaf["context.test"]) == test.code(True),
            "key_high": key_high,
            "key_low": key_low,
        }
        texts |= {"message_id": message_id, "properties": properties}
        return Columns(good, _find_batches(lines, leaf, good), arrays, texts)

    def _of(self, column: Column) -> Vocabulary:
        """Return a vocabulary for a column, whose values the contract judges."""
        (source,) = column.sources
        kind = {"event": Text, "userId": CustomerId}.get(source) or _field(source).kind
        return self._vocabulary(kind)

    def _vocabulary(self, kind: Any) -> Vocabulary:
        judge = _list_of(kind).validate_json
        return Vocabulary(lambda texts: judge(f"[{','.join(texts)}]", context=self._assumptions))

    def _parse_timestamps(self, leaf: Leaves) -> Times:
        instants, local = parse_instants(leaf["timestamp"])
        zone = self._assumptions.zone
        if zone is None or (local == NO_TIME).all():
            return instants
        # Times when a clock was put forward or back are left to the judge.
        clock = pd.DatetimeIndex(local.view("M8[us]")).tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        return np.where(local == NO_TIME, instants, clock.tz_convert("UTC").as_unit("us").asi8)

    def _is_plausible(self, instants: Times) -> Mask:
        latest = to_microseconds(self._assumptions.now + LATEST_AHEAD)
        return (instants >= to_microseconds(EARLIEST)) & (instants <= latest)

    def _check_constants(self, leaf: Leaves, event: Codes) -> Mask:
        """Return which rows have the right value in all fields for which the contract allows only one."""
        good = np.ones(len(event), np.bool_)
        for name, words in self._checks.items():
            codes = words.encode(leaf[name])
            good &= codes != DOUBTFUL
            for constant_event, value in _constants().get(name.removeprefix("properties."), {}).items():
                good &= (codes == words.code(value)) | (event != EVENT_CODES[constant_event])
        return good & leaf.valid("context.channel")

    def _keep_json(self, lines: RawLines, good: Mask, unusual: Mask, unnamed: Mask) -> pa.Array:
        """Return the properties of rows that have some without a column; unsound rows are taken out of `good`.

        If there are only a few such rows, all of them are taken out of `good` and left to the judge.
        """
        look = good & (unusual | unnamed)
        kept = pa.nulls(len(look), pa.large_string())
        if np.count_nonzero(look) <= self._few:
            good &= ~look
            return kept
        texts = lines.to_arrow().filter(pa.array(look))
        second = run_query(second_look_query(), "unusual", pa.table({"text": texts}))
        sound = flags(second["sound"])
        good[look] = sound
        wanted = sound & (flags(second["unnamed"]) | unnamed[look])
        json = pc.if_else(pa.array(wanted), second["properties"].combine_chunks().cast(pa.large_string()), None)
        return pc.replace_with_mask(kept, pa.array(look), json)

    def _compute_keys(self, leaf: Leaves, codes: dict[str, Codes], timestamp: Times) -> tuple[Keys, Keys]:
        """Return the identities (see `identity.py`); those of rows that are not good mean nothing."""
        high, low = leaf.unsigned("key_high"), leaf.unsigned("key_low")
        rows = np.flatnonzero(~_is_about_message(codes["event"]))
        who, where = ([*self.vocabularies[column].values, ""] for column in ("user_id", "chat_id"))
        users, chats = (np.maximum(codes[column][rows], MISSING).tolist() for column in ("user_id", "chat_id"))
        subjects = [
            occurrence(who[user], where[chat], time)
            for user, chat, time in zip(users, chats, timestamp[rows].tolist(), strict=True)
        ]
        digests = np.frombuffer(b"".join(map(digest, subjects)), "<u8").reshape(-1, 2)
        high[rows], low[rows] = digests[:, 1], digests[:, 0] & ~np.uint64(LOW_BITS)
        return high, low | _IDENTITY_CODES[np.clip(codes["event"], 0, len(EVENTS) - 1)]


_IDENTITY_CODES = np.array([CODES[name] for name in EVENT_NAMES], np.uint64)
"""The code in an identity by event code; the two orders differ."""


@cache
def _list_of(kind: Any) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[kind], config={"strict": True})


def _field(source: str) -> PropertyField:
    return property_fields()[source.removeprefix("properties.")]


def _has_texts(column: Column) -> bool:
    """Return whether a column holds a property that is a text like any other; the message id makes the identity."""
    return column.kind is TEXT and column.name not in ("message_id", "properties")


def _has_times(column: Column) -> bool:
    """Return whether a column holds times among the properties; `timestamp` may be without an offset."""
    return column.kind is TIME and column.name != "timestamp"


def _constants() -> dict[str, dict[str, str]]:
    """Return the only value that a property may have, by property and event."""
    return {name: field.constants for name, field in property_fields().items() if field.constants}


def _is_about_message(event: Codes) -> Mask:
    return np.isin(event, [EVENT_CODES[name] for name in MESSAGE_EVENTS])


def _is_complete(codes: dict[str, Codes]) -> Mask:
    """Return which rows are an event of the contract and have a valid user and all required properties."""
    event = codes["event"]
    good = (event >= 0) & (event < len(EVENTS)) & (codes["user_id"] >= 0)
    for field in property_fields().values():
        if field.column in codes:
            allowed = np.where(field.required, 0, MISSING).astype(np.int32)
            good &= codes[field.column] >= np.take(allowed, event, mode="clip")
    return good


def _clear_unnamed(codes: dict[str, Codes], leaf: Leaves) -> Mask:
    """Remove values that the row's event does not name, and return which rows had any."""
    event = codes["event"]
    had = np.zeros(len(event), np.bool_)
    for name, field in property_fields().items():
        if not field.named.all() and leaf[f"properties.{name}"].null_count < len(event):
            unnamed = leaf.valid(f"properties.{name}") & ~np.take(field.named, event, mode="clip")
            had |= unnamed
            if field.column in codes:
                codes[field.column][unnamed] = MISSING
    return had


def _parse_message_ids(leaf: Leaves, event: Codes) -> tuple[pa.Array, Mask]:
    """Return the id of the message that each event is about, and for which rows it is certainly valid."""
    texts = leaf["properties.messageId"]
    plain, about_message = plain_strings(texts), _is_about_message(event)
    ids = pc.if_else(pa.array(plain & about_message), pc.utf8_slice_codeunits(texts, 1, -1), None)
    return ids, plain | ~(about_message | leaf.valid("properties.messageId"))


def _times(leaf: Leaves, event: Codes, column: Column, good: Mask) -> Times:
    """Return the times of a column, `NO_TIME` where missing; take rows that are not certainly right out of `good`."""
    times = np.full(len(event), NO_TIME, np.int64)
    for source in column.sources:
        texts, field = leaf[source], _field(source)
        if texts.null_count < len(event):
            own = np.take(field.named, event, mode="clip")
            instants = parse_instants(texts)[0]
            times[own] = instants[own]
            good &= ~leaf.valid(source) | np.where(own, instants != NO_TIME, plain_strings(texts))
        if field.required.any():
            good &= leaf.valid(source) | ~np.take(field.required, event, mode="clip")
    return times


def _find_batches(lines: RawLines, leaf: Leaves, good: Mask) -> Mask:
    """Return which lines hold a batch or a list rather than an event."""
    batches = leaf.valid("batch") & ~leaf.valid("event")
    for place in np.flatnonzero(~good).tolist():
        batches[place] |= lines.raw(place).lstrip(b"\t\r ").startswith(b"[")
    return batches
