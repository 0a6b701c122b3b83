"""The values of a table's cells, as columns by field. DuckDB reads each distinct cell once."""

import pyarrow as pa
import pyarrow.compute as pc

from analytics.arrow_query import run_query_once
from analytics.events.tables import sql
from analytics.events.tables.headings import RECIPIENT, SENDER
from analytics.events.tables.matching import PROPERTIES, TIMES, Matching, meanings_of_words, words_of_field
from analytics.events.tables.reading import Rows

NUMBER, UNCLEAR_DAY = "row number", "unclear day"
"""Two more columns: the row's number, and whether the day and the month of one of its times can be mixed up."""

_PROPERTY = "properties."


class Values:
    """The values of a table's rows, by field."""

    def __init__(self, matching: Matching, columns: tuple[str, ...], *, exact: bool) -> None:
        """Take the matching and the table's columns; the texts of an `exact` table are used as they are."""
        self._matching = matching
        taken = matching.columns.values()
        unnamed = [name for name in columns if name.startswith(_PROPERTY) and name not in taken]
        self.more = {name.removeprefix(_PROPERTY): name for name in unnamed if matching.rows == "events"}
        """Columns of properties that the contract does not know; they are kept, too."""
        text = (sql.exact_text if exact else sql.text)(_CELL)
        self._columns = matching.columns | {column: column for column in self.more.values()}
        self._cells = {name: _Cells(text, self._value(name)) for name in self._columns}

    def has(self, name: str) -> bool:
        """Return whether a column holds this field."""
        return name in self._matching.columns

    def of(self, rows: Rows) -> pa.Table:
        """Return the values of some rows: a text column for every possible field, missing if it has no column."""
        found = {name: pa.nulls(len(rows.texts), pa.string()) for name in (*self._matching.fields, *_ALWAYS)}
        for name, column in self._columns.items():
            found[name] = self._cells[name].of(rows.texts[column].combine_chunks())
        if self._matching.has_parties and not self.has("userId"):
            inbound = pc.equal(_plain(found["direction"]), "inbound").fill_null(False)
            found["userId"] = pc.if_else(inbound, _plain(found[SENDER]), _plain(found[RECIPIENT]))
        return pa.table(found | {NUMBER: rows.numbers, UNCLEAR_DAY: self._unclear_days(found, len(rows.texts))})

    def _value(self, name: str) -> str:
        """Return the SQL that gives the value of a cell of this field."""
        if name in (*TIMES, "reportedAt"):
            return sql.time(_CELL, day_first=self._matching.day_first)
        if name in ("userId", SENDER, RECIPIENT):
            return sql.phone(_CELL)
        words = meanings_of_words(name, self._matching)
        return sql.translate(_CELL, words, words_of_field(name)) if words else _CELL

    def _unclear_days(self, found: dict[str, pa.Array], count: int) -> pa.Array:
        unclear = pa.repeat(False, count)
        for name in TIMES if self._matching.day_first is None else ():
            if self.has(name):
                matches = pc.match_substring_regex(_plain(found[name]), sql.UNCLEAR_DAY)
                unclear = pc.or_(unclear, matches.fill_null(False))
        return unclear


_ALWAYS = ("event", "timestamp", "properties", "reportedAt", *PROPERTIES)
_CELL = "cell"
_MOST_REMEMBERED_CELLS = 5_000
"""Beyond this many distinct cells few will come again: they are not remembered."""


class _Cells:
    """The values of the cells of one column."""

    def __init__(self, text: str, value: str) -> None:
        self._query = f"SELECT {value} AS value FROM (SELECT {text} AS {_CELL} FROM some_cells)"
        self._known: dict[str | None, str | None] = {}

    def of(self, column: pa.Array) -> pa.Array:
        """Return the value of each cell."""
        encoded = column.dictionary_encode()
        distinct = encoded.dictionary
        if len(distinct) > len(column) // 2:
            return self._compute(column)
        values = self._compute(distinct) if len(distinct) > _MOST_REMEMBERED_CELLS else self._look_up(distinct)
        return pa.DictionaryArray.from_arrays(encoded.indices, values)

    def _look_up(self, distinct: pa.Array) -> pa.Array:
        texts = distinct.to_pylist()
        new = [text for text in texts if text not in self._known]
        if new:
            if len(self._known) > _MOST_REMEMBERED_CELLS:
                self._known = {text: self._known[text] for text in texts if text in self._known}
            self._known.update(zip(new, self._compute(pa.array(new, pa.string())).to_pylist(), strict=True))
        return pa.array([self._known[text] for text in texts], pa.string())

    def _compute(self, column: pa.Array) -> pa.Array:
        return run_query_once(self._query, "some_cells", pa.table({_CELL: column}))["value"].combine_chunks()


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
