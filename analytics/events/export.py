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
from pydantic.alias_generators import to_camel

from analytics.events.contract import EVENTS
from analytics.events.property_fields import property_fields

_ROWS_AT_A_TIME = 50_000

_ENVELOPE = {"event": "event", "user_id": "userId", "timestamp": "timestamp", "test": "context.test"}
_TABLE = {
    **_ENVELOPE,
    **{
        column: f"properties.{to_camel(column)}"
        for column in (
            "message_id", "chat_id", "agent_id", "service_mode", "country_code", "content_type", "template_id",
            "has_media", "name", "source", "resolution_type", "message_count", "duration_minutes", "from_mode",
            "to_mode", "handoff_reason", "journey_step", "reported_at",
        )
    },
    "properties": "properties",
}  # fmt: skip
"""What columns of the event frame are called in a table."""


def to_ndjson(events: pd.DataFrame) -> Iterator[bytes]:
    """Yield an event frame in blocks of lines, each an event that validation takes for the same again."""
    for part in _parts(events):
        columns = {name: _values(part[name]) for name in part.columns if name not in _NOT_WRITTEN}
        rows = zip(*columns.values(), strict=True)
        yield b"".join(_line(dict(zip(columns, row, strict=True))) for row in rows)


def to_csv(events: pd.DataFrame) -> Iterator[bytes]:
    """Yield an event frame as CSV with a header; texts that a spreadsheet would compute begin with an apostrophe."""
    header = True
    for part in _parts(events):
        table = to_table(part)
        safe = pa.table([harmless(column) for column in table.columns], table.column_names)
        buffer = io.BytesIO()
        pa_csv.write_csv(safe, buffer, pa_csv.WriteOptions(include_header=header, quoting_style="needed"))
        yield buffer.getvalue()
        header = False


def to_parquet(events: pd.DataFrame) -> Iterator[bytes]:
    """Yield an event frame as the bytes of a Parquet file."""
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, to_table(events.iloc[:0]).schema) as writer:
        for part in _parts(events):
            writer.write_table(to_table(part))
    yield buffer.getvalue()


FORMATS: dict[str, Callable[[pd.DataFrame], Iterator[bytes]]] = {
    ".ndjson": to_ndjson,
    ".csv": to_csv,
    ".parquet": to_parquet,
}
"""How a frame is written, by the ending of a file's name."""

_NOT_WRITTEN = ("key_high", "key_low", "line", "index")


def _parts(events: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(events), _ROWS_AT_A_TIME):
        yield events.iloc[start : start + _ROWS_AT_A_TIME]


def _values(column: "pd.Series[Any]") -> list[Any]:
    """Return a column's values as orjson writes them; None where missing."""
    if column.dtype.kind == "M":
        column = column.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    values: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    return values


def _line(row: dict[str, Any]) -> bytes:
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
    if "messageCount" in given:
        given["messageCount"] = int(given["messageCount"])
    return constants | given


@cache
def _columns(event: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns that hold an event's properties, by name, and the properties whose value is fixed."""
    if event not in EVENTS:
        return {}, {}
    fields = {name: field for name, field in property_fields().items() if field.column in EVENTS[event].model_fields}
    constants = {name: field.constants[event] for name, field in fields.items() if event in field.constants}
    columns = {name: _REPORTED.get(name, field.column) for name, field in fields.items() if name not in constants}
    return columns, constants


_REPORTED = dict.fromkeys(("deliveredAt", "readAt"), "reported_at")


def to_table(events: pd.DataFrame) -> pa.Table:
    """Return an event frame as a table with the guide's names."""
    return pa.table({name: _plain(events[column]) for column, name in _TABLE.items()})


def _plain(column: "pd.Series[Any]") -> pa.Array:
    """Return a column with its values in place of codes for them."""
    values = pa.array(column, from_pandas=True)
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    return values.cast(pa.string() if pa.types.is_large_string(kind) or pa.types.is_null(kind) else kind)


def harmless(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column whose texts no spreadsheet takes for a formula; without its apostrophe each is as it was."""
    if not pa.types.is_string(column.type):
        return column
    return pc.replace_substring_regex(column, r"^([=+@\t\r'-])", r"'\1")
