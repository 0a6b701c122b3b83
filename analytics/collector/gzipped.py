"""Bodies packed as gzip, unpacked step by step: what a few bytes become is known only then."""

import zlib
from collections.abc import Callable, Iterator

from analytics.collector.answers import CaptureError

MOST_MEMBERS = 100
"""A body may hold several gzip files one after the other; of tiny ones each costs far more time than bytes."""

_GZIP = 16 + zlib.MAX_WBITS
_STEP = 2**20


def unpack(wire: bytes, take: Callable[[int], None]) -> bytes:
    """Return what is packed; `take` is called with the size of each part before it is kept, and may raise.

    Raises:
        CaptureError: 400 where it is no gzip, cut off, or in too many members.
    """
    parts = []
    for part in _parts(wire, _STEP):
        take(len(part))
        parts.append(part)
    return b"".join(parts)


def unpack_start(wire: bytes, most: int) -> tuple[bytes, bool]:
    """Return at most so many bytes of what is packed, and whether that is all of it. The rest may be cut off.

    Raises:
        CaptureError: as `unpack`, for what is looked at.
    """
    start = b""
    try:
        for part in _parts(wire, most):
            start += part
            if len(start) >= most:
                return start[:most], False
    except _CutOffError:
        return start, False
    return start, True


def _parts(wire: bytes, step: int) -> Iterator[bytes]:
    """Yield what is packed in parts of at most so many bytes."""
    packed, members, unpacking = wire, 0, zlib.decompressobj(_GZIP)
    try:
        while packed:
            if members == 0 or unpacking.eof:  # another member follows
                members += 1
                unpacking = zlib.decompressobj(_GZIP)
            if members > MOST_MEMBERS:
                raise _no_gzip(f"The gzip body has more than {MOST_MEMBERS} members: pack it as one member.")
            if part := unpacking.decompress(packed, step):
                yield part
            packed = unpacking.unconsumed_tail or unpacking.unused_data
    except zlib.error:
        raise _no_gzip("The body is not valid gzip.") from None
    if wire and not unpacking.eof:
        raise _CutOffError(400, "invalid_gzip", "The gzip body ends too early.")


class _CutOffError(CaptureError):
    """The body ends before what is packed does."""


def _no_gzip(message: str) -> CaptureError:
    return CaptureError(400, "invalid_gzip", message)
