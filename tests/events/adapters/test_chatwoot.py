"""Chatwoot: messages, statuses, assignments, ends and handoffs become events; notes and activities do not."""

import pytest

from analytics.events.adapters.chatwoot import read_chatwoot
from tests.events.adapters.payloads import (
    CONTACT,
    PHONE,
    USER_ID,
    chatwoot_conversation,
    chatwoot_message,
    conversation,
    events,
    only,
    unread,
)

BOT = {"id": 2, "name": "Helper", "type": "agent_bot"}


def test_an_incoming_message_is_received():
    event = only(chatwoot_message(attachments=[{"file_type": "image"}]))
    properties = event["properties"]
    assert (event["event"], event["userId"], event["timestamp"]) == (
        "message.received", f"+{PHONE}", "2026-01-20T06:30:00.000Z",
    )  # fmt: skip
    assert (properties["messageId"], properties["chatId"], properties["direction"]) == ("500", "31", "inbound")
    assert (properties["contentType"], properties["hasMedia"]) == ("image", True)
    assert properties["labels"] == ["orders"]
    assert "serviceMode" not in properties


@pytest.mark.parametrize(
    ("sender", "by"),
    [
        ({"id": 4, "name": "Ana", "email": "a@x.test", "type": "user"}, ("4", "agent")),
        ({"id": 4, "name": "Ana", "email": "a@x.test"}, ("4", "agent")),
        (BOT, (None, "bot")),
        ({"id": 8, "name": "Captain", "type": "captain_assistant"}, (None, "bot")),
        (None, (None, "bot")),
    ],
)
def test_a_message_of_ours_is_sent_by_an_agent_or_a_bot(sender, by):
    event = only(chatwoot_message(message_type="outgoing", sender=sender))
    assert event["event"] == "message.sent"
    assert (event["properties"].get("agentId"), event["properties"].get("serviceMode")) == by


def test_a_template_is_named():
    properties = only(
        chatwoot_message(message_type=1, additional_attributes={"template_params": {"name": "order_shipped"}})
    )["properties"]
    assert (properties["contentType"], properties["templateId"]) == ("template", "order_shipped")


@pytest.mark.parametrize("more", [{"private": True}, {"message_type": "activity"}, {"message_type": 2}])
def test_notes_and_activities_are_no_messages(more):
    assert events(chatwoot_message(**{"message_type": "outgoing", **more})) == []
    assert unread(chatwoot_message(**{"message_type": "outgoing", **more})) == {}


@pytest.mark.parametrize(
    ("name", "event"), [("delivered", "message.delivered"), (2, "message.read"), ("failed", "message.failed")]
)
def test_an_updated_message_says_how_far_it_got(name, event):
    copy = {"id": 500, "status": name, "updated_at": "2026-01-20T06:31:00.500Z"}
    payload = chatwoot_message("message_updated", "outgoing", conversation=conversation(messages=[copy]))
    found = only(payload)
    assert (found["event"], found["timestamp"]) == (event, "2026-01-20T06:31:00.500Z")
    assert found["properties"]["messageId"] == "500"


def test_a_failed_message_names_the_code_of_whatsapp():
    payload = chatwoot_message(
        "message_updated", "outgoing", status="failed", updated_at=1768890700,
        content_attributes={"external_error": "131047: Re-engagement message"},
    )  # fmt: skip
    properties = only(payload)["properties"]
    assert (properties["errorCode"], properties["errorTitle"]) == (131047, "Re-engagement message")
    assert properties["failedAt"] == "2026-01-20T06:31:40+00:00"


def test_an_updated_message_that_got_no_further_is_no_event():
    assert events(chatwoot_message("message_updated", "outgoing", status="sent")) == []
    assert events(chatwoot_message("message_updated", "incoming", status="read")) == []


def test_assignment_resolution_and_handoff_are_read_from_what_has_changed():
    ana = {"sender": CONTACT, "assignee": {"id": 4, "name": "Ana", "type": "user"}}
    changed = {"updated_at": ("2026-01-20T06:30:00Z", "2026-01-20T06:40:00Z")}
    assigned = only(chatwoot_conversation(changed={"assignee_id": (None, 4), **changed}, meta=ana))
    assert (assigned["event"], assigned["timestamp"]) == ("chat.assigned", "2026-01-20T06:40:00Z")
    assert (assigned["properties"]["chatId"], assigned["properties"]["agentId"]) == ("31", "4")
    resolved = only(
        chatwoot_conversation("conversation_status_changed", {"status": ("open", "resolved"), **changed}, meta=ana)
    )
    assert (resolved["event"], resolved["properties"]["agentId"]) == ("chat.resolved", "4")
    handoff = only(chatwoot_conversation("conversation_status_changed", {"status": (2, 0)}, meta=ana))
    assert (handoff["event"], handoff["timestamp"]) == ("agent.handoff", "2026-01-20T06:31:40.250000+00:00")
    assert handoff["properties"] | {"fromMode": "bot", "toMode": "agent", "agentId": "4"} == handoff["properties"]
    back = only(chatwoot_conversation("conversation_status_changed", {"status": ("open", "pending")}))
    assert (back["properties"]["fromMode"], back["properties"]["toMode"]) == ("agent", "bot")


def test_one_change_that_comes_twice_is_one_event():
    changed = {"status": ("open", "resolved"), "updated_at": (None, "2026-01-20T06:40:00Z")}
    first, second = (
        only(chatwoot_conversation(event, changed)) for event in ("conversation_status_changed", "conversation_updated")
    )
    assert first == second


def test_what_changes_nothing_that_counts_is_no_event():
    for changed in ({"label_list": ([], ["a"])}, {"assignee_id": (4, None)}, {"status": ("open", "snoozed")}, None):
        assert events(chatwoot_conversation(changed=changed)) == []
    for event in ("conversation_created", "contact_updated", "conversation_typing_on", "webwidget_triggered"):
        assert events(chatwoot_conversation(event)) == []
        assert unread(chatwoot_conversation(event)) == {}


def test_a_contact_is_created_when_its_payload_was_sent():
    contact = {**CONTACT, "event": "contact_created", "account": {"id": 1}}
    (event,) = read_chatwoot(contact, "1768890600").events
    assert b'"contact.created","userId":"+254700000001","timestamp":"2026-01-20T06:30:00+00:00"' in event
    assert events(contact) == []
    assert unread(contact) == {("event", "contact_created without a time"): 1}


def test_only_whatsapp_counts():
    for channel in ("Channel::WebWidget", "Channel::Email", "Channel::TwilioSms"):
        payload = chatwoot_message(conversation=conversation(channel=channel))
        assert events(payload) == []
        assert [what for what, _ in unread(payload)] == ["channel"]
    source = {"source_id": f"whatsapp:+{PHONE}"}
    by_twilio = conversation(channel="Channel::TwilioSms", contact_inbox=source)
    assert only(chatwoot_message(conversation=by_twilio))["userId"] == f"+{PHONE}"
    assert unread(chatwoot_message(conversation=conversation(group=True))) == {("conversation", "of a group"): 1}


def test_a_customer_who_hides_the_phone_number_is_known_by_the_user_id():
    hidden = {"id": 7, "name": "A", "phone_number": None}
    known = conversation(contact_inbox={"source_id": USER_ID}, meta={"sender": hidden})
    assert only(chatwoot_message(sender=hidden, conversation=known))["userId"] == USER_ID


@pytest.mark.parametrize("broken", [None, 7, "x", [], {}, [None], [{}], {"a": 1}])
def test_whatever_stands_in_a_payload_it_is_no_error(broken):
    for name in ("message_created", "message_updated"):
        for field in chatwoot_message():
            if field != "event":
                events({**chatwoot_message(name, "outgoing"), field: broken})
    for field in conversation():
        events(chatwoot_message("message_updated", "outgoing", conversation=conversation(**{field: broken})))
        events(chatwoot_conversation("conversation_status_changed", **{field: broken}))
    events({**chatwoot_conversation(), "changed_attributes": broken})
    events({**chatwoot_conversation(), "changed_attributes": [{"status": broken, "assignee_id": broken}]})
