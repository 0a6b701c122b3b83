"""How real exports go wrong: ways to damage a good line so that it certainly violates the event contract."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from analytics.simulation.row import Kind

Way = Callable[[str], str]


def damage(line: str, kind: Kind, choice: int) -> str:
    """Return `line`, an event of this `kind`, damaged in a way that `choice` selects."""
    ways = _WAYS[kind]
    return ways[choice % len(ways)](line)


def _replacing(pattern: str, replacement: str) -> Way:
    """Return the way that replaces the first match of `pattern`."""
    compiled = re.compile(pattern)
    return lambda line: compiled.sub(replacement, line, count=1)


def _cut_short(line: str) -> str:
    """Stop in the middle, as a full disk or a killed export does."""
    return line[: len(line) // 2]


_TIME = r'"timestamp":"[^"]*"'
_ALWAYS: Final[list[Way]] = [
    _cut_short,
    _replacing(r'"properties":{', '"properties":{,'),
    _replacing(r'"channel":"whatsapp"', '"channel":"sms"'),
    _replacing(r'"channel":"whatsapp"', '"channel":null'),
    _replacing(r'("timestamp":"[^"]*)Z"', r'\1"'),
    _replacing(r'"timestamp":"[0-9]{4}', '"timestamp":"2999'),
    _replacing(_TIME, '"timestamp":"1970-01-01T00:00:00.000Z"'),
    _replacing(r'"timestamp":"([0-9]{4})-[0-9]{2}-[0-9]{2}', r'"timestamp":"\1-02-30'),
    _replacing(_TIME + ",", ""),
    _replacing(r'"userId":"[^"]*"', '"userId":"unknown"'),
    _replacing(r'"userId":"[^"]*"', '"userId":"+2547"'),
    _replacing(r'"userId":"\+', '"userId":"+0'),
    _replacing(r'"userId":"[^"]*",', ""),
    _replacing(r'"event":"[^"]*",', ""),
    _replacing(r'"properties":{.*}}', '"properties":null}'),
]
_WITH_MESSAGE: Final[list[Way]] = [
    _replacing(r'"messageId":"[^"]*",?', ""),
    _replacing(r'"messageId":"[^"]*"', '"messageId":""'),
    _replacing(r'"messageId":"[^"]*"', '"messageId":4711'),
]
_WITH_CHAT: Final[list[Way]] = [
    _replacing(r'"chatId":"[^"]*",?', ""),
    _replacing(r'"chatId":"[^"]*"', '"chatId":""'),
    _replacing(r'"chatId":"[^"]*"', '"chatId":4711'),
]
_WITH_DIRECTION: Final[list[Way]] = [
    _replacing(r'"direction":"[^"]*"', '"direction":"sideways"'),
    _replacing(r'"contentType":"[^"]*"', '"contentType":null'),
]
_WAYS: Final[Mapping[Kind, list[Way]]] = {
    Kind.CREATED: _ALWAYS + _WITH_CHAT,
    Kind.RECEIVED: [
        *_ALWAYS,
        *_WITH_MESSAGE,
        *_WITH_CHAT,
        *_WITH_DIRECTION,
        _replacing(r'"direction":"inbound"', '"direction":"outbound"'),
    ],
    Kind.SENT: [
        *_ALWAYS,
        *_WITH_MESSAGE,
        *_WITH_CHAT,
        *_WITH_DIRECTION,
        _replacing(r'"direction":"outbound"', '"direction":"inbound"'),
    ],
    Kind.DELIVERED: _ALWAYS + _WITH_MESSAGE,
    Kind.READ: _ALWAYS + _WITH_MESSAGE,
    Kind.FAILED: _ALWAYS + _WITH_MESSAGE,
    Kind.HANDOFF: [
        *_ALWAYS,
        *_WITH_CHAT,
        _replacing(r'"toMode":"[^"]*"', '"toMode":"human"'),
        _replacing(r'"fromMode":"[^"]*",', ""),
    ],
    Kind.ASSIGNED: [*_ALWAYS, *_WITH_CHAT, _replacing(r'"agentId":"[^"]*"', '"agentId":""')],
    Kind.RESOLVED: [
        *_ALWAYS,
        *_WITH_CHAT,
        _replacing(r'"type":"track"', '"type":"page"'),
        _replacing(r'"event":"[^"]*"', '"event":""'),
        _replacing(r'"properties":{.*}}', '"properties":[]}'),
    ],
}
