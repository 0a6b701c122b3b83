"""The body of a request, read within its limits while it arrives."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request

from analytics.collector.answers import CaptureError
from analytics.collector.batch import key_in_body, key_in_start
from analytics.collector.gzipped import unpack, unpack_start
from analytics.collector.in_flight import Share
from analytics.settings import Settings

START_BYTES = 64 * 2**10
"""What is read of a body before its key is known, and what is unpacked at once, in a fraction of a millisecond."""

_unpackers = ThreadPoolExecutor(2, "unpack")


class Body:
    """The body of one request. What it holds in memory is taken from a share of the budget."""

    def __init__(self, request: Request, limits: Settings, share: Share) -> None:
        """Take a request whose body has not been read.

        Raises:
            CaptureError: 413 or 415 where its headers say that it cannot be taken.
        """
        encoding = request.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            raise CaptureError(415, "unsupported_encoding", "Content-Encoding must be gzip, or be left out.")
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limits.max_wire_bytes:
            raise _too_large(limits.max_wire_bytes, "as sent")
        self._gzipped = encoding == "gzip"
        self._limits = limits
        self._share = share
        self._arriving = request.stream()
        self._wire: list[bytes] = []
        self._wire_bytes = 0
        self._unpacked_bytes = 0
        self._until = asyncio.get_running_loop().time() + limits.slow_body_seconds

    async def find_key(self) -> str | None:
        """Return the write key that the body names, if its start does so: of a long body no more is read for it.

        Raises:
            CaptureError: as `read`.
        """
        whole = await self._receive(START_BYTES)
        start = b"".join(self._wire)
        if self._gzipped:
            start, all_unpacked = unpack_start(start, START_BYTES)
            whole = whole and all_unpacked
        return key_in_body(start) if whole else key_in_start(start)

    async def read(self) -> bytes:
        """Return the whole body, unpacked.

        Raises:
            CaptureError: 408, 413 or 503, or 400 if it is not gzip. Never more than the limits is held in memory.
        """
        await self._receive(self._limits.max_wire_bytes)
        wire = b"".join(self._wire)
        if not self._gzipped:
            self._check_size(len(wire))
            return wire
        start, whole = unpack_start(wire, START_BYTES)
        if not whole:
            return await asyncio.get_running_loop().run_in_executor(_unpackers, unpack, wire, self._take_unpacked)
        self._take_unpacked(len(start))
        return start

    async def _receive(self, most: int) -> bool:
        """Go on to receive, until all has come or more than so many bytes; return whether all has come."""
        try:
            async with asyncio.timeout_at(self._until):
                async for chunk in self._arriving:
                    self._share.take(len(chunk))
                    self._wire.append(chunk)
                    self._wire_bytes += len(chunk)
                    if self._wire_bytes > self._limits.max_wire_bytes:
                        raise _too_large(self._limits.max_wire_bytes, "as sent")
                    if self._wire_bytes > most:
                        return False
        except TimeoutError:
            raise CaptureError(
                408, "slow_body", f"The request took more than {self._limits.slow_body_seconds:g} seconds to arrive."
            ) from None
        return True

    def _take_unpacked(self, size: int) -> None:
        self._unpacked_bytes += size
        self._check_size(self._unpacked_bytes)
        self._share.take(size)

    def _check_size(self, size: int) -> None:
        if size > self._limits.max_body_bytes:
            raise _too_large(self._limits.max_body_bytes, "once unpacked")


def _too_large(limit: int, when: str) -> CaptureError:
    return CaptureError(413, "too_large", f"The body has more than {limit / 2**20:g} MiB {when}: send smaller batches.")
