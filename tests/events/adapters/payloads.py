"""Payloads of other systems as they are documented, with made-up people, and what they become."""

import json

from analytics.events.adapters.systems import find_payload

PHONE, USER_ID, NUMBER_ID = "254700000001", "KE.1001", "2000"
METADATA = {"display_phone_number": "14155550100", "phone_number_id": NUMBER_ID}


def cloud(field="messages", **value):
    """A payload of the Cloud API with one change."""
    value = {"messaging_product": "whatsapp", "metadata": METADATA, **value}
    changes = [{"field": field, "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1000", "changes": changes}]}


def received(number=1, **message):
    """A text from a customer."""
    text = {"from": PHONE, "id": f"wamid.IN{number}", "timestamp": str(1768890600 + number), "type": "text"}
    contacts = [{"profile": {"name": "A"}, "wa_id": PHONE, "user_id": USER_ID}]
    return cloud(contacts=contacts, messages=[{**text, "text": {"body": "hi"}, **message}])


def status(name="sent", number=1, **more):
    """How far a message of ours got."""
    return {
        "id": f"wamid.OUT{number}",
        "status": name,
        "timestamp": str(1768890660 + number),
        "recipient_id": PHONE,
        **more,
    }


CONTACT = {"id": 7, "name": "A", "phone_number": f"+{PHONE}", "type": "contact"}


def conversation(**more):
    """A conversation of Chatwoot, as it stands in each of its payloads."""
    return {
        "id": 31,
        "inbox_id": 3,
        "channel": "Channel::Whatsapp",
        "contact_inbox": {"id": 9, "contact_id": 7, "inbox_id": 3, "source_id": PHONE},
        "meta": {"sender": CONTACT, "assignee": None},
        "messages": [],
        "labels": ["orders"],
        "status": "open",
        "timestamp": 1768890600,
        "updated_at": 1768890700.25,
        **more,
    }


def chatwoot_message(event="message_created", message_type="incoming", **more):
    """A message of Chatwoot."""
    return {
        "event": event,
        "id": 500,
        "content": "hi",
        "content_type": "text",
        "content_attributes": {},
        "message_type": message_type,
        "private": False,
        "created_at": "2026-01-20T06:30:00.000Z",
        "source_id": "wamid.1",
        "sender": CONTACT
        if message_type == "incoming"
        else {"id": 4, "name": "Ana", "email": "a@x.test", "type": "user"},
        "inbox": {"id": 3, "name": "WhatsApp"},
        "account": {"id": 1, "name": "Shop"},
        "conversation": conversation(),
        **more,
    }


def chatwoot_conversation(event="conversation_updated", changed=None, **more):
    """A conversation of Chatwoot of which something has changed: by attribute the former and the new value."""
    listed = [{name: {"previous_value": old, "current_value": new}} for name, (old, new) in (changed or {}).items()]
    return {**conversation(**more), "event": event, "changed_attributes": listed}


def twilio(**more):
    """A message as Twilio's bulk export writes it."""
    return {
        "sid": "SM1",
        "account_sid": "AC1",
        "from": f"whatsapp:+{PHONE}",
        "to": "whatsapp:+14155550100",
        "body": "Habari",
        "direction": "inbound",
        "status": "received",
        "num_media": 0,
        "date_created": "2026-01-20T06:30:00Z",
        "date_sent": "2026-01-20T06:30:01Z",
        "date_updated": "2026-01-20T06:30:02Z",
        **more,
    }


def adapted(payload):
    """What an adapter makes of a payload."""
    system, found = find_payload(json.dumps(payload).encode())
    return system.read(found)


def events(payload):
    """The events of a payload, as objects."""
    return [json.loads(event) for event in adapted(payload).events]


def only(payload):
    """The only event of a payload."""
    (event,) = events(payload)
    return event


def unread(payload):
    """What was not understood in a payload: what, its name, how often."""
    return {(kind.what, kind.name): count for kind, count in adapted(payload).unread.items()}
