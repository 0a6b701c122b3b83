"""Assembly of the event frame from the columns of many blocks of lines."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.events.columns.instants import NO_TIME
from analytics.events.columns.leaves import Keys
from analytics.events.columns.parser import Columns
from analytics.events.columns.vocabulary import MISSING, Codes, Vocabulary
from analytics.events.customers import find_links, join_links
from analytics.events.frame import COLUMN, COLUMNS, COUNT, EVENT_NAMES, NUMBER, STORED, TEXT, TIME, Column
from analytics.events.judge import ValidEvent
from analytics.events.raw_lines import RawLines
from analytics.events.repeats import Repeats, find_repeats
from analytics.events.timestamps import instants_of

Arrays = dict[str, npt.NDArray[Any]]
Texts = dict[str, pa.Array]

_ROWS_WORTH_THREADS = 50_000
"""From this many rows on, two threads make the columns faster than one."""

_BLOCKS_PER_PART = 10
"""This many blocks are joined and kept as one."""

STRING = pd.StringDtype("pyarrow", na_value=np.nan)
"""The dtype `str` of the event frame's texts."""


class Assembly:
    """Collects the valid events of each block and makes one event frame of them."""

    def __init__(self, vocabularies: Mapping[str, Vocabulary]) -> None:
        self._vocabularies = vocabularies
        self._arrays: list[Arrays] = []
        self._latest: list[Arrays] = []
        self._texts: list[Texts] = []

    def add(self, lines: RawLines, columns: Columns, judged: Mapping[int, ValidEvent]) -> None:
        """Add the good rows of `columns`, and at their places the events that the judge found valid."""
        arrays: Arrays = {**columns.arrays, "line": lines.line, "index": lines.index}
        texts: Texts = dict(columns.texts)
        keep = columns.good.copy()
        if judged:
            places = list(judged)
            keep[places] = True
            self._write(arrays, texts, places, list(judged.values()))
        if not keep.all():
            arrays = {name: values[keep] for name, values in arrays.items()}
            texts = {name: values.filter(pa.array(keep)) for name, values in texts.items()}
        self._latest.append(arrays)
        self._texts.append(texts)
        if len(self._latest) == _BLOCKS_PER_PART:
            self._join_latest()

    def event_frame(self) -> tuple[pd.DataFrame, Repeats, pd.DataFrame]:
        """Return the event frame, the repeats, and the links that all events bring (see `customers.py`).

        The collected columns are released one by one, so that the peak of memory stays low.
        """
        whole = {column.name: self._join(column) for column in COLUMNS}
        suspects, repeated = _find_repeated(whole["key_high"], whole["key_low"])
        if not len(suspects):
            events = self._frame(whole, None)
            return events, Repeats(), find_links(events)
        suspected = self._frame(whole, suspects)
        again = find_repeats(suspected)
        keep = np.ones(len(whole["line"]), np.bool_)
        keep[suspects[repeated]] = False
        events = self._frame(whole, None if keep.all() else np.flatnonzero(keep))
        return events, again, join_links(find_links(events), find_links(suspected))

    def event_table(self) -> tuple[pa.Table, pa.Table]:
        """Return the event frame as an Arrow table, and a second table of the repeated events.

        Categories are plain values, which is faster for a few rows.
        """
        whole = {column.name: self._join(column) for column in COLUMNS}
        table = pa.table({name: self._arrow(COLUMN[name], values) for name, values in whole.items()})
        suspects, repeated = _find_repeated(whole["key_high"], whole["key_low"])
        if not repeated.any():
            return table, table.slice(0, 0)
        keep = np.ones(len(table), np.bool_)
        keep[suspects[repeated]] = False
        return table.filter(pa.array(keep)), table.filter(pa.array(~keep))

    def _join_latest(self) -> None:
        """Join small parts into a large one, in memory of its own: the memory of the blocks is used again."""
        joined = {name: np.concatenate([part[name] for part in self._latest]) for name in self._latest[0]}
        joined |= {name: _narrow_codes(joined[name]) for name in self._vocabularies}
        self._arrays.append({name: _copy_to_own_pages(values) for name, values in joined.items()})
        self._latest = []

    def _join(self, column: Column) -> Any:
        name = column.name
        if column.kind.held is None:
            chunks = [part.pop(name).cast(pa.large_string()) for part in self._texts]
            return pa.chunked_array(chunks, pa.large_string())
        nothing = np.zeros(0, np.int8 if column.kind.coded else column.kind.held)
        return np.concatenate([nothing, *(part.pop(name) for part in (*self._arrays, *self._latest))])

    def _frame(self, columns: dict[str, Any], rows: npt.NDArray[np.intp] | None) -> pd.DataFrame:
        """Return the event frame of some rows, or of all; then `columns` are released one by one."""

        def column(name: str) -> Any:
            return self._column(COLUMN[name], columns.pop(name) if rows is None else columns[name].take(rows))

        names = tuple(columns)
        if len(columns["line"] if rows is None else rows) < _ROWS_WORTH_THREADS:
            return pd.DataFrame({name: column(name) for name in names}, copy=False)
        with ThreadPoolExecutor(2) as threads:
            return pd.DataFrame(dict(zip(names, threads.map(column, names), strict=True)), copy=False)

    def _write(self, arrays: Arrays, texts: Texts, places: list[int], events: list[ValidEvent]) -> None:
        """Write valid events over the rows at `places`."""
        for column in STORED:
            values = [event.value(column.name) for event in events]
            if column.kind.held is None:
                texts[column.name] = _replace_texts(texts[column.name], places, values)
            else:
                arrays[column.name][places] = self._held(column, values)
        arrays["key_high"][places] = np.array([event.key[0] for event in events], np.uint64)
        arrays["key_low"][places] = np.array([event.key[1] for event in events], np.uint64)

    def _held(self, column: Column, values: list[Any]) -> list[Any]:
        """Return values as they are held while a frame is made."""
        if column.kind.coded:
            return [self._vocabularies[column.name].code(value) for value in values]
        return [NO_TIME if value is None else value for value in values] if column.kind is TIME else values

    def _column(self, column: Column, values: Any) -> Any:
        """Return a column of the event frame, with its dtype."""
        if column.kind is TEXT:
            return pd.array(values, dtype=STRING)
        if column.kind in (COUNT, NUMBER):
            return np.array([*self._vocabularies[column.name].values, np.nan], np.float64)[values]
        if column.kind.coded:
            return make_categorical(values, self._vocabularies[column.name].values, sort=column.name != "event")
        return instants_of(values) if column.kind is TIME else values

    def _arrow(self, column: Column, values: Any) -> Any:
        if column.kind.coded:
            return self._vocabularies[column.name].decode(values, column.kind.arrow)
        if column.kind is TIME:
            return pa.array(values, column.kind.arrow, mask=values == NO_TIME)
        return values.cast(column.kind.arrow) if column.kind is TEXT else values


def _narrow_codes(codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the codes with the smallest integer type that holds them."""
    least, most = int(codes.min(initial=MISSING)), int(codes.max(initial=0))
    return codes.astype(np.promote_types(np.min_scalar_type(least), np.min_scalar_type(most)))


def _copy_to_own_pages(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a copy in memory pages of its own: a small array that stays would keep all pages around it in use."""
    kept = np.frombuffer(mmap(-1, max(1, values.nbytes)), values.dtype, len(values))
    kept[:] = values
    return kept


def _replace_texts(texts: pa.Array, places: list[int], values: list[str | None]) -> pa.Array:
    mask = np.zeros(len(texts), np.bool_)
    mask[places] = True
    in_order = [value for _, value in sorted(zip(places, values, strict=True))]
    return pc.replace_with_mask(texts.cast(pa.large_string()), mask, pa.array(in_order, pa.large_string()))


def make_categorical(codes: Codes, values: list[Any], *, sort: bool = True) -> "pd.Categorical[Any]":
    """Return a categorical of the values that occur, sorted unless their order has a meaning."""
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    occurring = [place for place in range(len(values)) if counts[place] or (not sort and place < len(EVENT_NAMES))]
    if sort:
        occurring.sort(key=values.__getitem__)
    new_codes = np.full(len(values) + 1, MISSING, np.int32)  # the last serves MISSING
    new_codes[occurring] = np.arange(len(occurring))
    return pd.Categorical.from_codes(new_codes[codes], categories=pd.Index([values[place] for place in occurring]))


def _find_repeated(high: Keys, low: Keys) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return the places of the few keys whose low half occurs more than once, and which of these keys are repeats."""
    in_order = np.sort(low)
    shared = in_order[1:][in_order[1:] == in_order[:-1]]
    suspects = np.flatnonzero(pd.Series(low).isin(shared)) if len(shared) else np.zeros(0, np.intp)
    return suspects, pd.MultiIndex.from_arrays([high[suspects], low[suspects]]).duplicated()
