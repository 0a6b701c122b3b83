"""The file of rejected events: each as it came, with the reason; mended, it can be dropped in again."""

import base64
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from analytics.events.validate import Rejected


def to_ndjson(rejected: Iterable[Rejected]) -> Iterator[bytes]:
    """Yield a line of JSON for each rejected event.

    It is the event itself with one key more, `_rejected`: its line and place in the dump, field, code and
    message. Validation ignores that key. What is no JSON object stands under `raw` (`raw_base64` where it
    is no text either).
    """
    for event in rejected:
        yield orjson.dumps({**_content(event.raw), "_rejected": _reason(event)}) + b"\n"


def _reason(event: Rejected) -> dict[str, Any]:
    problem = event.problem
    return {
        "line": event.line,
        "index": event.index,
        "field": problem.field,
        "code": problem.code,
        "message": problem.message,
    }


def _content(raw: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError:
        content = None
    if isinstance(content, dict):
        return content
    try:
        return {"raw": raw.decode()}
    except UnicodeDecodeError:
        return {"raw_base64": base64.b64encode(raw).decode()}
