"""What a parent and its reading child tell each other: JSON, with Arrow beside it where there are rows."""

import socket
import struct
from dataclasses import dataclass
from typing import Any, cast

import msgspec
import numpy as np
import pyarrow as pa

from analytics.events.judge import Problem
from analytics.events.raw_lines import RawLines

_SIZES = struct.Struct(">IQ")
"""The length of the JSON and that of what follows it."""

_NO_PROBLEM = -1


@dataclass(frozen=True)
class Message:
    """A message: what it says, and the Arrow stream that it carries, empty where it carries none."""

    said: dict[str, Any]
    body: memoryview

    @property
    def is_last(self) -> bool:
        """Whether it ends what a child says of a file."""
        return not self.said.keys().isdisjoint(("done", "refused", "failed"))

    @property
    def table(self) -> pa.Table:
        """The table that it carries."""
        return pa.ipc.open_stream(pa.py_buffer(self.body)).read_all()


def send(to: socket.socket, said: dict[str, Any], table: pa.Table | pa.RecordBatch | None = None) -> None:
    """Send a message.

    Raises:
        OSError: where nobody is there to hear it.
    """
    body = b"" if table is None else _to_stream(table)
    text = msgspec.json.encode(said)
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


def lines_to_arrow(lines: RawLines) -> pa.RecordBatch:
    """Return lines as rows: `raw` (their bytes), `line`, `index` and `problem`, the number of one of the `problems`.

    The schema's metadata holds the problems, the file and the unit.
    """
    raw = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(),
        len(lines),
        [None, pa.py_buffer(np.ascontiguousarray(lines.ends)), pa.py_buffer(lines.buffer)],
    )
    numbers: dict[Problem, int] = {}
    problem = np.full(len(lines), _NO_PROBLEM, np.int32)
    for place, known in lines.problems.items():
        problem[place] = numbers.setdefault(known, len(numbers))
    columns = {"raw": raw, "line": lines.line, "index": lines.index, "problem": problem}
    about = {"file": lines.file, "unit": lines.unit, "problems": list(numbers)}
    return pa.RecordBatch.from_pydict(columns).replace_schema_metadata({"about": msgspec.json.encode(about)})


def lines_of_arrow(table: pa.Table) -> RawLines:
    """Return the lines of such rows."""
    (batch,) = table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]
    about = msgspec.json.decode(table.schema.metadata[b"about"])
    problems = msgspec.convert(about["problems"], list[Problem])
    _, ends, buffer = batch["raw"].buffers()
    problem = batch["problem"].to_numpy()
    return RawLines(
        buffer.to_pybytes() if buffer else b"",
        np.frombuffer(ends, np.int64)[: len(batch) + 1] if len(batch) else np.zeros(1, np.int64),
        batch["line"].to_numpy(),
        batch["index"].to_numpy(),
        {place: problems[problem[place]] for place in np.flatnonzero(problem != _NO_PROBLEM).tolist()},
        about["file"],
        about["unit"],
    )


def _to_stream(table: pa.Table | pa.RecordBatch) -> memoryview:
    written = pa.BufferOutputStream()
    with pa.ipc.new_stream(written, table.schema) as stream:
        stream.write(table)
    return memoryview(cast("Any", written.getvalue()))


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
