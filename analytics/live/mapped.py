"""Objects with large arrays in files that are mapped into memory, so that reading takes no time whatever their size.

A file holds a signed pickle of the object without its arrays, then the arrays as they lie in memory (pickle protocol 5,
out-of-band buffers). It is signed because a pickle can run any code when it is read.
"""

import hashlib
import hmac
import mmap
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np

_HEAD = struct.Struct("<8s32sQQ")
_MAGIC = b"mapped 1"
_ALIGNED = 64


def write(path: Path, thing: Any, key: bytes) -> None:
    """Write an object to a file that only this user can read. If writing fails, the old file stays as it was.

    Raises:
        OSError: if it cannot be written.
    """
    kept: list[pickle.PickleBuffer] = []
    payload = pickle.dumps(thing, protocol=5, buffer_callback=kept.append)
    buffers = [buffer.raw() for buffer in kept]
    signed = np.array([buffer.nbytes for buffer in buffers], "<u8").tobytes() + payload
    unfinished = path.with_name(f"{path.name}.part")
    try:
        unfinished.touch(0o600)
        with unfinished.open("wb") as file:
            file.write(_HEAD.pack(_MAGIC, _signature(key, signed), len(buffers), len(payload)))
            file.write(signed)
            for buffer in buffers:
                file.write(bytes(-file.tell() % _ALIGNED))
                file.write(buffer)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read(path: Path, key: bytes) -> Any:
    """Return the object that was written with the same key; None if there is no such file or the key differs.

    Its arrays are read from the file when they are used. They may be changed; the file stays as it is.
    """
    try:
        with path.open("rb") as file:
            space = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    except (FileNotFoundError, ValueError):  # the latter where it is empty
        return None
    if len(space) < _HEAD.size:
        return None
    magic, signature, count, length = _HEAD.unpack(space[: _HEAD.size])
    signed = space[_HEAD.size : _HEAD.size + 8 * count + length]
    if magic != _MAGIC or not hmac.compare_digest(signature, _signature(key, signed)):
        return None
    buffers, end = [], _HEAD.size + len(signed)
    for size in np.frombuffer(signed[: 8 * count], "<u8").tolist():
        begin = end + -end % _ALIGNED
        end = begin + size
        buffers.append(space[begin:end])
    if end > len(space):
        return None
    return pickle.loads(signed[8 * count :], buffers=buffers)  # noqa: S301  # it is signed


def _signature(key: bytes, signed: bytes | memoryview) -> bytes:
    return hmac.digest(key, signed, hashlib.sha256)
