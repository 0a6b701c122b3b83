"""Sheets: tables as files that people open in a spreadsheet, or programs read.

Numbers are written as they are, with their unit in the name of their column. What a sheet is of — data, period,
filters, what its columns mean — stands where it is in nobody's way: in a CSV below the rows, after an empty one, so
that sorting, filters and pivots end before it; in a workbook on a sheet of its own; in Parquet among the metadata.
No cell is taken for a formula: what would be has an apostrophe before it, which an import drops again.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from analytics.events.export import harmless

ABOUT = "About these numbers"
_WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    """A table to be written: its name, its columns as they are called in a file, and what it is of, in pairs."""

    name: str
    frame: pd.DataFrame | pa.Table
    about: tuple[tuple[str, str], ...] = ()


def to_csv(sheet: Sheet) -> bytes:
    """Return a sheet as CSV, in UTF-8 with the mark by which Excel knows it."""
    table = _table(sheet.frame)
    safe = pa.table([harmless(column) for column in table.columns], _harmless_texts(table.column_names))
    buffer = io.BytesIO(b"\xef\xbb\xbf")
    buffer.seek(0, io.SEEK_END)
    pa_csv.write_csv(safe, buffer, pa_csv.WriteOptions(quoting_style="needed"))
    if sheet.about:
        below = io.StringIO()
        rows = [(), (ABOUT,), *(_harmless_texts([*pair]) for pair in sheet.about)]
        csv.writer(below, lineterminator="\n").writerows(rows)
        buffer.write(below.getvalue().encode())
    return buffer.getvalue()


def to_excel(sheet: Sheet) -> bytes:
    """Return a sheet as a workbook of two: the table, and what it is of."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # only where it is asked for

    buffer = io.BytesIO()
    plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with Workbook(buffer, {"in_memory": True, **plain}) as workbook:
        bold, text = workbook.add_format({"bold": True}), workbook.add_format({"quote_prefix": True})
        looks = {str: text, date: workbook.add_format({"num_format": "yyyy-mm-dd"})}
        data = workbook.add_worksheet("Data")
        data.freeze_panes(1, 0)
        table = _table(sheet.frame)
        for place, name in enumerate(table.column_names):
            values = table[name].to_pylist()
            data.write_string(0, place, name, bold)
            for row, value in enumerate(values, 1):
                _write(data, (row, place), value, looks)
            data.set_column(place, place, min(_WIDEST, 2 + max(len(str(value)) for value in [name, *values[:100]])))
        about = workbook.add_worksheet("About")
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 90)
        for row, (name, value) in enumerate(sheet.about):
            about.write_string(row, 0, name, bold)
            about.write_string(row, 1, value, text)
    return buffer.getvalue()


def to_parquet(sheet: Sheet) -> bytes:
    """Return a sheet as Parquet; what it is of stands as JSON in the metadata under `about`."""
    table = _table(sheet.frame)
    told = {**(table.schema.metadata or {}), b"about": orjson.dumps(dict(sheet.about))}
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(told), buffer)
    return buffer.getvalue()


FORMATS: dict[str, tuple[str, str, Callable[[Sheet], bytes]]] = {
    "CSV": ("csv", "text/csv", to_csv),
    "Excel": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_excel),
    "Parquet": ("parquet", "application/vnd.apache.parquet", to_parquet),
}
"""By name: the ending of a file, its media type, and what writes it."""


def _table(frame: pd.DataFrame | pa.Table) -> pa.Table:
    """Return a frame in Arrow: texts as texts, days as days, objects as what they are."""
    if isinstance(frame, pa.Table):
        return frame
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    return pa.table({name: _plain(column) for name, column in zip(table.column_names, table.columns, strict=True)})


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_large_string(column.type) or pa.types.is_null(column.type):
        return column.cast(pa.string())
    return column


def _harmless_texts(texts: list[str]) -> list[str]:
    safe: list[str] = harmless(pa.chunked_array([texts], pa.string())).to_pylist()
    return safe


def _write(sheet: Any, cell: tuple[int, int], value: Any, looks: Mapping[type, Any]) -> None:
    match value:
        case str():
            sheet.write_string(*cell, value, looks[str])
        case bool():
            sheet.write_boolean(*cell, value)
        case int() | float():
            sheet.write_number(*cell, value)
        case datetime():  # Excel knows no zones
            sheet.write_string(*cell, value.isoformat())
        case date():
            sheet.write_datetime(*cell, value, looks[date])
