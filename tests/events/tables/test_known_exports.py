"""Tables of widespread systems are recognised by their columns and read as these write them."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.events.contract import Assumptions
from analytics.events.files.dump import read_dump
from analytics.events.tables.known_exports import KNOWN_EXPORTS, recognise
from analytics.events.tables.matching import MESSAGE_FIELDS
from analytics.events.validate import validate

EXPORTS = Path(__file__).parent / "exports"
ASSUMED = Assumptions(now=datetime(2026, 6, 1, tzinfo=UTC), zone=UTC)

FOUND = {
    "a message log of Twilio": ("twilio.csv", [
        ("message.received", "06:30:00", "+254700000001", "SM1"),
        ("message.sent", "06:31:00", "+254700000001", "SM2"),
        ("message.delivered", "06:31:00", "+254700000001", "SM2"),
        ("message.read", "06:31:00", "+254700000001", "SM2"),
        ("message.sent", "06:32:00", "+254700000002", "SM3"),
        ("message.failed", "06:32:00", "+254700000002", "SM3"),
    ]),
    "a tabular report of Kaleyra": ("kaleyra.csv", [
        ("message.received", "06:30:00", "+254700000001", "k1"),
        ("message.sent", "06:31:01", "+254700000001", "k2"),
        ("message.delivered", "06:31:02", "+254700000001", "k2"),
        ("message.read", "06:31:03", "+254700000001", "k2"),
        ("message.sent", "06:32:00", "+254700000002", "k3"),
        ("message.failed", "06:32:05", "+254700000002", "k3"),
    ]),
    "a report on the records of a WhatsApp campaign of wolkvox": ("wolkvox.csv", [
        ("message.sent", "06:30:00", "+254700000001", None),
        ("message.delivered", "06:30:00", "+254700000001", None),
        ("message.read", "06:30:00", "+254700000001", None),
        ("message.sent", "06:31:00", "+254700000002", None),
        ("message.failed", "06:31:00", "+254700000002", None),
        ("message.sent", "06:32:00", "+254700000003", None),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_a_known_export_is_recognised_and_read_whole(name):
    file, expected = FOUND[name]
    table = (EXPORTS / file).read_bytes()
    found = validate(read_dump(io.BytesIO(table)), ASSUMED)
    events = found.events
    assert recognise(table.decode().partition("\n")[0].split(",")).name == name
    assert not found.rejected
    ids = [None if said is None else id_ for id_, (*_, said) in zip(events["message_id"], expected, strict=True)]
    times = events["timestamp"].dt.strftime("%H:%M:%S")
    assert list(zip(events["event"], times, events["user_id"], ids, strict=True)) == expected


def test_why_a_message_failed_is_taken_from_a_known_export():
    events = validate(read_dump(io.BytesIO((EXPORTS / "kaleyra.csv").read_bytes())), ASSUMED).events
    failed = events[events["event"] == "message.failed"].iloc[0]
    assert failed["error_title"] == "Template params not matching."


@pytest.mark.parametrize("known", KNOWN_EXPORTS, ids=lambda known: known.name)
def test_each_names_only_fields_of_messages_and_what_it_needs(known):
    assert set(known.matching.columns) <= set(MESSAGE_FIELDS)
    assert known.matching.missing() == []


def test_columns_that_some_tables_have_and_others_have_not_are_left_away():
    columns = ["conversation_id", "message_type", "created_at", "private", "status", "sender_type", "sender_id"]
    matching = recognise(columns).matching_of(columns)
    assert matching.missing() == ["userId"]
    assert set(matching.columns.values()) <= set(columns)


def test_other_tables_are_not_recognised():
    assert recognise(["From", "To", "Direction", "Status"]) is None
