"""Dumps of payloads: the events of each stand at its line; lines of ours stay as they are; nothing is lost."""

import io
import json
from pathlib import Path

import pytest

from analytics.events.adapters import adapted_lines
from analytics.events.dump_error import DumpError
from analytics.events.files.contents import contents
from analytics.events.files.dump import read_dump
from analytics.events.validate import validate
from analytics.reading.parent import read_apart
from tests.events.adapters.payloads import chatwoot_message, cloud, received, status, twilio

CASES = Path(__file__).parents[2] / "cases" / "dumps"


def read(content):
    return validate(read_dump(io.BytesIO(content.encode())))


def ndjson(*lines):
    return "\n".join(map(json.dumps, lines))


def names(found):
    counts = found.events["event"].value_counts()
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize("reader", [read_dump, read_apart])
def test_the_cases_are_read(reader):
    cloud_api = validate(reader(CASES / "cloud_api_webhooks.ndjson"))
    assert names(cloud_api) == {"message.received": 1, "message.sent": 1, "message.delivered": 1, "message.read": 1}
    bulk = validate(reader(CASES / "twilio_bulk.json.gz"))
    assert names(bulk) == {"message.received": 1, "message.sent": 1, "message.read": 1}
    assert cloud_api.rejected == bulk.rejected == []


def test_lines_of_all_systems_stand_together_with_events_of_ours(event_of):
    own = event_of("message.read", {"messageId": "m1"})
    lines = (own, cloud(statuses=[status(), status("read")]), chatwoot_message(), [twilio(), twilio(sid="SM2")], own)
    found = read(ndjson(*lines))
    places = zip(found.events["message_id"], found.events["line"], found.events["index"], strict=True)
    assert list(places) == [
        ("m1", 1, 0), ("wamid.OUT1", 2, 0), ("wamid.OUT1", 2, 1), ("500", 3, 0), ("SM1", 4, 0), ("SM2", 4, 1),
    ]  # fmt: skip
    assert found.duplicates == 1


@pytest.mark.parametrize("indent", [None, 2])
def test_a_payload_may_be_the_whole_file_however_long(indent):
    statuses = [status("read", number, biz_opaque_callback_data="x" * 800) for number in range(3_000)]
    payload = json.dumps(cloud(statuses=statuses), indent=indent)
    assert len(payload) > 2_500_000
    assert names(read(payload)) == {"message.read": 3_000}
    assert names(read(json.dumps([received(), received(2)], indent=indent))) == {"message.received": 2}


def test_what_cannot_be_used_is_rejected_like_any_event():
    found = read(ndjson(received(), received(2, id=None), cloud(statuses=[status(timestamp="soon")])))
    assert len(found.events) == 1
    assert [(event.line, event.problem.field) for event in found.rejected] == [
        (2, "properties.messageId"),
        (3, "timestamp"),
    ]


@pytest.mark.parametrize("reader", [read_dump, read_apart])
def test_what_is_not_understood_is_counted_over_all_blocks(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(adapted_lines, "EVENTS_AT_A_TIME", 10)
    file = tmp_path / "dump.ndjson"
    file.write_text(ndjson(*[cloud(statuses=[status("warning"), status("read", n)]) for n in range(35)]))
    found = validate(reader(file))
    assert names(found) == {"message.read": 35}
    assert {kind[1:]: count for kind, count in found.unread.items()} == {("status", "warning"): 35}


def test_an_event_that_speaks_of_a_system_is_no_payload(event_of):
    found = read(ndjson(event_of("message.read", {"messageId": "m1", "object": "whatsapp_business_account"})))
    assert names(found) == {"message.read": 1}


def test_a_file_of_payloads_without_any_event_is_refused():
    with pytest.raises(DumpError, match="nothing in its payloads is a message"):
        read(ndjson(cloud("message_template_status_update", event="APPROVED"), cloud(statuses=[status("warning")])))


def test_a_file_of_payloads_is_named():
    (content,) = contents(io.BytesIO(ndjson(received(), received(2)).encode()), "dump.ndjson")
    assert content.kind == "payloads of WhatsApp Cloud API, JSON, line by line (NDJSON), UTF-8"
