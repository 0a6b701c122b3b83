"""The values of a table's cells, as columns by field. Each distinct cell of a column with few of them is read once."""

import re
from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.arrow_query import run_query_once
from analytics.events.columns.instants import NO_TIME, Times
from analytics.events.tables import sql
from analytics.events.tables.equal_rows import EqualRows
from analytics.events.tables.foreign_words import FIELDS_OF_WORDS, words_of_field
from analytics.events.tables.headings import CREATED, FAILED, RECIPIENT, SENDER, SENT
from analytics.events.tables.matching import CUSTOMER_IDS, PROPERTIES, TIMES, Matching
from analytics.events.tables.plain import plain
from analytics.events.tables.reading import Rows
from analytics.events.tables.written_times import are_as_written, read_times

NUMBER, UNCLEAR_DAY, NEWEST, BOT, PLACE = "row number", "unclear day", "newest time", "bot", "place among equals"
"""More columns: the row's number, the column of the first of its times whose day and month can be mixed up, its newest
time, `bot` where the agent is one, and how many equal rows came before it."""

_PROPERTY = "properties."
_ALWAYS = ("event", "timestamp", "properties", "reportedAt", *PROPERTIES)
_CELL = "cell"
_MOST_REMEMBERED_CELLS = 5_000
"""Beyond this many distinct cells few will come again: they are not remembered."""
_NUMBER = re.compile("[0-9]+")
_FILE = re.compile(r"\S*[./]\S+")


class Values:
    """The values of a table's rows, by field."""

    def __init__(self, matching: Matching, columns: tuple[str, ...], *, exact: bool) -> None:
        """Take the matching and the table's columns; the texts of an `exact` table are used as they are."""
        self._matching = matching
        self._exact = exact
        taken = matching.columns.values()
        unnamed = [name for name in columns if name.startswith(_PROPERTY) and name not in taken]
        self.more = {name.removeprefix(_PROPERTY): name for name in unnamed if matching.rows == "events"}
        """Columns of properties that the contract does not know; they are kept, too."""
        self._columns = matching.columns | {column: column for column in self.more.values()}
        self._cells = {name: self._cells_of(name) for name in self._columns}
        self._clocks = {name: _Cells(self._text(name)) for name in matching.clocks}
        self._bots = _Cells(self._text("agentId"), self._find_bot)
        self._needs_newest = matching.rows == "messages" and "status" in matching.columns
        self._equal = EqualRows()

    def has(self, name: str) -> bool:
        """Return whether a column holds this field."""
        return name in self._matching.columns

    def of(self, rows: Rows) -> pa.Table:
        """Return the values of some rows: a text column for every possible field, missing if it has no column.

        Rows must come in their order, for equal ones are counted.
        """
        count = len(rows.texts)
        found = {name: pa.nulls(count, pa.string()) for name in (*self._matching.fields, *_ALWAYS, CREATED)}
        unclear, times = pa.nulls(count, pa.string()), {}
        for name, column in self._columns.items():
            found[name] = self._cells[name].of(rows.texts[column].combine_chunks())
            if name in TIMES:
                found[name], times[name], doubtful = self._read_times(name, column, _plain(found[name]), rows)
                unclear = pc.coalesce(unclear, doubtful)
        newest = _newest(times, found, count) if self._needs_newest else pa.nulls(count, pa.string())
        if self._matching.rows == "messages":
            found[SENT] = pc.coalesce(*(_plain(found[name]) for name in (SENT, CREATED, FAILED)))
        if self._matching.has_parties and not self.has("userId"):
            inbound = pc.equal(_plain(found["direction"]), "inbound").fill_null(False)
            found["userId"] = pc.if_else(inbound, _plain(found[SENDER]), _plain(found[RECIPIENT]))
        return pa.table(
            found
            | {
                NUMBER: rows.numbers,
                UNCLEAR_DAY: unclear,
                NEWEST: newest,
                BOT: self._find_bots(rows, count),
                PLACE: self._count_equal(found, count),
            }
        )

    def _cells_of(self, name: str) -> "_Cells":
        text = self._text(name)
        if name in CUSTOMER_IDS:
            return _Cells(f"(SELECT {sql.customer_id(_CELL)} AS {_CELL} FROM {text})")
        if name in FIELDS_OF_WORDS or name == "countryCode":
            return _Cells(text, lambda word: self._translate(name, word))
        return _Cells(text)

    def _text(self, name: str) -> str:
        """Return the query for what stands in the cells of a field, missing where that says nothing."""
        text = f"(SELECT {(sql.exact_text if self._exact else sql.text)(_CELL)} AS {_CELL} FROM some_cells)"
        told = {word.lower() for word in self._matching.values.get(name, {})}
        empty = sorted({word.lower() for word in self._matching.empty} - told)
        return f"(SELECT {sql.without(_CELL, empty)} AS {_CELL} FROM {text})" if empty else text

    def _translate(self, name: str, word: str) -> str | None:
        """Return our word for one of the file, the same where nobody knows it, and None where it says nothing."""
        if word in words_of_field(name):
            return word
        known = self._matching.meaning(name, word)
        if known is None and name == "hasMedia":
            known = _tells_media(word)
        return word if known is None else known or None

    def _read_times(self, name: str, column: str, texts: pa.Array, rows: Rows) -> tuple[pa.Array, Times, pa.Array]:
        """Return the times of a column as the contract reads them, their microseconds, and which remain open."""
        if clock := self._matching.clocks.get(name):
            times = _plain(self._clocks[name].of(rows.texts[clock].combine_chunks()))
            texts = pc.coalesce(pc.binary_join_element_wise(texts, times, " "), texts)
        if not self._needs_newest and are_as_written(texts):
            return texts, np.zeros(0, np.int64), pa.nulls(len(texts), pa.string())
        encoded = texts.dictionary_encode()
        few = len(encoded.dictionary) <= len(texts) // 2
        found = read_times(encoded.dictionary if few else texts, day_first=self._matching.is_day_first(column))
        if not few:
            return found.texts, found.microseconds, _where(found.unclear, column)
        places = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
        micros = np.append(found.microseconds, NO_TIME)[places]
        unclear = np.append(found.unclear, False)[places]
        return found.texts.take(encoded.indices), micros, _where(unclear, column)

    def _find_bots(self, rows: Rows, count: int) -> pa.Array:
        if not self.has("agentId") or not self._matching.bots:
            return pa.nulls(count, pa.string())
        return self._bots.of(rows.texts[self._matching.columns["agentId"]].combine_chunks())

    def _find_bot(self, agent: str) -> str | None:
        return "bot" if plain(agent) in {plain(name) for name in self._matching.bots} else None

    def _count_equal(self, found: dict[str, pa.Array], count: int) -> pa.Array:
        """Return for each row how many equal ones came before it, where ids are made of what rows say."""
        if self._matching.rows == "events" or (self.has("messageId") and not found["messageId"].null_count):
            return pa.nulls(count, pa.int64())
        said = [_plain(found[name]) for name in ("userId", SENT, "direction", "templateId")]
        return pa.array(self._equal.places(pa.table(said, ["a", "b", "c", "d"])))


class _Cells:
    """The values of the cells of one column: what a query makes of them, and then a function of a text."""

    def __init__(self, query: str, translate: Callable[[str], str | None] | None = None) -> None:
        self._query = query
        self._translate = translate
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
        found = run_query_once(self._query, "some_cells", pa.table({_CELL: column}))[_CELL].combine_chunks()
        if self._translate is None:
            return found
        encoded = found.dictionary_encode()
        words = [None if word is None else self._translate(word) for word in encoded.dictionary.to_pylist()]
        return pa.array(words, pa.string()).take(encoded.indices)


def _tells_media(word: str) -> str | None:
    """Return what a number of media, a link or a file says of whether a message has any."""
    if _NUMBER.fullmatch(word):
        return "true" if int(word) else "false"
    return "true" if _FILE.fullmatch(word) else None


def _newest(times: dict[str, Times], found: dict[str, pa.Array], count: int) -> pa.Array:
    """Return the newest of each row's times, as a text."""
    if not times:
        return pa.nulls(count, pa.string())
    places = np.argmax(np.stack(list(times.values())), axis=0)
    return pc.choose(pa.array(places), *(found[name] for name in times))


def _where(rows: Iterable[bool], text: str) -> pa.Array:
    """Return a text in some rows, missing in the others."""
    return pc.if_else(pa.array(rows), text, pa.scalar(None, pa.string()))


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
