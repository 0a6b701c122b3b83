"""A body as a batch of events, each still as it arrived."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.datastructures import Headers

from analytics.collector.answers import CaptureError

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Batch:
    """The events of a request, and the write key where the body names one."""

    events: list[bytes]
    write_key: str | None


class _Body(msgspec.Struct):
    batch: list[msgspec.Raw] | msgspec.Raw | None = None
    writeKey: Any = None  # noqa: N815
    write_key: Any = None


_decode = msgspec.json.Decoder(_Body).decode


def read_batch(body: bytes, max_events: int) -> Batch:
    """Return the batch that a body holds.

    Raises:
        CaptureError: 400 where it is none, 413 where it holds too many events.
    """
    body = body.removeprefix(_BOM)
    if not body.strip():
        raise CaptureError(400, "empty_body", 'The body is empty: send {"batch": [...]}.')
    try:
        found = _decode(body)
    except msgspec.ValidationError:
        raise _batch_missing() from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CaptureError(400, "invalid_json", f"The body is not valid JSON: {error}") from None
    if not isinstance(found.batch, list):
        raise _batch_missing()
    if not found.batch:
        raise CaptureError(400, "batch_empty", "The batch holds no events.")
    if len(found.batch) > max_events:
        raise CaptureError(413, "too_many_events", f"A batch holds at most {max_events:,} events: send smaller ones.")
    key = found.writeKey or found.write_key
    return Batch([bytes(event) for event in found.batch], key if isinstance(key, str) else None)


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
            except (binascii.Error, UnicodeDecodeError):
                return None
    return None


def _batch_missing() -> CaptureError:
    return CaptureError(400, "batch_missing", 'The body holds no list named batch: wrap the events, {"batch": [...]}.')
