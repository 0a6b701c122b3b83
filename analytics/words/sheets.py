"""Sheets: tables as files that people open in a spreadsheet, or programs read.

Numbers are written as they are, with their unit in the column's name. The description of a sheet (data, period,
filters and the meaning of its columns) stands where it does not disturb: in a CSV below the rows after an empty row, so
that sorting, filters and pivots end before it; in a workbook on a second sheet; in Parquet in the metadata.
No cell can be taken for a formula: such a text gets an apostrophe in front, which an import removes again.
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

from analytics.events.export import escape_formulas

ABOUT = "About these numbers"
_WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    """A table to be written: its name, its columns under their names in the file, and its description in pairs."""

    name: str
    frame: pd.DataFrame | pa.Table
    about: tuple[tuple[str, str], ...] = ()


def to_csv(sheet: Sheet) -> bytes:
    """Return a sheet as CSV in UTF-8, with the byte order mark by which Excel recognises UTF-8."""
    table = _to_arrow(sheet.frame)
    safe = pa.table([escape_formulas(column) for column in table.columns], _escape_formulas_of(table.column_names))
    buffer = io.BytesIO(b"\xef\xbb\xbf")
    buffer.seek(0, io.SEEK_END)
    pa_csv.write_csv(safe, buffer, pa_csv.WriteOptions(quoting_style="needed"))
    if sheet.about:
        below = io.StringIO()
        rows = [(), (ABOUT,), *(_escape_formulas_of([*pair]) for pair in sheet.about)]
        csv.writer(below, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)  # else \r ends a row
        buffer.write(below.getvalue().encode())
    return buffer.getvalue()


def to_excel(sheet: Sheet) -> bytes:
    """Return a sheet as a workbook with two sheets: the table and its description."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # only where it is asked for

    buffer = io.BytesIO()
    plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with Workbook(buffer, {"in_memory": True, **plain}) as workbook:
        bold, text = workbook.add_format({"bold": True}), workbook.add_format({"quote_prefix": True})
        looks = {str: text, date: workbook.add_format({"num_format": "yyyy-mm-dd"})}
        data = workbook.add_worksheet("Data")
        data.freeze_panes(1, 0)
        table = _to_arrow(sheet.frame)
        for place, name in enumerate(table.column_names):
            values = table[name].to_pylist()
            data.write_string(0, place, name, bold)
            for row, value in enumerate(values, 1):
                _write_cell(data, (row, place), value, looks)
            data.set_column(place, place, min(_WIDEST, 2 + max(len(str(value)) for value in [name, *values[:100]])))
        about = workbook.add_worksheet("About")
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 90)
        for row, (name, value) in enumerate(sheet.about):
            about.write_string(row, 0, name, bold)
            about.write_string(row, 1, value, text)
    return buffer.getvalue()


def to_parquet(sheet: Sheet) -> bytes:
    """Return a sheet as Parquet; its description is JSON in the metadata under `about`."""
    table = _to_arrow(sheet.frame)
    metadata = {**(table.schema.metadata or {}), b"about": orjson.dumps(dict(sheet.about))}
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), buffer)
    return buffer.getvalue()


FORMATS: dict[str, tuple[str, str, Callable[[Sheet], bytes]]] = {
    "CSV": ("csv", "text/csv", to_csv),
    "Excel": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_excel),
    "Parquet": ("parquet", "application/vnd.apache.parquet", to_parquet),
}
"""By name: the file's ending, its media type, and the function that writes it."""


def _to_arrow(frame: pd.DataFrame | pa.Table) -> pa.Table:
    """Return a frame as an Arrow table; categories become plain values."""
    if isinstance(frame, pa.Table):
        return frame
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    return pa.table(
        {name: _decode_categories(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    )


def _decode_categories(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_large_string(column.type) or pa.types.is_null(column.type):
        return column.cast(pa.string())
    return column


def _escape_formulas_of(texts: list[str]) -> list[str]:
    safe: list[str] = escape_formulas(pa.chunked_array([texts], pa.string())).to_pylist()
    return safe


def _write_cell(sheet: Any, cell: tuple[int, int], value: Any, looks: Mapping[type, Any]) -> None:
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
