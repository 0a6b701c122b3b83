"""Sample events: the integration guide's conversation, of a customer, a chat and messages that no store knows yet."""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Event = dict[str, Any]

_SAMPLES = Path(__file__).with_name("sample-events.ndjson")


def samples() -> list[Event]:
    """Return the sample events of the integration guide: seven of one conversation."""
    return [json.loads(line) for line in _SAMPLES.read_text().splitlines()]


def conversation(*, test: bool) -> list[Event]:
    """Return the guide's conversation as if it had just ended, of a customer whom nobody knows yet."""
    return fresh(samples(), test=test)


def fresh(events: Sequence[Event], *, test: bool) -> list[Event]:
    """Return the same conversation with new ids and the last event at this moment; all other times keep their gaps."""
    mark = secrets.token_hex(4)
    shift = datetime.now(UTC) - max(_instant(event["timestamp"]) for event in events)
    phone = f"+254700{secrets.randbelow(10**6):06}"
    return [
        {
            **event,
            "userId": phone,
            "timestamp": _shifted(event["timestamp"], shift),
            "context": {**event["context"], **({"test": True} if test else {})},
            "properties": {name: _renewed(name, value, mark, shift) for name, value in event["properties"].items()},
        }
        for event in events
    ]


def sample(name: str) -> Event:
    """Return a fresh sample of one of the eight events."""
    found = next((event for event in samples() if event["event"] == name), None)
    if found is None:  # the guide has none of chat.assigned
        found = {**samples()[-1], "event": name, "properties": {"chatId": "chat_123", "agentId": "agent_456"}}
    return fresh([found], test=True)[0]


def as_json(events: Sequence[Event]) -> list[bytes]:
    """Return each event as JSON."""
    return [json.dumps(event, ensure_ascii=False).encode() for event in events]


def written(instant: datetime) -> str:
    """Return an instant as the guide writes it, in milliseconds."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z"


def _renewed(name: str, value: Any, mark: str, shift: timedelta) -> Any:
    if name in ("chatId", "messageId"):
        return f"{value}.test-{mark}"
    return _shifted(value, shift) if name in ("deliveredAt", "readAt") else value


def _shifted(text: str, shift: timedelta) -> str:
    return written(_instant(text) + shift)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
