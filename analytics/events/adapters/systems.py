"""Which system a text is of: a text is looked at once for names that occur in all payloads of a system, then parsed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from analytics.events.adapters import chatwoot, cloud_api, twilio
from analytics.events.adapters.adapted import Adapted, Payload


@dataclass(frozen=True)
class System:
    """Another system: its key, its name for people, how its payloads are known and read.

    `marks` are texts of which each payload holds one; `what_to_do` is said of a payload that came the wrong way.
    """

    key: str
    title: str
    marks: tuple[bytes, ...]
    is_of: Callable[[Payload], bool]
    read: Callable[[Payload], Adapted]
    what_to_do: str


_CONNECT = "Make a connection to it on the page Connections, and enter the address that it shows there"
_IMPORT = "Drop it as a file on the page Import"

SYSTEMS: dict[str, System] = {
    system.key: system
    for system in (
        System(
            cloud_api.NAME,
            "WhatsApp Cloud API",
            (b'"whatsapp_business_account"',),
            cloud_api.is_cloud_api,
            cloud_api.read_cloud_api,
            f"{_CONNECT} at Meta. {_IMPORT} if you have kept what came",
        ),
        System(
            chatwoot.NAME,
            "Chatwoot",
            tuple(f'"{event}"'.encode() for event in sorted(chatwoot.EVENTS)),
            chatwoot.is_chatwoot,
            chatwoot.read_chatwoot,
            f"{_CONNECT} in Chatwoot. {_IMPORT} if you have kept what came",
        ),
        System(twilio.NAME, "Twilio", (b'"account_sid"',), twilio.is_twilio, twilio.read_twilio, _IMPORT),
    )
}
"""The systems whose payloads are read, by key."""

_MARKS = tuple(mark for system in SYSTEMS.values() for mark in system.marks)
_WORDS = (b"account", b"inbox")
"""Each payload of each system has one of these; a text without them, as most are, is not searched for every mark."""


def may_hold_payloads(text: bytes) -> bool:
    """Return whether a text, of any length, may hold payloads of other systems. It is only searched."""
    return any(word in text for word in _WORDS) and any(mark in text for mark in _MARKS)


def find_payload(text: bytes) -> tuple[System, dict[str, Any]] | None:
    """Return the system that a text is a payload of, and the payload; None for anything else."""
    if not may_hold_payloads(text):
        return None
    try:
        payload = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, dict):
        return None
    return next(((system, payload) for system in SYSTEMS.values() if system.is_of(payload)), None)


def name_payload(text: bytes) -> str | None:
    """Return in a sentence or two that a text is a payload of another system, and what to do; None if it is none."""
    found = find_payload(text)
    return f"This is a payload of {found[0].title}, not events. {found[0].what_to_do}" if found else None
