"""Assembly of the event frame from the columns of many blocks of lines."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.events.columns import MISSING, NO_TIME, Codes, Columns, Vocabulary
from analytics.events.frame import CATEGORIES, COLUMNS, DTYPES, EVENT_NAMES, NUMBERS, TIMES
from analytics.events.judge import ValidEvent
from analytics.events.raw_lines import RawLines
from analytics.events.timestamps import to_microseconds

Arrays = dict[str, npt.NDArray[Any]]
Texts = dict[str, pa.Array]

_TEXTS = ("message_id", "properties")
_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


class Assembly:
    """Collects what is valid of each block, and makes one event frame of it."""

    def __init__(self, vocabularies: Mapping[str, Vocabulary]) -> None:
        self._vocabularies = vocabularies
        self._arrays: list[Arrays] = []
        self._texts: list[Texts] = []

    def add(self, lines: RawLines, columns: Columns, judged: Mapping[int, ValidEvent]) -> None:
        """Add the good rows of `columns`, and those that the judge found valid in their place."""
        arrays: Arrays = {
            **columns.codes,
            "timestamp": columns.timestamp,
            "reported_at": columns.reported_at,
            "test": columns.test.copy(),
            "key_high": columns.key_high,
            "key_low": columns.key_low,
            "line": lines.line,
            "index": lines.index,
        }
        texts: Texts = {"message_id": columns.message_id, "properties": columns.properties}
        keep = columns.good.copy()
        if judged:
            places = list(judged)
            keep[places] = True
            self._write(arrays, texts, places, list(judged.values()))
        if not keep.all():
            arrays = {name: values[keep] for name, values in arrays.items()}
            texts = {name: values.filter(pa.array(keep)) for name, values in texts.items()}
        self._arrays.append(arrays)
        self._texts.append(texts)

    def event_frame(self) -> tuple[pd.DataFrame, int, int]:
        """Return the event frame, the number of duplicates, and how many of those differ from the first.

        Gives up what was collected, column by column, so that the peak stays low.
        """
        columns = {name: self._column(name) for name in COLUMNS}
        return _without_duplicates(pd.DataFrame(columns, copy=False))

    def _write(self, arrays: Arrays, texts: Texts, places: list[int], events: list[ValidEvent]) -> None:
        """Write valid events over the rows at `places`."""
        for name, vocabulary in self._vocabularies.items():
            arrays[name][places] = [vocabulary.code(_value(event, name)) for event in events]
        arrays["timestamp"][places] = [event.microseconds for event in events]
        arrays["reported_at"][places] = [_reported(event) for event in events]
        arrays["test"][places] = [event.envelope.context.test for event in events]
        arrays["key_high"][places] = np.array([event.key[0] for event in events], np.uint64)
        arrays["key_low"][places] = np.array([event.key[1] for event in events], np.uint64)
        message_ids = [_value(event, "message_id") for event in events]
        texts["message_id"] = _replaced(texts["message_id"], places, message_ids)
        texts["properties"] = _replaced(texts["properties"], places, [event.kept_json for event in events])

    def _column(self, name: str) -> Any:
        if name in _TEXTS:
            chunks = [part.pop(name).cast(pa.large_string()) for part in self._texts]
            return pd.array(pa.chunked_array(chunks, pa.large_string()), dtype=_TEXT)
        values = np.concatenate([np.zeros(0, DTYPES[name]), *(part.pop(name) for part in self._arrays)])
        if name in NUMBERS:
            return np.array([*self._vocabularies[name].values, np.nan], NUMBERS[name])[values]
        if name in CATEGORIES:
            return _categorical(values, self._vocabularies[name].values, sort=name != "event")
        if name in TIMES:
            return pd.DatetimeIndex(values.view("M8[us]")).tz_localize("UTC")
        return values


def _value(event: ValidEvent, column: str) -> Any:
    """Return what an event holds for a column; None where its model does not name it."""
    if column in ("event", "user_id"):
        return getattr(event.envelope, column)
    return getattr(event.properties, column) if column in type(event.properties).model_fields else None


def _reported(event: ValidEvent) -> int:
    instant = _value(event, "delivered_at") or _value(event, "read_at")
    return NO_TIME if instant is None else to_microseconds(instant)


def _replaced(texts: pa.Array, places: list[int], values: list[str | None]) -> pa.Array:
    mask = np.zeros(len(texts), np.bool_)
    mask[places] = True
    in_order = [value for _, value in sorted(zip(places, values, strict=True))]
    return pc.replace_with_mask(texts.cast(pa.large_string()), mask, pa.array(in_order, pa.large_string()))


def _categorical(codes: Codes, values: list[Any], *, sort: bool) -> "pd.Categorical[Any]":
    """Return a categorical of the values that occur, sorted unless their order has a meaning."""
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    occurring = [
        place for place in range(len(values)) if counts[place] or (not sort and place < len(EVENT_NAMES))
    ]
    if sort:
        occurring.sort(key=values.__getitem__)
    new_codes = np.full(len(values) + 1, MISSING, np.int32)  # the last serves MISSING
    new_codes[occurring] = np.arange(len(occurring))
    return pd.Categorical.from_codes(
        new_codes[codes], categories=pd.Index([values[place] for place in occurring])
    )


def _without_duplicates(frame: pd.DataFrame) -> tuple[pd.DataFrame, int, int]:
    suspects = frame[_occurs_twice(frame["key_low"].to_numpy())]
    repeated = suspects.duplicated(["key_high", "key_low"])
    if not repeated.any():
        return frame, 0, 0
    kept = np.ones(len(frame), np.bool_)
    kept[suspects.index[repeated]] = False
    return frame[kept].reset_index(drop=True), int(repeated.sum()), _conflicts(suspects, repeated.to_numpy())


def _conflicts(suspects: pd.DataFrame, repeated: npt.NDArray[np.bool_]) -> int:
    """Return how many of the repeated events differ in content from the first of their identity."""
    number = suspects.groupby(["key_high", "key_low"], sort=False).ngroup().to_numpy()
    later = np.flatnonzero(repeated)
    first = np.flatnonzero(~repeated)[number[later]]  # groups are numbered in order of their first
    differing = np.zeros(len(later), np.bool_)
    for name in COLUMNS:
        if name not in ("line", "index"):
            values = suspects[name]
            codes = values.cat.codes if name in CATEGORIES else values
            one, other = codes.take(first).array, codes.take(later).array
            differing |= ~np.asarray((one == other) | (pd.isna(one) & pd.isna(other)), np.bool_)
    return int(differing.sum())


def _occurs_twice(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    in_order = np.sort(values)
    return np.isin(values, in_order[1:][in_order[1:] == in_order[:-1]])
