"""What a parent and its reading child tell each other: JSON, with Arrow beside it where there are rows."""

import socket
import struct
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from analytics.events.judge import Problem
from analytics.events.raw_lines import RawLines
from analytics.events.unread import Unread

_SIZES = struct.Struct(">IQ")
"""The length of the JSON and that of what follows it."""

_LINES = pa.schema({"raw": pa.large_binary(), "line": pa.int64(), "index": pa.int32(), "problem": pa.int32()})
_NO_PROBLEM = -1


@dataclass(frozen=True)
class Message:
    """A message: what it says, and the rows that it carries as Arrow writes them, empty where it carries none."""

    said: dict[str, Any]
    body: memoryview

    @property
    def is_last(self) -> bool:
        """Whether it ends what a child says of a file."""
        return not self.said.keys().isdisjoint(("done", "refused", "failed"))


def send(to: socket.socket, said: dict[str, Any]) -> None:
    """Send a message without rows.

    Raises:
        OSError: where nobody is there to hear it.
    """
    _send(to, said, b"")


def _send(to: socket.socket, said: dict[str, Any], rows: Any) -> None:
    text, body = msgspec.json.encode(said), memoryview(rows)
    to.sendall(_SIZES.pack(len(text), len(body)) + text)
    to.sendall(body)


def receive(from_: socket.socket) -> Message | None:
    """Wait for a message and return it; None where none will come any more."""
    sizes = _receive_all(from_, _SIZES.size)
    if sizes is None:
        return None
    text_size, body_size = _SIZES.unpack(sizes)
    text, body = _receive_all(from_, text_size), _receive_all(from_, body_size)
    return None if text is None or body is None else Message(msgspec.json.decode(text), body)


def send_lines(to: socket.socket, lines: RawLines) -> None:
    """Send lines as rows: `raw` (their bytes), `line`, `index` and `problem`, the number of one of the problems.

    The problems, the file, the unit and how many were left out are said beside them.
    """
    ends = pa.py_buffer(np.ascontiguousarray(lines.ends))
    raw = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(lines), [None, ends, pa.py_buffer(lines.buffer)])
    numbers: dict[Problem, int] = {}
    problem = np.full(len(lines), _NO_PROBLEM, np.int32)
    for place, known in lines.problems.items():
        problem[place] = numbers.setdefault(known, len(numbers))
    rows = pa.RecordBatch.from_arrays([raw, lines.line, lines.index, problem], schema=_LINES)
    unread = list(lines.unread.items())
    said = {"file": lines.file, "unit": lines.unit, "problems": list(numbers), "unread": unread}
    _send(to, said | {"left_out": lines.left_out}, rows.serialize())


def lines_of(message: Message) -> RawLines:
    """Return the lines that were sent."""
    rows, said = pa.ipc.read_record_batch(pa.py_buffer(message.body), _LINES), message.said
    problems = msgspec.convert(said["problems"], list[Problem])
    _, ends, buffer = rows["raw"].buffers()
    problem = rows["problem"].to_numpy()
    return RawLines(
        buffer.to_pybytes() if buffer else b"",
        np.frombuffer(ends, np.int64)[: len(rows) + 1],
        rows["line"].to_numpy(),
        rows["index"].to_numpy(),
        {place: problems[problem[place]] for place in np.flatnonzero(problem != _NO_PROBLEM).tolist()},
        said["file"],
        said["unit"],
        dict(msgspec.convert(said["unread"], list[tuple[Unread, int]])),
        said["left_out"],
    )


def send_table(to: socket.socket, said: dict[str, Any], table: pa.Table) -> None:
    """Send a table, and what is said of it."""
    written = pa.BufferOutputStream()
    with pa.ipc.new_stream(written, table.schema) as stream:
        stream.write_table(table)
    _send(to, said, written.getvalue())


def table_of(message: Message) -> pa.Table | None:
    """Return the table that was sent, if there was one."""
    return pa.ipc.open_stream(pa.py_buffer(message.body)).read_all() if message.body else None


def _receive_all(from_: socket.socket, size: int) -> memoryview | None:
    """Return so many bytes; None where they end before."""
    whole = memoryview(bytearray(size))
    rest = whole
    while rest:
        try:
            count = from_.recv_into(rest)
        except ConnectionError:
            return None
        if not count:
            return None
        rest = rest[count:]
    return whole
