"""Examples: what a file of events may look like, to be filled in or tried."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pandas as pd

from analytics.events.export import to_csv
from analytics.events.files.dump import read_dump
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.simulation import simulate

EXAMPLE_EVENTS = 500
EXAMPLE_START = date(2026, 3, 2)
EXAMPLE_DAYS = 7

_ROW = b"""{"event": "message.sent", "userId": "+254712345678", "timestamp": "2026-03-02T08:31:00Z",
"context": {"channel": "whatsapp"}, "properties": {"messageId": "wamid.1", "chatId": "chat_1", "direction": "outbound",
"contentType": "text", "agentId": "agent_1", "serviceMode": "agent", "countryCode": "KE"}}"""


def template() -> bytes:
    """Return a CSV with all our columns and one row, which is valid, to be filled in."""
    return b"".join(to_csv(_events(RawLines.from_text(_ROW.replace(b"\n", b" ")))))


def example_csv() -> bytes:
    """Return a week of made-up events as a table."""
    return b"".join(to_csv(_events(*read_dump(BytesIO(example_ndjson())))))


def example_ndjson() -> bytes:
    """Return a week of made-up events as JSON, one a line; the same at each call."""
    return b"".join(simulate(EXAMPLE_EVENTS, seed=1, start=EXAMPLE_START, days=EXAMPLE_DAYS))


EXAMPLES: dict[str, Callable[[], bytes]] = {
    "template.csv": template,
    "example.csv": example_csv,
    "example.ndjson": example_ndjson,
}
"""What makes each file, by its name."""


def _events(*blocks: RawLines) -> pd.DataFrame:
    return validate(blocks).events
