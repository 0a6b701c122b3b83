"""Tables in files: their columns, and their rows as texts in bounded memory."""

import csv
import io
import itertools
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from analytics.events.dump_error import DumpError
from analytics.events.tables.encodings import Guess
from analytics.events.tables.text import Layout, Readable, blocks, find_unclosed_quote, guess_layout

ROWS_AT_A_TIME = 50_000
MAX_COLUMNS = 2_000


@dataclass(frozen=True)
class Rows:
    """Some rows of a table, without empty ones: a text column for each column of the table; empty cells are missing.

    `numbers` are the numbers of the rows as a spreadsheet shows them; the header is row 1. `unreadable` are the rows
    that do not fit the header, by number: the text and the number of columns of each.
    """

    texts: pa.Table
    numbers: npt.NDArray[np.int64]
    unreadable: dict[int, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table in a file: its format, its columns, its first rows as a sample, and all rows, which can be read once."""

    kind: str
    columns: tuple[str, ...]
    sample: pa.Table
    rows: Iterator[Rows]
    guess: Guess | None = None
    """The encoding of a text that is not UTF-8, and what else it may be."""
    exact: bool = False
    """Whether texts are exactly as a program stored them, rather than as people and spreadsheets write them."""


def read_table(head: bytes, stream: BinaryIO, encoding: str | None = None) -> Table | None:
    """Return the table in a file; None if the file holds none. `head` is the file's beginning, `stream` the rest.

    `encoding` is that of texts that are not UTF-8, where somebody said it. The stream of a Parquet file or a workbook
    must be seekable.

    Raises:
        DumpError: if the table is damaged.
    """
    if head.startswith(b"PAR1"):
        return _read_parquet(stream)
    if head.startswith(b"PK\x03\x04"):
        return _read_excel(stream)
    found = guess_layout(head, encoding)
    if found is None:
        return None
    columns = _make_distinct(found.header)
    separator = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}.get(found.separator, found.separator)
    kind = f"CSV, {found.encoding_name}, separated by {separator}"
    rows = _text_rows(found, columns, _HeadAndRest(head, stream))
    return replace(_begin_table(kind, columns, rows), guess=found.guess)


def _begin_table(kind: str, columns: tuple[str, ...], rows: Iterator[Rows], *, exact: bool = False) -> Table:
    filled = map(_without_empty, rows)
    first = next(filled, Rows(pa.table({name: pa.nulls(0, pa.string()) for name in columns}), np.zeros(0, np.int64)))
    return Table(kind, columns, first.texts, itertools.chain([first], filled), exact=exact)


def _without_empty(rows: Rows) -> Rows:
    """Return the rows that are not empty; a blank line is an empty row."""
    empty = np.arange(len(rows.texts))
    for column in rows.texts.columns:
        if not len(empty):
            return rows
        blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(column.take(pa.array(empty)))), 0)
        empty = empty[blank.fill_null(True).to_numpy()]
    kept = np.ones(len(rows.texts), np.bool_)
    kept[empty] = False
    return Rows(rows.texts.filter(pa.array(kept)), rows.numbers[kept], rows.unreadable)


class _HeadAndRest:
    """A stream together with its beginning, which was read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Return at most so many bytes, none at the end."""
        if not self._head:
            return self._stream.read(size)
        part, self._head = self._head[:size], self._head[size:]
        return part


def _read_parquet(stream: BinaryIO) -> Table:
    stream.seek(0)
    try:
        file = pq.ParquetFile(stream, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise _damage_error(error) from None
    columns = _make_distinct(file.schema_arrow.empty_table().flatten().column_names)
    return _begin_table("Parquet", columns, _parquet_rows(file), exact=True)


def _read_excel(stream: BinaryIO) -> Table:
    """Return the first sheet of a workbook that holds a table."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  # only where it is needed

    stream.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(stream)
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            first_row, first_column = sheet.start or (0, 0)
            rows = (row[first_column:] for row in itertools.islice(sheet.iter_rows(), first_row, None))
            header = next(rows, [])
            if sum(cell != "" for cell in header) > 1:
                columns = _make_distinct([_cell_text(cell) or "" for cell in header])
                return _begin_table(f"Excel, sheet “{name}”", columns, _excel_rows(rows, columns))
    except (CalamineError, OSError, zipfile.BadZipFile) as error:
        raise DumpError(f"The workbook cannot be read: {_first_line(error)}. Save it again as .xlsx or CSV.") from None
    raise DumpError("The workbook holds no table: its first row must name the columns.")


def _text_rows(found: Layout, names: tuple[str, ...], stream: Readable) -> Iterator[Rows]:
    read = pa_csv.ReadOptions(use_threads=False, column_names=names, block_size=64 * 2**20)
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
    )
    before, to_skip = 0, found.rows_before
    for block in blocks(stream, found):
        text = _without_rows(block, to_skip, found.separator) if to_skip else block
        before, to_skip = before + to_skip, 0
        bad: list[Any] = []
        parse = pa_csv.ParseOptions(
            delimiter=found.separator,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=lambda row, bad=bad: bad.append(row) or "skip",
        )
        if not text.strip():
            before += text.count(b"\n")
            continue
        if (row := find_unclosed_quote(text, found.separator)) is not None:
            raise DumpError(
                f"A quote opens in row {before + row:,} and is never closed: close it, or export the file again."
            )
        try:
            texts = pa_csv.read_csv(io.BytesIO(text), read, parse, convert)
        except pa.ArrowInvalid:  # what it says may repeat what stands in the rows
            raise DumpError(
                f"The table cannot be read after row {before:,}: its quotes or separators are damaged; export it again."
            ) from None
        count = len(texts) + len(bad)
        numbers = np.arange(before + 1, before + count + 1)
        unreadable = {before + row.number: (row.text, row.actual_columns) for row in bad}
        fitting = numbers[~np.isin(numbers, list(unreadable))]
        yield Rows(texts, fitting, {number: row for number, row in unreadable.items() if row[0].strip()})
        before += count


def _without_rows(block: bytes, rows: int, separator: str) -> bytes:
    """Return a text without its first rows."""
    text = io.StringIO(block.decode(), newline="")
    for _ in range(rows):
        next(csv.reader(text, delimiter=separator), None)
    return text.read().encode()


def _parquet_rows(file: pq.ParquetFile) -> Iterator[Rows]:
    """Yield the rows of a Parquet file; fields within a column are columns, such as `properties.chatId`."""
    before = 1
    try:
        for batch in file.iter_batches(ROWS_AT_A_TIME):
            flat = pa.Table.from_batches([batch]).flatten()
            columns = [_as_text(column.combine_chunks()) for column in flat.columns]
            texts = pa.table(columns, _make_distinct(flat.column_names))
            yield Rows(texts, np.arange(before + 1, before + len(texts) + 1))
            before += len(texts)
    except (pa.ArrowException, OSError) as error:
        raise _damage_error(error) from None


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        texts = column.cast(pa.timestamp("us", tz=column.type.tz)).cast(pa.timestamp("us")).cast(pa.string())
        return pc.binary_join_element_wise(texts, "Z", "") if column.type.tz else texts
    if pa.types.is_nested(column.type):
        return pa.array([None if value is None else _to_json(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([None if value is None else value.decode(errors="replace") for value in column.to_pylist()])
    return column.cast(pa.string())


def _to_json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _excel_rows(rows: Iterator[Sequence[Any]], columns: tuple[str, ...]) -> Iterator[Rows]:
    for start in itertools.count(0, ROWS_AT_A_TIME):
        part = list(itertools.islice(rows, ROWS_AT_A_TIME))
        if not part:
            return
        texts = {
            name: pa.array([_cell_text(row[place]) if place < len(row) else None for row in part], pa.string())
            for place, name in enumerate(columns)
        }
        yield Rows(pa.table(texts), np.arange(start + 2, start + len(part) + 2))


def _cell_text(value: Any) -> str | None:
    """Return a cell as a person would write it; None if it is empty."""
    if value == "" or value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _make_distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns, changed so that none is empty and none occurs twice.

    Raises:
        DumpError: if there are too many.
    """
    if len(names) > MAX_COLUMNS:
        raise DumpError(
            f"The table has {len(names):,} columns, more than {MAX_COLUMNS:,}: keep only the columns that say "
            "something about the events."
        )
    found: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        plain = name or f"column {place}"
        found[plain if plain not in found else f"{plain} ({place})"] = None
    return tuple(found)


def _damage_error(error: Exception) -> DumpError:
    return DumpError(f"The Parquet file is damaged or incomplete ({_first_line(error)}): export or copy it again.")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
