"""The event frame: the typed table of events that the whole project shares.

| column | dtype | from |
|---|---|---|
| `event` | category: the eight names in their natural order, then others | `event` |
| `timestamp` | datetime64[us, UTC] | `timestamp` |
| `user_id` | category of E.164 phone numbers | `userId` |
| `message_id` | str, missing where the event has none | `properties.messageId` |
| `chat_id`, `agent_id`, `service_mode`, `country_code`, `content_type`, `template_id`, `name`, `source`, \
`resolution_type`, `from_mode`, `to_mode`, `handoff_reason`, `journey_step` | category | `properties` |
| `has_media` | category of bool | `properties.hasMedia` |
| `message_count` | float64 | `properties.messageCount` |
| `duration_minutes` | float64, minutes | `properties.durationMinutes` |
| `reported_at` | datetime64[us, UTC] | `properties.deliveredAt` or `readAt` |
| `test` | bool | `context.test` |
| `properties` | str: the whole properties as JSON, of events with a property that has no column, or no model | |
| `key_high`, `key_low` | uint64: the event's identity, see `identity` | |
| `line`, `index` | int64, int32: where in its dump the event stood, line from 1, place in a batch from 0 | |
"""

import hashlib

import numpy as np

from analytics.events.contract import EVENTS

EVENT_NAMES = tuple(EVENTS)
CODES = {name: code for code, name in enumerate(EVENT_NAMES)}
"""The code of each of the eight events: its place in the natural order of a conversation."""

OTHER = 15
"""The code that all names outside the eight share within an identity."""

MESSAGE_EVENTS = tuple(name for name in EVENT_NAMES if name.startswith("message."))

CATEGORIES = (
    "event", "user_id", "chat_id", "agent_id", "service_mode", "country_code", "content_type", "template_id",
    "has_media", "name", "source", "resolution_type", "from_mode", "to_mode", "handoff_reason",
    "journey_step",
)  # fmt: skip
NUMBERS = {"message_count": np.float64, "duration_minutes": np.float64}
TIMES = ("timestamp", "reported_at")

COLUMNS = (
    "event", "timestamp", "user_id", "chat_id", "message_id", "agent_id", "service_mode", "country_code",
    "content_type", "template_id", "has_media", "name", "source", "resolution_type", "message_count",
    "duration_minutes", "from_mode", "to_mode", "handoff_reason", "journey_step", "reported_at", "test",
    "properties", "key_high", "key_low", "line", "index",
)  # fmt: skip

DTYPES: dict[str, type[np.generic]] = {
    **dict.fromkeys((*CATEGORIES, *NUMBERS), np.int32),
    **dict.fromkeys((*TIMES, "line"), np.int64),
    **dict.fromkeys(("key_high", "key_low"), np.uint64),
    "test": np.bool_,
    "index": np.int32,
}
"""How columns are held while a frame is being made: categories and numbers by code, times in microseconds."""

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
