"""Sample payloads of other systems, as each of them sends them, of a customer whom no store knows yet."""

import secrets
from datetime import UTC, datetime
from typing import Any

from analytics.events.adapters import chatwoot, cloud_api, twilio

_OWN = "14155550100"


def make_payload(system: str) -> dict[str, Any]:
    """Return a fresh payload of a system, by its key."""
    return _SAMPLES[system](f"254700{secrets.randbelow(10**6):06}", secrets.token_hex(4), datetime.now(UTC))


def _make_cloud_api(phone: str, mark: str, now: datetime) -> dict[str, Any]:
    """Return a payload in which a customer writes, and reads an earlier message of ours; one thing in it is unknown."""
    at = str(int(now.timestamp()))
    message = {"from": phone, "id": f"wamid.test-{mark}", "timestamp": at, "type": "text", "text": {"body": "Hello"}}
    status = {"id": f"wamid.test-{mark}-ours", "timestamp": at, "recipient_id": phone}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": _OWN, "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": "Test"}, "wa_id": phone}],
        "messages": [message],
        "statuses": [{**status, "status": name} for name in ("sent", "delivered", "read", "sample")],
    }
    entry = {"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def _make_chatwoot(phone: str, mark: str, now: datetime) -> dict[str, Any]:
    """Return a payload in which a customer writes."""
    contact = {"id": 7, "name": "Test", "phone_number": f"+{phone}", "type": "contact"}
    return {
        "event": "message_created",
        "id": f"test-{mark}",
        "content": "Hello",
        "content_type": "text",
        "message_type": "incoming",
        "private": False,
        "created_at": now.isoformat(),
        "sender": contact,
        "inbox": {"id": 3, "name": "WhatsApp"},
        "account": {"id": 1, "name": "Shop"},
        "conversation": {
            "id": 31,
            "channel": "Channel::Whatsapp",
            "contact_inbox": {"source_id": phone},
            "meta": {"sender": contact},
            "status": "open",
        },
    }


def _make_twilio(phone: str, mark: str, now: datetime) -> dict[str, Any]:
    """Return a message of a log that was read."""
    return {
        "sid": f"SMtest{mark}",
        "account_sid": "ACtest",
        "from": f"whatsapp:+{_OWN}",
        "to": f"whatsapp:+{phone}",
        "body": "Hello",
        "direction": "outbound-api",
        "status": "read",
        "num_media": 0,
        **dict.fromkeys(("date_created", "date_sent", "date_updated"), now.isoformat()),
    }


_SAMPLES = {cloud_api.NAME: _make_cloud_api, chatwoot.NAME: _make_chatwoot, twilio.NAME: _make_twilio}
