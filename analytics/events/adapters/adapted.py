"""What an adapter makes of a payload: events of the contract as JSON, and what it did not understand."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from analytics.events.customer_id import WHATSAPP_USER_ID
from analytics.events.judge import MAX_EVENT_BYTES, MAX_NESTING, measure_nesting
from analytics.events.unread import Unread

Payload = Mapping[str, Any]

_MOST_LETTERS = 60
_MOST_KINDS = 50
"""Of one payload, at most so many kinds of things are named; all others are counted under one name."""
_OTHERS = "others"
_PRINTABLE = re.compile(r"[\w .:/-]+")


class Adapted:
    """The events of a payload, each as JSON, and how many things of which kind in it were not read."""

    def __init__(self, system: str) -> None:
        self.events: list[bytes] = []
        self.unread: dict[Unread, int] = {}
        self._system = system

    def add(
        self, event: str, user: str | None, timestamp: str | None, properties: Mapping[str, Any], beside: Payload
    ) -> None:
        """Add an event. Where properties and what stands beside them share a name, the properties count.

        What stands beside is left out, and named as unread, where the event would be too large or too deep with it.
        """
        made: dict[str, Any] = {"event": event, "userId": user, "timestamp": timestamp, "context": _CONTEXT}
        known = properties
        if None in properties.values():
            known = {name: value for name, value in properties.items() if value is not None}
        try:
            whole = orjson.dumps({**made, "properties": {**beside, **known}})
        except (orjson.JSONEncodeError, TypeError):  # nested beyond what can be written
            whole = b""
        if not whole or _is_beyond_limits(whole):
            self.note("part", "too large or too deep")
            whole = orjson.dumps({**made, "properties": known})
        self.events.append(whole)

    def note(self, what: str, name: object) -> None:
        """Count a thing that was not understood."""
        kind = Unread(self._system, what, plain_name(name))
        if kind not in self.unread and len(self.unread) >= _MOST_KINDS:
            kind = Unread(self._system, what, _OTHERS)
        self.unread[kind] = self.unread.get(kind, 0) + 1


_CONTEXT = {"channel": "whatsapp"}


def _is_beyond_limits(event: bytes) -> bool:
    if len(event) > MAX_EVENT_BYTES:
        return True
    if len(event) < 2 * MAX_NESTING:
        return False
    return event.count(b"{") + event.count(b"[") > MAX_NESTING and measure_nesting(orjson.loads(event)) > MAX_NESTING


def plain_name(name: object) -> str:
    """Return a name from a payload as it may be shown: short, and only if it looks like a name."""
    text = name if isinstance(name, str) else type(name).__name__
    return text[:_MOST_LETTERS] if _PRINTABLE.fullmatch(text) else "not a name"


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list; nothing if it is none."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def object_of(value: object) -> dict[str, Any]:
    """Return an object, empty if it is none."""
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str | None:
    """Return an id as text; None where there is none."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def from_unix(value: object) -> str | None:
    """Return a time in seconds since 1970, a number or digits, as RFC 3339; another text as it is."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return _from_unix_seconds(value)
    return _from_unix_number(value) if isinstance(value, float) else None


@lru_cache(4096)
def _from_unix_seconds(value: int | str) -> str:
    try:
        return datetime.fromtimestamp(int(value), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return str(value)


def _from_unix_number(value: float) -> str:
    try:
        return datetime.fromtimestamp(value, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return str(value)


_DIGITS = re.compile(r"[0-9]{5,20}", re.ASCII)


def international(phone: object) -> str | None:
    """Return a phone number as systems write it, digits with or without a plus, in the form of the contract.

    Anything else is returned as it is, for the validator to judge; None where there is nothing.
    """
    text = text_of(phone)
    return f"+{text}" if text and _DIGITS.fullmatch(text) else text


def is_user_id(text: str | None) -> bool:
    """Return whether a text is a WhatsApp user id, such as `KE.13491208655302741918`."""
    return text is not None and WHATSAPP_USER_ID.fullmatch(text) is not None


class Customer(NamedTuple):
    """A customer's id, and their WhatsApp user id where the id is their phone number."""

    user: str | None
    wa_user_id: str | None = None


def customer_of(phone: object, user_id: object) -> Customer:
    """Return a customer known by a phone number, a WhatsApp user id, or both. The number's place may hold the id."""
    if user_id is None and isinstance(phone, str) and _DIGITS.fullmatch(phone):
        return Customer(f"+{phone}")
    number, scoped = international(phone), text_of(user_id)
    if is_user_id(number):
        number, scoped = None, scoped or number
    return Customer(number, scoped) if number else Customer(scoped)
