"""Event frames as files: in the guide's format (NDJSON), which can be read again, or as tables (CSV, Parquet)."""

import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from analytics.events.contract import EVENTS
from analytics.events.formulas import SIGNS
from analytics.events.frame import COLUMN, COUNT, EVENT_CODES, STORED, Column
from analytics.events.property_fields import property_fields

_ROWS_AT_A_TIME = 50_000

_FIRST = ("event", "user_id", "timestamp", "test", "message_id")
"""What comes first in a table: what happened to whom and when. The others follow in the event frame's order."""

_IN_TABLES = (*map(COLUMN.__getitem__, _FIRST), *(column for column in STORED if column.name not in _FIRST))


CUSTOMER_IN_TABLES = COLUMN["user_id"].title
"""What a customer is called in tables."""
PERSONAL_IN_TABLES = tuple(column.title for column in _IN_TABLES if column.personal)
"""The columns of tables that tell who somebody is, or may."""


def to_ndjson(events: pd.DataFrame) -> Iterator[bytes]:
    """Yield an event frame as blocks of lines; validation reads each line as the same event again."""
    for part in _split_rows(events):
        columns = {column.name: _values_as_json(part[column.name], column) for column in STORED}
        rows = zip(*columns.values(), strict=True)
        yield b"".join(_write_line(dict(zip(columns, row, strict=True))) for row in rows)


def to_csv(events: pd.DataFrame) -> Iterator[bytes]:
    """Yield an event frame as CSV with a header; a text that a spreadsheet would compute gets an apostrophe."""
    header = True
    for part in _split_rows(events):
        table = to_table(part)
        safe = pa.table([escape_formulas(column) for column in table.columns], table.column_names)
        buffer = io.BytesIO()
        pa_csv.write_csv(safe, buffer, pa_csv.WriteOptions(include_header=header, quoting_style="needed"))
        yield buffer.getvalue()
        header = False


def to_parquet(events: pd.DataFrame) -> Iterator[bytes]:
    """Yield an event frame as the bytes of a Parquet file."""
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, to_table(events.iloc[:0]).schema) as writer:
        for part in _split_rows(events):
            writer.write_table(to_table(part))
    yield buffer.getvalue()


FORMATS: dict[str, Callable[[pd.DataFrame], Iterator[bytes]]] = {
    ".ndjson": to_ndjson,
    ".csv": to_csv,
    ".parquet": to_parquet,
}
"""The function that writes a frame, by the ending of the file's name."""


def _split_rows(events: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(events), _ROWS_AT_A_TIME):
        yield events.iloc[start : start + _ROWS_AT_A_TIME]


def _values_as_json(series: "pd.Series[Any]", column: Column) -> list[Any]:
    """Return a column's values as orjson writes them; None where missing."""
    if series.dtype.kind == "M":
        series = series.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    values: list[Any] = series.astype(object).where(series.notna(), None).tolist()
    return [None if value is None else int(value) for value in values] if column.kind is COUNT else values


def _write_line(row: dict[str, Any]) -> bytes:
    test = {"test": True} if row["test"] else {}
    return orjson.dumps(
        {
            "type": "track",
            "event": row["event"],
            "userId": row["user_id"],
            "timestamp": row["timestamp"],
            "context": {"channel": "whatsapp", **test},
            "properties": orjson.Fragment(row["properties"]) if row["properties"] else _properties(row),
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _properties(row: dict[str, Any]) -> dict[str, Any]:
    columns, constants = _columns(row["event"])
    given = {name: row[column] for name, column in columns.items() if row[column] is not None}
    return constants | given


@cache
def _columns(event: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns that hold an event's properties, by name, and the properties whose value is fixed."""
    if event not in EVENTS:
        return {}, {}
    fields = [field for field in property_fields().values() if field.named[EVENT_CODES[event]]]
    constants = {field.name: field.constants[event] for field in fields if event in field.constants}
    return {field.name: field.column for field in fields if field.column}, constants


def to_table(events: pd.DataFrame) -> pa.Table:
    """Return an event frame as a table with the guide's names."""
    return pa.table({column.title: _decode_categories(events[column.name]) for column in _IN_TABLES})


def _decode_categories(column: "pd.Series[Any]") -> pa.Array:
    """Return a column with its values in place of codes for them."""
    values = pa.array(column, from_pandas=True)
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    return values.cast(pa.string() if pa.types.is_large_string(kind) or pa.types.is_null(kind) else kind)


def escape_formulas(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column in which no spreadsheet finds a formula: such texts get an apostrophe in front."""
    if not pa.types.is_string(column.type):
        return column
    return pc.replace_substring_regex(column, rf"^([{SIGNS}])", r"'\1")
