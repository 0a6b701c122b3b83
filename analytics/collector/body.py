"""The body of a request, read within its limits while it arrives."""

import asyncio
import zlib

from starlette.requests import Request

from analytics.collector.answers import CaptureError
from analytics.settings import Settings

_GZIP = 16 + zlib.MAX_WBITS


async def read_body(request: Request, limits: Settings) -> bytes:
    """Return the body, unpacked.

    Raises:
        CaptureError: 408, 413 or 415, or 400 if it is not gzip. Never more than the limit is held in memory.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise CaptureError(415, "unsupported_encoding", "Content-Encoding may be gzip, or left out.")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.max_wire_bytes:
        raise _too_large(limits.max_wire_bytes, "as sent")
    try:
        async with asyncio.timeout(limits.slow_body_seconds):
            return await _receive(request, _Unpacking(limits.max_body_bytes, gzip=encoding == "gzip"), limits)
    except TimeoutError:
        raise CaptureError(
            408, "slow_body", f"The request took more than {limits.slow_body_seconds:g} seconds to arrive."
        ) from None


async def _receive(request: Request, unpacking: "_Unpacking", limits: Settings) -> bytes:
    wire = 0
    async for chunk in request.stream():
        wire += len(chunk)
        if wire > limits.max_wire_bytes:
            raise _too_large(limits.max_wire_bytes, "as sent")
        unpacking.feed(chunk)
    return unpacking.finish()


class _Unpacking:
    """Collects a body, gzipped or not, up to a limit."""

    def __init__(self, limit: int, *, gzip: bool) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._gzip = zlib.decompressobj(_GZIP) if gzip else None
        self._fed = False

    def feed(self, chunk: bytes) -> None:
        if self._gzip is None:
            self._keep(chunk)
            return
        self._fed = self._fed or bool(chunk)
        try:
            while chunk:
                if self._gzip.eof:  # another member follows
                    self._gzip = zlib.decompressobj(_GZIP)
                self._keep(self._gzip.decompress(chunk, self._limit + 1 - self._size))
                chunk = self._gzip.unconsumed_tail or self._gzip.unused_data
        except zlib.error:
            raise CaptureError(400, "invalid_gzip", "The body is not valid gzip.") from None

    def finish(self) -> bytes:
        if self._gzip is not None and self._fed and not self._gzip.eof:
            raise CaptureError(400, "invalid_gzip", "The gzip body is cut off.")
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise _too_large(self._limit, "once unpacked")
        self._parts.append(part)


def _too_large(limit: int, when: str) -> CaptureError:
    return CaptureError(413, "too_large", f"The body has more than {limit / 2**20:g} MiB {when}: send smaller batches.")
