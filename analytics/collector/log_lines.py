"""The log of the collector and of what serves it: lines of JSON on stderr.

This module imports nothing of ours: objects that logging holds live longer than the database.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime

import orjson


def write_logs(level: str = "info") -> None:
    """Write our log to stderr, one line of JSON for each record of a level, such as `warning`, and above."""
    logger = logging.getLogger("analytics")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
        logger.setLevel(level.upper())
        logger.propagate = False


class JsonLines(logging.Formatter):
    """Records as lines of JSON. They hold the kind and place of an error, but not its text, which may hold a phone."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        content = record.msg if isinstance(record.msg, dict) else {"message": record.getMessage()}
        line = {"time": datetime.fromtimestamp(record.created, UTC), "level": record.levelname.lower(), **content}
        if record.exc_info and record.exc_info[0]:
            kind, _, trace = record.exc_info
            line["error"] = kind.__name__
            line["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return orjson.dumps(line).decode()
