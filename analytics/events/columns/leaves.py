"""Leaves: the JSON texts that DuckDB found in lines, by the names of the contract."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.events.columns.instants import text_bytes
from analytics.events.columns.parse_query import leaves
from analytics.events.contract import ALIASES, PROPERTY_ALIASES
from analytics.events.frame import COLUMNS, COUNT, NUMBER

Mask = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
Sizes = npt.NDArray[np.int64]

_NUMBERS = (
    *(source for column in COLUMNS if column.kind in (COUNT, NUMBER) for source in column.sources),
    "properties.errorCode",  # which may be a text, too
)

# Numbers as DuckDB writes them that could not have been written shorter, with an exponent.
_NO_SHORTER_NUMBER = r"^(\"|([0-9]+|0\.0|[0-9]*[1-9]\.0|[1-9][0-9]*\.[0-9]*[1-9]|0\.0?[1-9]([0-9]*[1-9])?)$)"

# What the three objects of an event need beside their leaves; after the last leaf of each there is no comma.
_OBJECTS = len('{"context":{},"properties":{},}') - 3


class Leaves:
    """A table of JSON texts by the names of the contract, also for rows that use an alias."""

    def __init__(self, table: pa.Table) -> None:
        self._columns = {name: table[name].combine_chunks() for name in table.column_names}
        self._both = np.zeros(len(table), np.bool_)
        if "event" in self._columns:
            self._size = np.full(len(table), _OBJECTS, np.int64)
            for name in leaves():
                self._add_written_size(name)
            self._join_aliases()

    def __getitem__(self, name: str) -> pa.Array:
        """Return the texts of a leaf, missing where a row has none."""
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
        """Which rows must be left to the judge: they use both dialects, or have a batch beside an event."""
        return self._both | self.valid("batch")

    def unusual(self, sizes: Sizes) -> Mask:
        """Return which lines may hold more than these leaves; `sizes` are the lines' sizes in bytes.

        A line that is exactly as long as its leaves, written without spaces, holds nothing else: no unknown key,
        no key twice, no trailing comma. DuckDB only ever shortens strings, and numbers too, unless they were written
        with an exponent.
        """
        unusual: Mask = sizes != self._size
        for source in _NUMBERS:
            given = np.flatnonzero(self.valid(source))
            texts = self[source].take(pa.array(given))
            unusual[given] |= ~flags(pc.match_substring_regex(texts, _NO_SHORTER_NUMBER))
        return unusual

    def _add_written_size(self, name: str) -> None:
        """Add to each row the bytes that a leaf takes: its text, its key in quotes, a colon and a comma."""
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


def plain_strings(texts: pa.Array) -> Mask:
    """Return which JSON texts are non-empty strings without an escape."""
    data, offsets = text_bytes(texts)
    plain = np.diff(offsets) > 2
    plain[plain] = data[offsets[:-1][plain]] == ord('"')
    if (data[offsets[0] : offsets[-1]] == ord("\\")).any():
        plain &= ~flags(pc.match_substring(texts, "\\"))
    return plain


def flags(column: pa.Array | pa.ChunkedArray) -> Mask:
    """Return a column of flags, false where missing."""
    found: Mask = np.asarray(column.fill_null(False), np.bool_)
    return found
