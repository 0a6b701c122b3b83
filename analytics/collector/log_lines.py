"""The log of the collector: lines of JSON on stderr.

Nothing of ours is imported here: what logging holds on to outlives the database's own end of the process.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime

import orjson


def write_logs() -> None:
    """Have what the collector logs come out on stderr, a line of JSON each."""
    logger = logging.getLogger("analytics.collector")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False


class JsonLines(logging.Formatter):
    """Records as lines of JSON. Of an error they tell its kind and place, not its words, which may hold a phone."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        said = record.msg if isinstance(record.msg, dict) else {"message": record.getMessage()}
        line = {"time": datetime.fromtimestamp(record.created, UTC), "level": record.levelname.lower(), **said}
        if record.exc_info and record.exc_info[0]:
            kind, _, trace = record.exc_info
            line["error"] = kind.__name__
            line["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return orjson.dumps(line).decode()
