"""The identity of an event, by which it is known again: 128 bits made of what it is about."""

import hashlib

from analytics.events.customer_id import canonical

CODES = {
    "contact.created": 0,
    "message.received": 1,
    "agent.handoff": 2,
    "chat.assigned": 3,
    "message.sent": 4,
    "message.delivered": 5,
    "message.read": 6,
    "chat.resolved": 7,
    "message.failed": 8,
}
"""The code of each event in identities. Stored keys hold it, so it stays for ever; a new event gets the next one."""

OTHER_CODE = 15
"""The code in an identity of every event name outside the contract."""

LOW_BITS = 0xF


def identity(event: str, subject: str) -> tuple[int, int]:
    """Return an event's identity, 128 bits as two unsigned 64-bit halves.

    They are the MD5 of the event's subject, with the event's code in the last four bits. So all events about one
    message share `key_high`. MD5 serves here as a well-spread hash, not to keep a secret.
    `subject` is what `message` or `occurrence` returns.
    """
    number = int.from_bytes(digest(subject), "little")
    return number >> 64, number & (2**64 - 1 - LOW_BITS) | CODES.get(event, OTHER_CODE)


def digest(subject: str) -> bytes:
    """Return the MD5 of an event's subject, 16 bytes: a little-endian number, its low half first."""
    return hashlib.md5(subject.encode(), usedforsecurity=False).digest()


def message(message_id: str) -> str:
    """Return the subject of an event about a message: its id in quotation marks, as it stands in JSON."""
    return f'"{message_id}"'


def occurrence(user_id: str, chat_id: str | None, microseconds: int, other: str = "") -> str:
    """Return the subject of an event that is not about a message: who, in which chat, and when.

    Of a number that WhatsApp writes in two ways, both are the same. `other` is the name and the properties of an event
    outside the contract.
    """
    return f"{canonical(user_id)}\x1f{chat_id or ''}\x1f{microseconds}\x1f{other}"
