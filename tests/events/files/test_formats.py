"""Formats: the same events give the same report however they are written, and what is exported comes back the same."""

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from itertools import chain

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from analytics.events.contract import Assumptions
from analytics.events.export import FORMATS
from analytics.events.files.dump import read_dump
from analytics.events.validate import validate
from analytics.facts.facts import build_facts
from analytics.metrics.filters import Filter
from analytics.metrics.report import report
from analytics.simulation import simulate
from analytics.store.event_store import open_store_at
from tests.events.files.packing import zipped, zstandard

NDJSON = b"".join(simulate(10_000, seed=7))
EVENTS = [json.loads(line) for line in NDJSON.splitlines()]
COLUMNS = ("event", "userId", "timestamp", *dict.fromkeys(chain.from_iterable(one["properties"] for one in EVENTS)))


def cells():
    """The events as rows of a table, the header first; None where a cell is empty."""
    yield COLUMNS
    for one in EVENTS:
        found = {**one, **one["properties"]}
        yield [found.get(name) for name in COLUMNS]


def texts():
    return [["" if cell is None else str(cell) for cell in row] for row in cells()]


def separated(separator, encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(texts())
    return text.getvalue().encode(encoding)


def workbook(time=str):
    """A workbook whose phones and ids are texts; `time` makes a cell of a time."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "remove_timezone": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for number, row in enumerate(cells()):
            values = dict(zip(COLUMNS, row, strict=True))
            if number:
                values["timestamp"] = time(values["timestamp"])
            for column, value in enumerate(values.values()):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write(number, column, value)
    return packed.getvalue()


def parquet(time=str):
    """A Parquet file with typed columns; `time` makes a value of a time."""
    header, *rows = cells()
    columns = dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))
    columns["timestamp"] = list(map(time, columns["timestamp"]))
    packed = io.BytesIO()
    pq.write_table(pa.table(columns), packed)
    return packed.getvalue()


WRITTEN = {
    "NDJSON": lambda: NDJSON,
    "JSON list": lambda: json.dumps(EVENTS).encode(),
    "JSON batch": lambda: json.dumps({"batch": EVENTS}, indent=1).encode(),
    "CSV": lambda: separated(","),
    "TSV": lambda: separated("\t"),
    "semicolons": lambda: separated(";", "utf-8-sig"),
    "UTF-16": lambda: separated("\t", "utf-16"),
    "XLSX, times as texts": workbook,
    "XLSX, real times": lambda: workbook(datetime.fromisoformat),
    "Parquet, times as texts": parquet,
    "Parquet, real times": lambda: parquet(datetime.fromisoformat),
}
PACKED = {
    "gz": lambda content: gzip.compress(content, 1),
    "zst": zstandard,
    "zip": lambda content: zipped({"export/events": content}),
}


def numbers(content):
    """What `analytics metrics --format json` prints, where times without an offset are in UTC."""
    found = validate(read_dump(io.BytesIO(content)), Assumptions(datetime(2100, 1, 1, tzinfo=UTC), zone=UTC))
    assert (found.received, found.rejected) == (10_000, [])
    return json.dumps(report(build_facts(found.events), Filter()))


@pytest.fixture(scope="module")
def expected():
    return numbers(NDJSON)


@pytest.mark.parametrize("name", WRITTEN)
def test_the_report_is_the_same_however_events_are_written_and_packed(name, expected):
    content = WRITTEN[name]()
    assert numbers(content) == expected
    packing = list(PACKED)[list(WRITTEN).index(name) % len(PACKED)]  # each with some of the formats
    assert numbers(PACKED[packing](content)) == expected, packing


@pytest.mark.parametrize("packing", PACKED)
def test_the_report_is_the_same_however_lines_are_packed(packing, expected):
    assert numbers(PACKED[packing](NDJSON)) == expected


def event(name, second, properties, **envelope):
    return {
        "event": name,
        "userId": "+254712000001",
        "timestamp": f"2026-01-20T06:30:{second:02}.123456Z",
        "context": {"channel": "whatsapp"},
        "properties": properties,
        **envelope,
    }


MESSAGE = {"chatId": "c1", "direction": "outbound", "contentType": "text"}
ODD = [
    *(
        event("contact.created", second, {"chatId": "c1", "name": name})
        for second, name in enumerate(
            ["=1+1", "+1", "-1", "@h", "'quoted'", "'=1", 'Zoë "Zo", Ltd', "line\nbreak", "007", "1.50", "NULL", "NaN",
             "true", "#N/A", "日本 🙂", "a;b\tc|d", "\\N"]
        )
    ),
    event("message.sent", 30, {**MESSAGE, "messageId": "m1", "campaign": {"name": "spring", "cost": 0.1}}),
    event("message.sent", 31, {**MESSAGE, "messageId": "00123", "hasMedia": True}),
    event("message.sent", 32, {**MESSAGE, "messageId": "m3"}, context={"channel": "whatsapp", "test": True}),
    event("message.read", 33, {"messageId": "m1", "readAt": "2026-01-20T06:31:00.000001Z"}),
    event("chat.resolved", 34, {"chatId": "c1", "messageCount": 3, "durationMinutes": 0.1}),
    event("poll.sent", 35, {"question": "=1+1", "options": ["a", "b"]}),
    event("poll.closed", 36, {}),
]  # fmt: skip


@pytest.mark.parametrize("ending", FORMATS)
def test_what_a_store_exports_fills_an_empty_store_with_the_same(ending, tmp_path):
    odd = "\n".join(map(json.dumps, ODD)).encode()
    first = stored(tmp_path / "first.duckdb", NDJSON + odd)
    again = stored(tmp_path / "again.duckdb", b"".join(FORMATS[ending](first)))
    assert len(first) > 9_900 + len(ODD) - 1
    assert list(again) == list(first)
    for name in first:
        before, after = (
            frame[name].astype(object).where(frame[name].notna(), None).tolist() for frame in (first, again)
        )
        assert after == before, name


def stored(path, content):
    """The events of a new store that a dump is imported into, in the order of their identities."""
    found = validate(read_dump(io.BytesIO(content)), Assumptions(datetime(2100, 1, 1, tzinfo=UTC)))
    assert found.rejected == []
    store = open_store_at(f"duckdb:///{path}")
    try:
        project = store.create_project("shop").id
        store.add_import(project, found, file="events", digest="")
        events = store.events(project).events
    finally:
        store.close()
    kept = events.drop(columns=["line", "index"], errors="ignore")
    return kept.sort_values(["key_high", "key_low"], ignore_index=True)
