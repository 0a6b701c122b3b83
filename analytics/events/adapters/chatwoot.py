"""Chatwoot: webhook payloads as events.

Messages come as `message_created`, and how far ours got as `message_updated`. Notes and activities are no messages.
A sender that is a user is an agent, any other a bot. Assignments and the ends of conversations are read from what a
payload says has changed. A conversation that goes from pending, where the bot has it, to open is a handoff, and so is
the way back. Contacts are repeated with each payload: of them only the id of the customer is taken.

A contact's payload names no time. It is that of the delivery where Chatwoot signs one, else the event cannot be made.
"""

from typing import Any

from analytics.events.adapters.adapted import (
    Adapted,
    Customer,
    Payload,
    customer_of,
    from_unix,
    is_user_id,
    object_of,
    objects,
    text_of,
)

NAME = "chatwoot"

_MESSAGE_EVENTS = ("message_created", "message_updated")
_CONVERSATION_EVENTS = (
    "conversation_created", "conversation_updated", "conversation_status_changed", "conversation_opened",
    "conversation_resolved",
)  # fmt: skip
_OTHER_EVENTS = (
    "contact_created", "contact_updated", "inbox_created", "inbox_updated", "conversation_typing_on",
    "conversation_typing_off", "webwidget_triggered",
)  # fmt: skip
EVENTS = {*_MESSAGE_EVENTS, *_CONVERSATION_EVENTS, *_OTHER_EVENTS}
_SAYING_NOTHING = {"conversation_created", *_OTHER_EVENTS} - {"contact_created"}
"""What is sent of other things, or says nothing that a later payload does not say."""

_WHATSAPP = "Channel::Whatsapp"
_PERHAPS_WHATSAPP = ("Channel::TwilioSms", "Channel::Api")
"""Channels that may carry WhatsApp: through Twilio, or through a bridge that somebody built."""

_MESSAGE_TYPES = {0: "incoming", 1: "outgoing", 2: "activity", 3: "template"}
_DIRECTIONS = {"incoming": "inbound", "outgoing": "outbound", "template": "outbound"}
_STATUSES = {0: "sent", 1: "delivered", 2: "read", 3: "failed"}
_EVENT_OF_STATUS = {"delivered": "message.delivered", "read": "message.read", "failed": "message.failed"}
_TIME_OF_STATUS = {"delivered": "deliveredAt", "read": "readAt", "failed": "failedAt"}
_KEPT_OF_MESSAGE = (
    "content", "content_attributes", "additional_attributes", "attachments", "source_id", "inbox", "account",
)  # fmt: skip
_KEPT_OF_CONVERSATION = ("labels", "priority", "custom_attributes", "inbox_id")
_KEPT_OF_CONTACT = ("custom_attributes", "account")
_LEFT_OUT_OF_MESSAGE = {
    "event", "id", "created_at", "updated_at", "message_type", "private", "content_type", "status", "sender", "contact",
    "conversation", "conversation_id", "inbox_id", "account_id", "sender_id", "sender_type", "external_source_ids",
    "processed_message_content", "sentiment", "echo_id",
}  # fmt: skip


def is_chatwoot(payload: Payload) -> bool:
    """Return whether a payload is one of Chatwoot's."""
    event = payload.get("event")
    return isinstance(event, str) and event in EVENTS and "properties" not in payload


def read_chatwoot(payload: Payload, delivered_at: str | None = None) -> Adapted:
    """Return the events of a payload of Chatwoot; `delivered_at` is when it was sent, in seconds since 1970, if known.

    Chatwoot sends one thing with each payload, so there are few: at most three.
    """
    found = Adapted(NAME)
    event = text_of(payload.get("event"))
    if event in _MESSAGE_EVENTS:
        _read_message(found, payload, is_new=event == "message_created")
    elif event == "contact_created":
        _read_contact(found, payload, delivered_at)
    elif event in _CONVERSATION_EVENTS and event not in _SAYING_NOTHING:
        _read_conversation(found, payload)
    elif event not in _SAYING_NOTHING:
        found.note("event", event)
    return found


def _read_message(found: Adapted, message: Payload, *, is_new: bool) -> None:
    conversation = object_of(message.get("conversation"))
    kind = _named(message.get("message_type"), _MESSAGE_TYPES)
    if kind == "activity" or message.get("private") is True:
        return
    if kind not in _DIRECTIONS:
        found.note("message type", kind)
        return
    contact = object_of(object_of(conversation.get("meta")).get("sender"))
    if kind == "incoming":
        contact = {**contact, **object_of(message.get("sender"))}
    customer = _find_customer(found, conversation, contact or object_of(message.get("contact")))
    if customer is None:
        return
    if is_new:
        _add_message(found, message, conversation, customer, _DIRECTIONS[kind])
    elif kind != "incoming":
        _add_status(found, message, conversation, customer)


def _add_message(found: Adapted, message: Payload, conversation: Payload, customer: Customer, direction: str) -> None:
    for name in message.keys() - _LEFT_OUT_OF_MESSAGE - set(_KEPT_OF_MESSAGE):
        found.note("field of a message", name)
    attachments = list(objects(message.get("attachments")))
    properties: dict[str, Any] = {
        "messageId": text_of(message.get("id")),
        "chatId": text_of(conversation.get("id")),
        "direction": direction,
        "contentType": _content_type(message, attachments),
        "waUserId": customer.wa_user_id,
    }
    if direction == "inbound":
        event = "message.received"
        properties["hasMedia"] = bool(attachments)
    else:
        event = "message.sent"
        properties |= _sender_of(message)
        properties["templateId"] = text_of(_template_of(message).get("name"))
    beside = {**_pick(conversation, _KEPT_OF_CONVERSATION), **_pick(message, _KEPT_OF_MESSAGE)}
    beside |= {name: message[name] for name in message.keys() - _LEFT_OUT_OF_MESSAGE - set(_KEPT_OF_MESSAGE)}
    if direction == "outbound" and message.get("sender"):
        beside["sender"] = _pick(object_of(message["sender"]), ("id", "name", "email", "type"))
    found.add(event, customer.user, _instant(message.get("created_at")), properties, beside)


def _add_status(found: Adapted, message: Payload, conversation: Payload, customer: Customer) -> None:
    """Add how far a message of ours got. Chatwoot says so of the message itself, or of its copy in the conversation."""
    same = (each for each in objects(conversation.get("messages")) if each.get("id") == message.get("id"))
    copy = next(same, {})
    status = _named(message.get("status", copy.get("status")), _STATUSES)
    if status in (None, "sent", "progress"):
        return
    if status not in _EVENT_OF_STATUS:
        found.note("status", status)
        return
    times = (
        message.get("updated_at"), copy.get("updated_at"), conversation.get("updated_at"),
        conversation.get("timestamp"),
    )  # fmt: skip
    at = next((_instant(time) for time in times if time), None)
    properties: dict[str, Any] = {
        "messageId": text_of(message.get("id")),
        "chatId": text_of(conversation.get("id")),
        "waUserId": customer.wa_user_id,
        _TIME_OF_STATUS[status]: at,
    }
    if status == "failed":
        properties |= _error_of(message, copy)
    found.add(_EVENT_OF_STATUS[status], customer.user, at, properties, _pick(message, ("source_id", "inbox")))


def _error_of(message: Payload, copy: Payload) -> dict[str, Any]:
    """Return why a message failed; WhatsApp's code stands before its title: `131047: Re-engagement message`."""
    given = object_of(message.get("content_attributes")) or object_of(copy.get("content_attributes"))
    text = text_of(given.get("external_error"))
    code, colon, title = (text or "").partition(":")
    if colon and code.strip().isdigit():
        return {"errorCode": int(code), "errorTitle": title.strip()}
    return {"errorTitle": text}


def _read_conversation(found: Adapted, conversation: Payload) -> None:
    customer = _find_customer(found, conversation, object_of(object_of(conversation.get("meta")).get("sender")))
    if customer is None:
        return
    changed = _changes(conversation.get("changed_attributes"))
    times = (changed.get("updated_at", (None, None))[1], conversation.get("updated_at"), conversation.get("timestamp"))
    at = next((_instant(time) for time in times if time), None)
    same = {"chatId": text_of(conversation.get("id")), "waUserId": customer.wa_user_id}
    agent = _assignee_of(conversation)
    beside = _pick(conversation, _KEPT_OF_CONVERSATION)

    def add(event: str, properties: dict[str, Any]) -> None:
        found.add(event, customer.user, at, {**same, **properties}, beside)

    _, assigned = changed.get("assignee_id", (None, None))
    if assigned is not None:
        add("chat.assigned", {"agentId": text_of(assigned)})
    match _status_change(conversation, changed):
        case (_, "resolved"):
            add("chat.resolved", {"agentId": agent})
        case ("pending", "open"):
            add("agent.handoff", {"fromMode": "bot", "toMode": "agent", "agentId": agent})
        case ("open", "pending"):
            add("agent.handoff", {"fromMode": "agent", "toMode": "bot"})


def _status_change(conversation: Payload, changed: dict[str, tuple[Any, Any]]) -> tuple[Any, Any]:
    """Return the former and the new status of a conversation, (None, None) if none has changed."""
    if "status" in changed:
        before, after = changed["status"]
        return _named(before, _CONVERSATION_STATUSES), _named(after, _CONVERSATION_STATUSES)
    ended = ("conversation_status_changed", "conversation_resolved")
    if conversation.get("event") in ended and conversation.get("status") == "resolved":
        return None, "resolved"
    return None, None


_CONVERSATION_STATUSES = {0: "open", 1: "resolved", 2: "pending", 3: "snoozed"}


def _changes(given: object) -> dict[str, tuple[Any, Any]]:
    """Return by attribute what it was and what it is now. Chatwoot sends a list of objects, or one."""
    several = [given] if isinstance(given, dict) else objects(given)
    return {
        name: (value.get("previous_value"), value.get("current_value"))
        for attributes in several
        for name, value in attributes.items()
        if isinstance(value, dict)
    }


def _assignee_of(conversation: Payload) -> str | None:
    """Return the agent to whom a conversation is assigned; None if it is nobody, or a bot."""
    meta = object_of(conversation.get("meta"))
    assignee = object_of(meta.get("assignee"))
    is_bot = str(assignee.get("type") or meta.get("assignee_type") or "user").lower() != "user"
    return None if is_bot else text_of(assignee.get("id"))


def _read_contact(found: Adapted, contact: Payload, delivered_at: str | None) -> None:
    at = _instant(contact.get("created_at")) or from_unix(delivered_at)
    if at is None:
        found.note("event", "contact_created without a time")
        return
    customer = _customer_of_contact(contact)
    if customer.user is None:
        found.note("contact", "without a phone number")
        return
    country = text_of(object_of(contact.get("additional_attributes")).get("country_code"))
    properties = {
        "chatId": f"account {text_of(object_of(contact.get('account')).get('id'))}",
        "name": text_of(contact.get("name")),
        "source": "Chatwoot",
        "countryCode": country if country and len(country) == 2 else None,
        "waUserId": customer.wa_user_id,
    }
    found.add("contact.created", customer.user, at, properties, _pick(contact, _KEPT_OF_CONTACT))


def _find_customer(found: Adapted, conversation: Payload, contact: Payload) -> Customer | None:
    """Return the customer of a conversation; None if it is not by WhatsApp, or in a group, which is noted."""
    channel = conversation.get("channel") or _WHATSAPP
    source = text_of(object_of(conversation.get("contact_inbox")).get("source_id"))
    if channel != _WHATSAPP and channel not in _PERHAPS_WHATSAPP:
        found.note("channel", channel)
        return None
    if channel == "Channel::TwilioSms" and not (source or "").startswith("whatsapp:"):
        found.note("channel", "Channel::TwilioSms without whatsapp")
        return None
    if conversation.get("group") is True or (text_of(contact.get("identifier")) or "").endswith("@g.us"):
        found.note("conversation", "of a group")
        return None
    customer = _customer_of_contact(contact, source if channel != "Channel::Api" else None)
    if customer.user is None and channel == "Channel::Api":
        found.note("channel", "Channel::Api without a phone number")
        return None
    return customer


def _customer_of_contact(contact: Payload, source: str | None = None) -> Customer:
    """Return a contact's customer; `source` is how the inbox knows them: by number or WhatsApp user id."""
    identifier = text_of(contact.get("identifier"))
    scoped = next((each for each in (source, identifier) if is_user_id(each)), None)
    number = text_of(contact.get("phone_number")) or (None if source == scoped else source)
    if number is None and identifier and identifier.endswith(("@s.whatsapp.net", "@c.us")):
        number = identifier.partition("@")[0].partition(":")[0]
    return customer_of(number and number.removeprefix("whatsapp:"), scoped)


def _sender_of(message: Payload) -> dict[str, Any]:
    """Return who sent a message of ours: an agent, or a bot where no user did."""
    sender = object_of(message.get("sender"))
    attributes = object_of(message.get("content_attributes")) | object_of(message.get("additional_attributes"))
    by_rule = attributes.get("automation_rule_id") or attributes.get("campaign_id")
    is_user = sender.get("type") == "user" or ("type" not in sender and "email" in sender)
    if is_user and not by_rule:
        return {"agentId": text_of(sender.get("id")), "serviceMode": "agent"}
    if attributes.get("external_echo"):  # somebody wrote it on the phone itself
        return {}
    return {"serviceMode": "bot"}


def _template_of(message: Payload) -> dict[str, Any]:
    return object_of(object_of(message.get("additional_attributes")).get("template_params"))


def _content_type(message: Payload, attachments: list[dict[str, Any]]) -> str | None:
    if _template_of(message):
        return "template"
    kind = text_of(attachments[0].get("file_type")) if attachments else None
    return kind or text_of(message.get("content_type")) or "text"


def _named(value: object, names: dict[int, str]) -> str | None:
    """Return a value that is written as a name or as its number."""
    return names.get(value, str(value)) if isinstance(value, int) else text_of(value)


def _instant(value: object) -> str | None:
    """Return a time as RFC 3339: Chatwoot writes seconds since 1970, ISO 8601, or `2026-03-03 13:05:57 UTC`."""
    if isinstance(value, str) and value.endswith(" UTC"):
        return f"{value.removesuffix(' UTC')}Z".replace(" ", "T", 1)
    return value if isinstance(value, str) and not value.isdigit() else from_unix(value)


def _pick(given: Payload, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if given.get(name) not in (None, {}, [], "")}
