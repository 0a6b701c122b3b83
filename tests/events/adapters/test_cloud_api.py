"""WhatsApp Cloud API: messages, statuses, changed ids and echoes become events; what is not understood is named."""

import pytest

from analytics.events.adapters.cloud_api import ID_CHANGED
from tests.events.adapters.payloads import NUMBER_ID, PHONE, USER_ID, cloud, events, only, received, status, unread


def test_a_message_is_received_by_the_business_number_from_both_ids_of_the_customer():
    event = only(received(context={"id": "wamid.OUT7"}, referral={"source_id": "ad1"}))
    properties = event["properties"]
    assert (event["event"], event["userId"], event["timestamp"]) == (
        "message.received", f"+{PHONE}", "2026-01-20T06:30:01+00:00",
    )  # fmt: skip
    assert properties["messageId"] == "wamid.IN1"
    assert properties["chatId"] == properties["phoneNumberId"] == NUMBER_ID
    assert (properties["waUserId"], properties["contentType"], properties["hasMedia"]) == (USER_ID, "text", False)
    assert properties["context"]["id"] == "wamid.OUT7"
    assert properties["referral"] == {"source_id": "ad1"}


def test_a_customer_who_hides_the_phone_number_is_known_by_the_user_id():
    message = {"from_user_id": USER_ID, "id": "wamid.IN1", "timestamp": "1768890600", "type": "image", "image": {}}
    contacts = [{"profile": {"username": "a"}, "user_id": USER_ID}]
    event = only(cloud(contacts=contacts, messages=[message]))
    assert event["userId"] == USER_ID
    assert "waUserId" not in event["properties"]
    assert event["properties"]["hasMedia"] is True


@pytest.mark.parametrize(
    ("name", "event", "time"),
    [
        ("sent", "message.sent", None),
        ("delivered", "message.delivered", "deliveredAt"),
        ("read", "message.read", "readAt"),
        ("failed", "message.failed", "failedAt"),
    ],
)
def test_a_status_is_an_event_of_its_message(name, event, time):
    found = only(cloud(statuses=[status(name, recipient_user_id=USER_ID)]))
    assert (found["event"], found["userId"], found["timestamp"]) == (event, f"+{PHONE}", "2026-01-20T06:31:01+00:00")
    assert found["properties"]["messageId"] == "wamid.OUT1"
    assert found["properties"]["chatId"] == NUMBER_ID
    assert found["properties"]["waUserId"] == USER_ID
    assert found["properties"].get(time) == (found["timestamp"] if time else None)


def test_a_failed_message_has_the_code_and_the_title_and_keeps_all_that_was_said():
    error = {"code": 131049, "title": "Not delivered", "error_data": {"details": "healthy ecosystem"}}
    properties = only(cloud(statuses=[status("failed", errors=[error])]))["properties"]
    assert (properties["errorCode"], properties["errorTitle"]) == (131049, "Not delivered")
    assert properties["errors"] == [error]


@pytest.mark.parametrize(
    ("category", "content"),
    [("marketing", "template"), ("utility", "template"), ("service", "unknown"), (None, "unknown")],
)
def test_a_sent_message_is_a_template_where_it_is_charged_as_one(category, content):
    more = {"pricing": {"category": category}} if category else {}
    properties = only(cloud(statuses=[status(conversation={"origin": {"type": "service"}}, **more)]))["properties"]
    assert (properties["direction"], properties["contentType"]) == ("outbound", content)
    assert properties["conversation"]["origin"] == {"type": "service"}
    assert properties.get("pricing") == more.get("pricing")


def test_a_changed_number_links_the_old_ids_to_the_new_ones():
    system = {"type": "user_changed_number", "wa_id": "254700000002", "user_id": "KE.1002", "previous_user_id": USER_ID}
    message = {"from": PHONE, "id": "wamid.S1", "timestamp": "1768890600", "type": "system", "system": system}
    found = events(cloud(messages=[message]))
    assert {event["event"] for event in found} == {ID_CHANGED}
    assert {event["userId"] for event in found} == {"+254700000002"}
    assert [event["properties"]["previousUserId"] for event in found] == [f"+{PHONE}", USER_ID]
    assert {event["properties"]["waUserId"] for event in found} == {"KE.1002"}


def test_a_changed_user_id_links_the_old_one():
    system = {"type": "user_changed_user_id", "user_id": "KE.1002", "previous_user_id": USER_ID}
    event = only(cloud(messages=[{"id": "wamid.S1", "timestamp": "1768890600", "type": "system", "system": system}]))
    assert (event["userId"], event["properties"]["previousUserId"]) == ("KE.1002", USER_ID)


def test_a_message_written_in_the_app_is_sent():
    echo = {"from": "14155550100", "to": PHONE, "id": "wamid.E1", "timestamp": "1768890600", "type": "text", "text": {}}
    event = only(cloud("smb_message_echoes", message_echoes=[echo]))
    assert (event["event"], event["userId"]) == ("message.sent", f"+{PHONE}")
    assert (event["properties"]["direction"], event["properties"]["contentType"]) == ("outbound", "text")


def test_no_made_id_holds_one_of_the_customer():
    for payload in (received(), cloud(statuses=[status("read", recipient_user_id=USER_ID)])):
        properties = only(payload)["properties"]
        made = {name: value for name, value in properties.items() if name not in ("waUserId", "messageId")}
        assert PHONE not in str(made)
        assert USER_ID not in str(made)


def test_what_is_not_understood_is_counted_and_named_and_the_rest_is_taken():
    payload = received(type="hologram", hologram={}, mood="blue")
    del payload["entry"][0]["changes"][0]["value"]["messages"][0]["text"]
    payload["entry"][0]["changes"] += [
        *cloud(statuses=[status("warning"), status("read"), status(recipient_type="group")])["entry"][0]["changes"],
        {"field": "message_template_status_update", "value": {"event": "APPROVED"}},
        {"field": "messages", "value": {"metadata": {}, "calls": []}},
    ]
    assert [event["event"] for event in events(payload)] == ["message.received", "message.read"]
    assert unread(payload) == {
        ("message type", "hologram"): 1,
        ("field of a message", "mood"): 1,
        ("status", "warning"): 1,
        ("status", "in a group"): 1,
        ("field", "message_template_status_update"): 1,
        ("part", "calls"): 1,
    }
    assert events(payload)[0]["properties"]["mood"] == "blue"


@pytest.mark.parametrize("broken", [None, 7, "x", [], {}, [None], [[]], [{}], {"a": 1}])
def test_whatever_stands_in_a_payload_it_is_no_error(broken):
    for payload in (
        {"object": "whatsapp_business_account", "entry": [broken]},
        {"object": "whatsapp_business_account", "entry": [{"changes": broken}]},
        {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": broken, "value": broken}]}]},
        cloud(messages=broken, statuses=broken, contacts=broken, errors=broken),
        cloud(metadata=broken, messages=[{"type": broken, "from": broken, "timestamp": broken, "id": broken}]),
        cloud(contacts=[broken, {"wa_id": broken}], messages=[{"type": "system", "system": broken}]),
        cloud(statuses=[{"status": broken}, status("failed", errors=broken, pricing=broken, timestamp=broken)]),
    ):
        events(payload)


def test_what_is_too_large_or_too_deep_to_be_kept_beside_is_left_out_and_named():
    deep = {}
    for _ in range(80):
        deep = {"in": deep}
    for kept in ({"body": "x" * 70_000}, deep):
        payload = received(text=kept)
        assert only(payload)["properties"]["messageId"] == "wamid.IN1"
        assert "text" not in only(payload)["properties"]
        assert unread(payload) == {("part", "too large or too deep"): 1}


def test_names_that_are_none_are_not_repeated_and_many_are_counted_under_one():
    messages = [{"type": f"kind{number}", "id": "x"} for number in range(80)]
    assert len(unread(cloud(messages=messages))) == 51
    assert unread(cloud(messages=messages))["message type", "others"] == 30
    assert ("message type", "not a name") in unread(received(type="<script>"))
