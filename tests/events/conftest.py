"""What the tests of events share: events to change, and their validation at a fixed time."""

import io
import json
from datetime import UTC, datetime

import pytest

from analytics.events.contract import Assumptions
from analytics.events.files.dump import read_dump
from analytics.events.validate import validate

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

PROPERTIES = {
    "message.received": {"messageId": "m1", "chatId": "c1", "direction": "inbound", "contentType": "text"},
    "message.sent": {"messageId": "m1", "chatId": "c1", "direction": "outbound", "contentType": "text"},
    "message.delivered": {"messageId": "m1"},
    "message.read": {"messageId": "m1"},
    "message.failed": {"messageId": "m1"},
    "contact.created": {"chatId": "c1"},
    "chat.assigned": {"chatId": "c1", "agentId": "a1"},
    "chat.resolved": {"chatId": "c1"},
    "agent.handoff": {"chatId": "c1", "fromMode": "bot", "toMode": "agent"},
}


@pytest.fixture
def event_of():
    """A function that returns a valid event of a name, with properties changed and envelope fields given."""

    def build(name="message.received", properties=None, **envelope):
        given = {**PROPERTIES.get(name, {}), **(properties or {})}
        event = {
            "type": "track",
            "event": name,
            "userId": "+254712345678",
            "timestamp": "2026-01-20T06:30:00Z",
            "context": {"channel": "whatsapp"},
            "properties": given,
        }
        return {**event, **envelope}

    return build


@pytest.fixture
def without():
    """A function that returns a dictionary without one of its keys."""
    return lambda given, key: {name: value for name, value in given.items() if name != key}


@pytest.fixture
def validated():
    """A function that validates events (as objects, or as the bytes of a line) read from a dump."""

    def run(*events, **assumptions):
        lines = [event if isinstance(event, bytes) else json.dumps(event).encode() for event in events]
        return validate(read_dump(io.BytesIO(b"\n".join(lines))), Assumptions(now=NOW, **assumptions))

    return run


@pytest.fixture
def reasons():
    """A function that returns the field and code of each rejected event."""
    return lambda found: [(event.problem.field, event.problem.code) for event in found.rejected]


@pytest.fixture
def counts():
    """A function that returns how many events are good, duplicates and rejected; they make up the received."""

    def count(found):
        parts = len(found.events), found.duplicates, len(found.rejected)
        assert found.received == sum(parts)
        return parts

    return count
