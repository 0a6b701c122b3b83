"""Sample events: the integration guide's conversation, of a customer, a chat and messages that no store knows yet."""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Event = dict[str, Any]

_SAMPLES = Path(__file__).with_name("sample-events.ndjson")


_NOT_IN_THE_GUIDE: dict[str, dict[str, Any]] = {
    "chat.assigned": {"chatId": "chat_123", "agentId": "agent_456"},
    "message.failed": {
        "messageId": "wamid.yyy",
        "errorCode": 131026,
        "errorTitle": "Message undeliverable",
        "failedAt": "2026-01-20T08:30:00.000Z",
    },
}
"""The properties of samples of events that the guide's conversation lacks."""


def samples() -> list[Event]:
    """Return the sample events of the integration guide: seven of one conversation."""
    return [json.loads(line) for line in _SAMPLES.read_text().splitlines()]


def make_conversation(*, test: bool) -> list[Event]:
    """Return the guide's conversation as if it had just ended, with a new customer."""
    return freshen(samples(), test=test)


def freshen(events: Sequence[Event], *, test: bool) -> list[Event]:
    """Return the same events with new ids, moved in time so that the last one happens now."""
    mark = secrets.token_hex(4)
    shift = datetime.now(UTC) - max(_instant(event["timestamp"]) for event in events)
    phone = f"+254700{secrets.randbelow(10**6):06}"
    return [
        {
            **event,
            "userId": phone,
            "timestamp": _shift_text(event["timestamp"], shift),
            "context": {**event["context"], **({"test": True} if test else {})},
            "properties": {
                name: _renew_property(name, value, mark, shift) for name, value in event["properties"].items()
            },
        }
        for event in events
    ]


def make_sample(name: str) -> Event:
    """Return a fresh sample of one of the nine events."""
    found = next((event for event in samples() if event["event"] == name), None)
    if found is None:
        found = {**samples()[-1], "event": name, "properties": _NOT_IN_THE_GUIDE[name]}
    return freshen([found], test=True)[0]


def as_json(events: Sequence[Event]) -> list[bytes]:
    """Return each event as JSON."""
    return [json.dumps(event, ensure_ascii=False).encode() for event in events]


def write_instant(instant: datetime) -> str:
    """Return an instant as the guide writes it, in milliseconds."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z"


def _renew_property(name: str, value: Any, mark: str, shift: timedelta) -> Any:
    if name in ("chatId", "messageId"):
        return f"{value}.test-{mark}"
    return _shift_text(value, shift) if name in ("deliveredAt", "readAt", "failedAt") else value


def _shift_text(text: str, shift: timedelta) -> str:
    return write_instant(_instant(text) + shift)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
