"""Twilio: each message of a log is one or two events; what is not by WhatsApp, or not sent yet, is left out."""

import pytest

from tests.events.adapters.payloads import PHONE, events, only, twilio, unread

SENT = {"direction": "outbound-api", "from": "whatsapp:+14155550100", "to": f"whatsapp:+{PHONE}", "status": "sent"}


def test_an_inbound_message_is_received():
    event = only(twilio(num_media="1"))
    properties = event["properties"]
    assert (event["event"], event["userId"], event["timestamp"]) == (
        "message.received", f"+{PHONE}", "2026-01-20T06:30:01Z",
    )  # fmt: skip
    assert (properties["messageId"], properties["chatId"]) == ("SM1", "+14155550100")
    assert (properties["contentType"], properties["hasMedia"]) == ("media", True)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("sent", ["message.sent"]),
        ("delivered", ["message.sent", "message.delivered"]),
        ("read", ["message.sent", "message.read"]),
        ("undelivered", ["message.sent", "message.failed"]),
        ("failed", ["message.sent", "message.failed"]),
        ("queued", []),
        ("scheduled", []),
    ],
)
def test_an_outbound_message_is_sent_and_as_far_as_it_got(name, made):
    found = events(twilio(**SENT | {"status": name}))
    assert [event["event"] for event in found] == made
    assert {event["userId"] for event in found} <= {f"+{PHONE}"}
    assert {event["properties"]["chatId"] for event in found} <= {"+14155550100"}
    assert [event["timestamp"] for event in found[1:]] == ["2026-01-20T06:30:02Z"] * len(made[1:])
    assert unread(twilio(**SENT | {"status": name})) == ({} if made else {("status", name): 1})


def test_a_failed_message_has_the_code():
    failed = events(twilio(**SENT | {"status": "failed", "error_code": 63016, "date_sent": None}))
    assert [event["timestamp"] for event in failed] == ["2026-01-20T06:30:00Z", "2026-01-20T06:30:02Z"]
    assert failed[1]["properties"]["errorCode"] == 63016


def test_a_page_of_the_list_is_read_and_its_times_too():
    page = {"page": 0, "messages": [twilio(date_sent="Tue, 20 Jan 2026 06:30:00 +0000"), twilio(sid="SM2")]}
    assert [event["timestamp"] for event in events(page)] == ["2026-01-20T06:30:00+00:00", "2026-01-20T06:30:01Z"]


def test_text_messages_are_left_out():
    sms = twilio(**{"from": f"+{PHONE}", "to": "+14155550100"})
    assert events(sms) == []
    assert unread(sms) == {("channel", "SMS"): 1}


@pytest.mark.parametrize("broken", [None, 7, "x", [], {}])
def test_whatever_stands_in_a_payload_it_is_no_error(broken):
    for field in twilio():
        if field not in ("sid", "account_sid", "direction"):
            events(twilio(**SENT | {field: broken, "status": "failed"}))
            events(twilio(**{field: broken}))
