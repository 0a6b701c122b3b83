"""Exported events are the same events when they are read again."""

import csv
import io
import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analytics.events.contract import Assumptions
from analytics.events.export import to_csv, to_ndjson, to_parquet
from analytics.events.files.dump import read_dump
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.simulation import simulate
from tests.events_of import (
    MUCH_LATER,
    assigned,
    contact,
    delivered,
    event,
    failed,
    frame_of,
    handoff,
    read,
    received,
    resolved,
    sent,
)

EVENTS = [
    contact("06:00", name="=HYPERLINK(1)", source="website", country="ke"),
    received("06:30", "m1", hasMedia=False, mode="bot"),
    handoff("06:31", reason="payment_issue", step="checkout", agent="a1"),
    assigned("06:32", "a1"),
    sent("06:33:00", "m2", agent="a1", template="welcome", country="UG", test=True),
    delivered("06:34", "m2", deliveredAt="2026-01-20T06:33:59.123456Z"),
    read("06:35", "m2", readAt="2026-01-20T09:34:30+03:00"),
    failed("06:35", "m3", 131026, errorTitle="Message undeliverable", failedAt="2026-01-20T06:34:59Z"),
    failed("06:35", "m4", "re-engagement"),
    resolved("06:36", agent="a1", resolutionType="solved", messageCount=7, durationMinutes=12.3),
]

ODD = [
    contact("06:01", note={"of": ["it", None, 1.50]}, name="x"),
    received("06:31", 'a"b\\', chat="\x00\n😀"),
    event("poll.sent", "06:37", chat="chat", question="How?", test=True),
    event("poll.sent", "06:38", country="ke", agent=" "),
    event("poll.sent", "06:39"),
    {**event("poll.sent", "06:40"), "properties": {"chatId": None, "b": 1, "a": 1e300}},
    {**event("poll.sent", "06:41"), "properties": {"message_id": "m", "chatId": None}},
    {**event("message.read", "06:42"), "properties": {"message_id": "m9", "extra": None}},
]


def again(frame):
    lines = b"".join(to_ndjson(frame))
    return validate([RawLines.from_text(lines)], Assumptions(now=MUCH_LATER))


def test_an_event_is_written_in_the_format_of_the_guide():
    lines = b"".join(to_ndjson(frame_of(EVENTS[4:6]))).splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "type": "track",
            "event": "message.sent",
            "userId": "+254712345678",
            "timestamp": "2026-01-20T06:33:00.000000Z",
            "context": {"channel": "whatsapp", "test": True},
            "properties": {
                "messageId": "m2", "chatId": "chat", "direction": "outbound", "contentType": "text",
                "agentId": "a1", "templateId": "welcome", "countryCode": "UG",
            },
        },
        {
            "type": "track",
            "event": "message.delivered",
            "userId": "+254712345678",
            "timestamp": "2026-01-20T06:34:00.000000Z",
            "context": {"channel": "whatsapp"},
            "properties": {"messageId": "m2", "deliveredAt": "2026-01-20T06:33:59.123456Z"},
        },
    ]  # fmt: skip


@pytest.mark.parametrize("events", [EVENTS, ODD, [*EVENTS, *ODD]], ids=["plain", "odd", "both"])
def test_ndjson_read_again_is_the_same_frame(events):
    frame = frame_of(events)
    found = again(frame)
    assert (found.rejected, found.duplicates) == ([], 0)
    pd.testing.assert_frame_equal(found.events.assign(line=0), frame.assign(line=0))


def test_simulated_traffic_read_again_is_the_same_frame():
    frame = validate([RawLines.from_text(b"".join(simulate(60_000, seed=3)))], Assumptions(now=MUCH_LATER)).events
    found = again(frame)
    pd.testing.assert_frame_equal(found.events.assign(line=0), frame.assign(line=0))


def test_csv_has_a_header_and_nothing_that_a_spreadsheet_computes():
    rows = list(csv.DictReader(io.StringIO(b"".join(to_csv(frame_of(EVENTS))).decode())))
    assert [row["event"] for row in rows] == [event["event"] for event in EVENTS]
    assert rows[0]["properties.name"] == "'=HYPERLINK(1)"
    assert {row["userId"] for row in rows} == {"'+254712345678"}
    assert (rows[9]["properties.messageCount"], rows[9]["properties.durationMinutes"]) == ("7", "12.3")
    assert [row["context.test"] for row in rows].count("true") == 1
    assert rows[5]["properties.reportedAt"] == "2026-01-20 06:33:59.123456Z"
    assert rows[0]["properties.agentId"] == ""


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20a", "'=1", "'a", "'\uff1d1"]
)
def test_a_text_that_begins_as_a_formula_does_comes_back_from_csv(text):
    event = {**EVENTS[0], "properties": {**EVENTS[0]["properties"], "chatId": text}}
    content = b"".join(to_csv(frame_of([event])))
    assert f"'{text}".encode() in content
    assert validate(read_dump(io.BytesIO(content)), Assumptions(now=MUCH_LATER)).events["chat_id"].tolist() == [text]


def test_parquet_has_the_types_of_the_frame():
    table = pq.read_table(io.BytesIO(b"".join(to_parquet(frame_of(EVENTS)))))
    assert table.num_rows == 10
    assert str(table.schema.field("timestamp").type) == "timestamp[us, tz=UTC]"
    assert str(table.schema.field("context.test").type) == "bool"
    assert str(table.schema.field("userId").type) == "string"
    assert table["properties.name"].to_pylist()[0] == "=HYPERLINK(1)"
    assert table["properties.hasMedia"].to_pylist()[1] is False


def test_nothing_is_written_of_nothing():
    assert list(to_ndjson(frame_of([]))) == []
    assert pq.read_table(io.BytesIO(b"".join(to_parquet(frame_of([]))))).num_rows == 0
