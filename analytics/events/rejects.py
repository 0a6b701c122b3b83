"""The file of rejected events: each as it came, with the reason. Once corrected, it can be imported again."""

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from analytics.events.judge import Problem
from analytics.events.raw_lines import RawLines
from analytics.events.rejected import Rejected, identifier
from analytics.events.tables.to_events import ONLY_IN_TABLES


def to_ndjson(rejected: Iterable[Rejected]) -> Iterator[bytes]:
    """Yield a line of JSON for each rejected event.

    It is the event as it came with one more key, `_rejected`: the id, the line and the place in the dump, the field,
    the code and the message; also the file if there were several, and the column if the JSON is invalid. Validation
    notes the id and ignores the rest. Anything but a JSON object stands under `raw`, or `raw_base64` if it is not text.
    """
    for event in rejected:
        reason = orjson.dumps({"_rejected": _describe_reason(event)})
        content = _write_content(event.raw)
        yield content[:-1] + (b"" if content == b"{}" else b",") + reason[1:] + b"\n"


def find_rejected_ids(text: bytes) -> set[str]:
    """Return the ids of rejected events that a text holds again, corrected or not."""
    if b'"_rejected"' not in text:
        return set()
    return {known.decode() for known in _ID.findall(text)}


_ID = re.compile(rb'"_rejected"\s*:\s*\{[^{}]*?"id"\s*:\s*"([0-9a-f]{32})"')


def find_unmended(lines: RawLines) -> dict[int, Problem]:
    """Return, by place, the problems of rejected events that came back unchanged.

    Only problems that cannot be seen in the event itself count here: they showed in the table that it came from.
    """
    return {
        place: problem
        for place in range(len(lines))
        if (problem := _recall_problem(lines.raw(place).strip())) and problem.code in ONLY_IN_TABLES
    }


def _recall_problem(line: bytes) -> Problem | None:
    """Return the old problem of an event that came back byte for byte; None if it was changed."""
    content, _, reason = line.rpartition(b',"_rejected":')
    try:
        noted = orjson.loads(reason[:-1])
        unchanged = noted["id"] == identifier(content + b"}")
        return Problem(noted["field"], noted["code"], noted["message"]) if unchanged else None
    except (orjson.JSONDecodeError, KeyError, TypeError):  # somebody wrote or changed the reason
        return None


def _describe_reason(event: Rejected) -> dict[str, Any]:
    problem = event.problem
    column = {} if problem.column is None else {"column": problem.column}
    file = {"file": event.file} if event.file else {}
    return {
        "id": event.id,
        **file,
        "line": event.line,
        **column,
        "index": event.index,
        "field": problem.field,
        "code": problem.code,
        "message": problem.message,
    }


def _write_content(raw: bytes) -> bytes:
    """Return a JSON object on one line; an event that is an object already stays byte for byte as it is."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return orjson.dumps(_wrap(raw))
    if not isinstance(found, dict):
        return orjson.dumps(_wrap(raw))
    if found.pop("_rejected", None) or not found:  # rejected before
        return orjson.dumps(found)
    return raw.strip().translate(_ONE_LINE)


_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")  # within JSON, a line break is but space


def _wrap(raw: bytes) -> dict[str, str]:
    try:
        return {"raw": raw.decode()}
    except UnicodeDecodeError:
        return {"raw_base64": base64.b64encode(raw).decode()}
