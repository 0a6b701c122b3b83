"""WhatsApp Cloud API (Meta): webhook payloads as events.

Messages of customers are received. What we sent is known from statuses: `sent`, `delivered`, `read` and `failed`; of
its content they say only whether it is charged as a template. Messages written in the WhatsApp Business app come as
echoes. A customer's changed number or user id comes as a system message, which links the old one to the new one.
The chat is the business number's id; ids of the customer stand in `userId`, `waUserId` and `previousUserId` alone.
"""

from collections.abc import Callable
from typing import Any

from analytics.events.adapters.adapted import (
    Adapted,
    Customer,
    Payload,
    customer_of,
    from_unix,
    international,
    object_of,
    objects,
    text_of,
)

NAME = "cloud_api"
ID_CHANGED = "customer.id_changed"
"""The event that links ids of one customer. It is none of the contract, and therefore part of no number."""

_OBJECT = "whatsapp_business_account"
_TEMPLATES = ("marketing", "utility", "authentication")
_MEDIA = {"image", "audio", "voice", "video", "document", "sticker"}
_EVENT_OF_STATUS = {
    "sent": "message.sent",
    "delivered": "message.delivered",
    "read": "message.read",
    "failed": "message.failed",
}
_TIME_OF_STATUS = {"delivered": "deliveredAt", "read": "readAt", "failed": "failedAt"}
_TYPES = {
    *_MEDIA, "text", "location", "contacts", "interactive", "button", "order", "reaction", "unsupported", "unknown",
    "product", "ephemeral",
}  # fmt: skip
_NO_MESSAGES = {"request_welcome"}
"""Types of messages in which the customer wrote nothing."""

_OF_VALUE = {
    "messaging_product", "metadata", "contacts", "messages", "statuses", "message_echoes", "errors",
}  # fmt: skip
_OF_MESSAGE = {
    "id", "from", "from_user_id", "from_parent_user_id", "from_logical_id", "to", "to_user_id", "to_parent_user_id",
    "timestamp", "type", "context", "referral", "errors", "identity", "group_id", "edit", "origin",
}  # fmt: skip
_OF_STATUS = {
    "id", "status", "timestamp", "recipient_id", "recipient_user_id", "recipient_parent_user_id",
    "recipient_logical_id", "recipient_type", "recipient_participant_id", "recipient_participant_user_id",
    "recipient_identity_key_hash", "conversation", "pricing", "errors", "biz_opaque_callback_data", "message", "type",
}  # fmt: skip


def is_cloud_api(payload: Payload) -> bool:
    """Return whether a payload is one of the Cloud API."""
    return payload.get("object") == _OBJECT and isinstance(payload.get("entry"), list)


def read_cloud_api(payload: Payload) -> Adapted:
    """Return the events of a payload of the Cloud API."""
    found = Adapted(NAME)
    if payload.get("object") != _OBJECT:
        found.note("object", payload.get("object"))
        return found
    for entry in objects(payload.get("entry")):
        for change in objects(entry.get("changes")):
            field = text_of(change.get("field"))
            if field in _READERS:
                _READERS[field](_Change(found, entry, object_of(change.get("value"))))
            else:
                found.note("field", field)
    return found


class _Change:
    """The part of a payload about one business number, and where its events go."""

    def __init__(self, found: Adapted, entry: Payload, value: Payload) -> None:
        self.found = found
        self.value = value
        metadata = object_of(value.get("metadata"))
        self.number = text_of(metadata.get("phone_number_id"))
        self.of_number = {"chatId": self.number, "phoneNumberId": self.number}
        self.beside = {
            name: given
            for name, given in {
                "display_phone_number": metadata.get("display_phone_number"),
                "business_account_id": entry.get("id"),
            }.items()
            if given is not None
        }
        self._contacts = list(objects(value.get("contacts")))

    def contact_of(self, phone: object, user_id: object) -> Payload:
        """Return the contact of a customer, empty where there is none."""
        for contact in self._contacts:
            if phone is not None and contact.get("wa_id") == phone:
                return contact
            if user_id is not None and contact.get("user_id") == user_id:
                return contact
        return self._contacts[0] if len(self._contacts) == 1 else {}

    def customer(self, phone: object, user_id: object) -> tuple[Customer, Payload]:
        """Return the customer with both ids if the contacts know them, and the profile to be kept."""
        if not self._contacts:
            return customer_of(phone, user_id), {}
        contact = self.contact_of(phone, user_id)
        profile = {"profile": contact["profile"]} if contact.get("profile") else {}
        return customer_of(phone or contact.get("wa_id"), user_id or contact.get("user_id")), profile


def _read_messages(change: _Change) -> None:
    for name in change.value.keys() - _OF_VALUE:
        change.found.note("part", name)
    for message in objects(change.value.get("messages")):
        if message.get("type") == "system":
            _read_system_message(change, message)
        else:
            _read_message(change, message)
    for status in objects(change.value.get("statuses")):
        _read_status(change, status)
    for error in objects(change.value.get("errors")):
        change.found.note("error of the number", text_of(error.get("code")))


def _read_message(change: _Change, message: Payload) -> None:
    kind = text_of(message.get("type"))
    if "group_id" in message:
        change.found.note("message", "in a group")
    elif kind in _NO_MESSAGES:
        change.found.note("message type", kind)
    else:
        customer, profile = change.customer(message.get("from"), message.get("from_user_id"))
        _add_message(change, message, "message.received", customer, profile)


def _read_echoes(change: _Change) -> None:
    """Read what was written to customers in the WhatsApp Business app."""
    for message in objects(change.value.get("message_echoes")):
        customer = customer_of(message.get("to"), message.get("to_user_id"))
        _add_message(change, message, "message.sent", customer, {})


def _add_message(change: _Change, message: Payload, event: str, customer: Customer, profile: Payload) -> None:
    kind = text_of(message.get("type"))
    if kind not in _TYPES:
        change.found.note("message type", kind)
    for name in message.keys() - _OF_MESSAGE - {kind}:
        change.found.note("field of a message", name)
    properties = {
        "messageId": text_of(message.get("id")),
        **change.of_number,
        "direction": "inbound" if event == "message.received" else "outbound",
        "contentType": kind,
        "hasMedia": kind in _MEDIA if event == "message.received" else None,
        "waUserId": customer.wa_user_id,
    }
    beside = {**change.beside, **profile, **_without(message, _MAPPED_OF_MESSAGE)}
    change.found.add(event, customer.user, from_unix(message.get("timestamp")), properties, beside)


_MAPPED_OF_MESSAGE = {"id", "from", "from_user_id", "to", "to_user_id", "timestamp", "type"}


def _read_status(change: _Change, status: Payload) -> None:
    kind = text_of(status.get("status")) or ""
    event = _EVENT_OF_STATUS.get(kind)
    if event is None:
        change.found.note("status", status.get("status"))
        return
    if status.get("recipient_type") == "group":
        change.found.note("status", "in a group")
        return
    if not status.keys() <= _OF_STATUS:
        for name in status.keys() - _OF_STATUS:
            change.found.note("field of a status", name)
    customer, profile = change.customer(status.get("recipient_id"), status.get("recipient_user_id"))
    at = from_unix(status.get("timestamp"))
    properties: dict[str, Any] = {"messageId": text_of(status.get("id")), **change.of_number}
    if customer.wa_user_id:
        properties["waUserId"] = customer.wa_user_id
    if kind == "sent":
        properties["direction"] = "outbound"
        properties["contentType"] = _content_type(status)
    else:
        properties[_TIME_OF_STATUS[kind]] = at
    if kind == "failed":
        error = next(objects(status.get("errors")), {})
        properties |= {"errorCode": error.get("code"), "errorTitle": text_of(error.get("title"))}
    beside = {**change.beside, **profile, **status}
    for name in _MAPPED_OF_STATUS:
        beside.pop(name, None)
    change.found.add(event, customer.user, at, properties, beside)


_MAPPED_OF_STATUS = ("id", "status", "timestamp", "recipient_id", "recipient_user_id")


def _content_type(status: Payload) -> str:
    """Return the content type of a sent message, of which a status says only how it is charged."""
    pricing = status.get("pricing")
    category = pricing.get("category") if isinstance(pricing, dict) else None
    return "template" if isinstance(category, str) and category.startswith(_TEMPLATES) else "unknown"


def _read_system_message(change: _Change, message: Payload) -> None:
    """Link the ids that a customer had with those that they have now."""
    system = object_of(message.get("system"))
    phone = system.get("wa_id") or system.get("new_wa_id")
    now = customer_of(phone, system.get("user_id"))
    before = [  # of the last, nobody says whether it is the old one or the new one
        international(message.get("from")),
        text_of(system.get("previous_user_id")),
        text_of(message.get("from_user_id")),
    ]
    known = {now.user, now.wa_user_id, None}
    former = list(dict.fromkeys(each for each in before if each not in known))
    if now.user is None or not former:
        change.found.note("system message", system.get("type"))
        return
    for each in former:
        properties = {**change.of_number, "waUserId": now.wa_user_id, "previousUserId": each}
        kept = {**change.beside, "messageId": text_of(message.get("id")), "change": system.get("type")}
        change.found.add(ID_CHANGED, now.user, from_unix(message.get("timestamp")), properties, kept)


_READERS: dict[str | None, Callable[[_Change], None]] = {"messages": _read_messages, "smb_message_echoes": _read_echoes}
"""What reads which field of a change."""


def _without(given: Payload, names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}
