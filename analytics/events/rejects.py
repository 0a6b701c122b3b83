"""The file of rejected events: each as it came, with the reason; mended, it can be dropped in again."""

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

    It is the event as it came with one key more, `_rejected`: its id, its line and place in the dump (with its file
    where there were several, and the column where its JSON goes wrong), field, code and message. Validation notes
    the id and ignores the rest. What is no JSON object stands under `raw` (`raw_base64` where it is no text either).
    """
    for event in rejected:
        reason = orjson.dumps({"_rejected": _reason(event)})
        content = _content(event.raw)
        yield content[:-1] + (b"" if content == b"{}" else b",") + reason[1:] + b"\n"


def rejected_ids(text: bytes) -> set[str]:
    """Return the ids of rejected events that came again in a text, mended or not."""
    if b'"_rejected"' not in text:
        return set()
    return {known.decode() for known in _ID.findall(text)}


_ID = re.compile(rb'"_rejected"\s*:\s*\{[^{}]*?"id"\s*:\s*"([0-9a-f]{32})"')


def unmended(lines: RawLines) -> dict[int, Problem]:
    """Return by place what is still wrong with rejected events that came back as they were.

    Of some problems nothing is to be seen but in the table they came from.
    """
    return {
        place: problem
        for place in range(len(lines))
        if (problem := _still_wrong(lines.raw(place).strip())) and problem.code in ONLY_IN_TABLES
    }


def _still_wrong(line: bytes) -> Problem | None:
    """Return why an event was rejected that has come back byte for byte as its id says it was."""
    content, _, reason = line.rpartition(b',"_rejected":')
    try:
        said = orjson.loads(reason[:-1])
        unchanged = said["id"] == identifier(content + b"}")
        return Problem(said["field"], said["code"], said["message"]) if unchanged else None
    except (orjson.JSONDecodeError, KeyError, TypeError):  # somebody wrote or changed the reason
        return None


def _reason(event: Rejected) -> dict[str, Any]:
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


def _content(raw: bytes) -> bytes:
    """Return an object of JSON on one line: the event, byte for byte where it is one already."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return orjson.dumps(_wrapped(raw))
    if not isinstance(found, dict):
        return orjson.dumps(_wrapped(raw))
    if found.pop("_rejected", None) or not found:  # rejected before
        return orjson.dumps(found)
    return raw.strip().translate(_ONE_LINE)


_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")  # within JSON, a line break is but space


def _wrapped(raw: bytes) -> dict[str, str]:
    try:
        return {"raw": raw.decode()}
    except UnicodeDecodeError:
        return {"raw_base64": base64.b64encode(raw).decode()}
