"""Twilio: messages as its REST API lists them and its bulk export writes them, as events.

A message of a log shows the last status alone, at the time when it changed last. One that was read was delivered, too.
The chat is our own address, which a message to it and one from it share.
"""

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from analytics.events.adapters.adapted import Adapted, Payload, customer_of, objects, text_of

NAME = "twilio"

_WHATSAPP = "whatsapp:"
_EVENT_OF_STATUS = {
    "delivered": "message.delivered",
    "read": "message.read",
    "failed": "message.failed",
    "undelivered": "message.failed",
}
_TIME_OF_EVENT = {"message.delivered": "deliveredAt", "message.read": "readAt", "message.failed": "failedAt"}
_ON_THEIR_WAY = {"sent", "partially_delivered", *_EVENT_OF_STATUS}
_MAPPED = {"sid", "from", "to", "direction", "status", "date_sent", "date_created", "date_updated", "error_code"}


def is_twilio(payload: Payload) -> bool:
    """Return whether an object is a message of Twilio's, or a page of its list of messages."""
    return _is_message(payload) or any(map(_is_message, _messages_of(payload)))


def _is_message(item: Payload) -> bool:
    return (
        isinstance(item.get("sid"), str)
        and isinstance(item.get("account_sid"), str)
        and isinstance(item.get("direction"), str)
        and "event" not in item
    )


def _messages_of(payload: Payload) -> list[dict[str, Any]]:
    return list(objects(payload.get("messages")))


def read_twilio(payload: Payload) -> Adapted:
    """Return the events of a message, or of a page of messages."""
    found = Adapted(NAME)
    for message in [payload] if _is_message(payload) else _messages_of(payload):
        _read_message(found, message)
    return found


def _read_message(found: Adapted, message: Payload) -> None:
    inbound = message.get("direction") == "inbound"
    theirs, ours = (text_of(message.get(place)) or "" for place in (("from", "to") if inbound else ("to", "from")))
    status = text_of(message.get("status"))
    if not theirs.startswith(_WHATSAPP):
        found.note("channel", ours.partition(":")[0] if ":" in ours else "SMS")
    elif inbound:
        _add_message(found, message, theirs, ours)
    elif status in _ON_THEIR_WAY:
        _add_message(found, message, theirs, ours)
        if status in _EVENT_OF_STATUS:
            _add_status(found, message, theirs, ours)
    else:
        found.note("status", status)


def _add_message(found: Adapted, message: Payload, theirs: str, ours: str) -> None:
    has_media = str(message.get("num_media") or "0") not in ("0", "")
    properties = {**_ids(message, ours), "contentType": "media" if has_media else "text"}
    if message.get("direction") == "inbound":
        event = "message.received"
        properties |= {"direction": "inbound", "hasMedia": has_media}
    else:
        event = "message.sent"
        properties["direction"] = "outbound"
    beside = {name: value for name, value in message.items() if name not in _MAPPED and value is not None}
    at = _instant(message.get("date_sent")) or _instant(message.get("date_created"))
    found.add(event, _user_of(theirs), at, properties, beside)


def _add_status(found: Adapted, message: Payload, theirs: str, ours: str) -> None:
    event = _EVENT_OF_STATUS[message["status"]]
    at = next(filter(None, (_instant(message.get(f"date_{when}")) for when in ("updated", "sent", "created"))), None)
    properties: dict[str, Any] = {**_ids(message, ours), _TIME_OF_EVENT[event]: at}
    if event == "message.failed":
        properties |= {"errorCode": message.get("error_code"), "errorTitle": text_of(message.get("error_message"))}
    found.add(event, _user_of(theirs), at, properties, {})


def _ids(message: Payload, ours: str) -> dict[str, Any]:
    number = ours.removeprefix(_WHATSAPP) or None
    return {"messageId": text_of(message.get("sid")), "chatId": number, "phoneNumberId": number}


def _user_of(address: str) -> str | None:
    return customer_of(address.removeprefix(_WHATSAPP), None).user


def _instant(value: object) -> str | None:
    """Return a time of a log, ISO 8601 or RFC 2822, as RFC 3339; another text as it is."""
    text = text_of(value)
    if text is None or text[:4].isdigit():
        return text
    try:
        return parsedate_to_datetime(text).astimezone(UTC).isoformat()
    except ValueError:
        return text
