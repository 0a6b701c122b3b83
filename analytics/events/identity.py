"""The identity of an event, by which it is known again: 128 bits made of what it is about."""

import hashlib

from analytics.events.frame import CODES

OTHER = 15
"""The code that all names outside the eight share within an identity."""

LOW_BITS = 0xF


def identity(event: str, subject: str) -> tuple[int, int]:
    """Return an event's identity, 128 bits as two unsigned 64-bit halves.

    They are the MD5 of the event's subject with the last four bits giving way to the event's code: what
    happens to one message shares `key_high`. MD5 serves as a well-spread hash here, not as a secret.
    `subject` is what `message` or `occurrence` returns.
    """
    number = int.from_bytes(digest(subject), "little")
    return number >> 64, number & (2**64 - 1 - LOW_BITS) | CODES.get(event, OTHER)


def digest(subject: str) -> bytes:
    """Return the MD5 of an event's subject, 16 bytes: a little-endian number, its low half first."""
    return hashlib.md5(subject.encode(), usedforsecurity=False).digest()


def message(message_id: str) -> str:
    """Return the subject of an event about a message: its id in quotation marks, as it stands in JSON."""
    return f'"{message_id}"'


def occurrence(user_id: str, chat_id: str | None, microseconds: int, other: str = "") -> str:
    """Return the subject of an event that is about no message: who, in which chat, when.

    `other` is the name and the properties of an event outside the eight.
    """
    return f"{user_id}\x1f{chat_id or ''}\x1f{microseconds}\x1f{other}"
