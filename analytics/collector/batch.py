"""A body as a batch of events, each still as it arrived."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from starlette.datastructures import Headers

from analytics.collector.answers import CaptureError

T = TypeVar("T")

_BOM = b"\xef\xbb\xbf"


class _Body(msgspec.Struct):
    batch: list[msgspec.Raw] | msgspec.Raw | None = None


class _Key(msgspec.Struct):
    writeKey: Any = None  # noqa: N815
    write_key: Any = None


_decode = msgspec.json.Decoder(_Body).decode
_decode_key = msgspec.json.Decoder(_Key).decode


def read_batch(body: bytes, max_events: int) -> list[bytes]:
    """Return the events of the batch that a body holds, each as it arrived.

    Raises:
        CaptureError: 400 where it is none, 413 where it holds too many events.
    """
    found = _decode_body(body, _decode)
    if found is None:
        raise _batch_missing()
    if not isinstance(found.batch, list):
        raise _batch_missing()
    if not found.batch:
        raise CaptureError(400, "batch_empty", "The batch holds no events.")
    if len(found.batch) > max_events:
        raise CaptureError(
            413, "too_many_events", f"A batch holds at most {max_events:,} events: send smaller batches."
        )
    return [bytes(event) for event in found.batch]


def key_in_body(body: bytes) -> str | None:
    """Return the write key that a body names. Its events are not parsed, as the sender is still unknown.

    Raises:
        CaptureError: 400 where the body is no JSON.
    """
    found = _decode_body(body, _decode_key)
    key = found and (found.writeKey or found.write_key)
    return key if isinstance(key, str) else None


def key_in_start(start: bytes) -> str | None:
    """Return the write key that a body names before its batch; of the body only a start is there, cut off anywhere."""
    text = start.removeprefix(_BOM).decode(errors="replace")
    place = 0
    while member := _MEMBER.match(text, place):
        try:
            value, place = _decode_value(text, member.end())
        except (ValueError, RecursionError):  # it ends here, or is no JSON
            return None
        if member["name"] in _Key.__struct_fields__:
            return value if isinstance(value, str) and value else None
    return None


_MEMBER = re.compile(r'\s*[{,]\s*"(?P<name>[^"\\]*)"\s*:\s*')
_decode_value = json.JSONDecoder().raw_decode


def _decode_body(body: bytes, decode: Callable[[bytes], T]) -> T | None:
    """Return the decoded body; None if it is JSON of another shape."""
    body = body.removeprefix(_BOM)
    if not body.strip():
        raise CaptureError(400, "empty_body", 'The body is empty: send {"batch": [...]}.')
    try:
        return decode(body)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CaptureError(400, "invalid_json", f"The body is not valid JSON: {error}") from None


def key_in_headers(headers: Headers) -> str | None:
    """Return the write key that headers name: `X-Write-Key`, else Basic or Bearer authorization."""
    if key := headers.get("x-write-key", "").strip():
        return key
    scheme, _, value = headers.get("authorization", "").strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip() or None
        case "basic":
            try:
                return base64.b64decode(value, validate=True).decode().partition(":")[0] or None
            except ValueError:
                return None
    return None


def _batch_missing() -> CaptureError:
    return CaptureError(400, "batch_missing", 'The body has no list named batch: send the events as {"batch": [...]}.')
