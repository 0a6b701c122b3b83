"""Raw lines of a dump: the bytes of many events, and where each of them stood in its file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.events.judge import Problem
from analytics.events.unread import Unread

_EVENTS_AT_A_TIME = 100_000
_FEWEST_BYTES_A_LINE = 16
"""Where lines are shorter than this, most of them are blank, or no event."""


@dataclass(frozen=True)
class RawLines:
    """The bytes of events, one after the other.

    `ends` are int64 offsets into `buffer`, one more than there are events: event i lies between `ends[i]`
    and `ends[i + 1]`. `line` (int64, from 1) and `index` (int32, from 0) say where in its file each stood.
    `problems` are those that are known before the judge looks, by place.
    """

    buffer: bytes
    ends: npt.NDArray[np.int64]
    line: npt.NDArray[np.int64]
    index: npt.NDArray[np.int32]
    problems: Mapping[int, Problem] = field(default_factory=dict)
    file: str = ""
    """The name of the file that they stood in, if several files were read."""
    unit: Literal["line", "row"] = "line"
    """What `line` counts: lines of a text, or rows of a table."""
    unread: Mapping[Unread, int] = field(default_factory=dict)
    """What the payloads of other systems held that was not understood, and how often."""
    left_out: int = 0
    """How many rows of a table were left out beside these, as it was told."""

    @classmethod
    def from_text(cls, text: bytes, first_line: int = 1) -> Self:
        """Split a text of whole NDJSON lines; the last line need not end in a line break."""
        breaks = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
        ends = np.concatenate([[0], breaks + 1]).astype(np.int64)
        if ends[-1] < len(text):
            ends = np.append(ends, len(text))
        count = len(ends) - 1
        return cls(text, ends, np.arange(first_line, first_line + count), np.zeros(count, np.int32))

    @classmethod
    def from_events(
        cls,
        events: list[bytes],
        line: npt.NDArray[np.int64],
        index: npt.NDArray[np.int32],
        problems: Mapping[int, Problem] | None = None,
    ) -> Self:
        """Join events that were cut out of a larger document."""
        sizes = np.fromiter(map(len, events), np.int64, len(events))
        return cls(b"".join(events), np.concatenate([[0], np.cumsum(sizes)]), line, index, problems or {})

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.ends) - 1

    def raw(self, position: int) -> bytes:
        """Return the bytes of one event as they arrived, without the line break."""
        return self.buffer[self.ends[position] : self.ends[position + 1]].rstrip(b"\r\n")

    def sizes(self) -> npt.NDArray[np.int64]:
        """Return the size of each event in bytes, without the line break."""
        data = np.frombuffer(self.buffer or b"\n", np.uint8)  # one byte at least, to look at
        sizes = np.diff(self.ends)
        for sign in "\n\r":
            last = self.ends[:-1] + sizes - 1
            sizes = sizes - ((sizes > 0) & (data[last] == ord(sign)))
        return sizes

    def to_arrow(self) -> pa.LargeStringArray:
        """Return the texts, which share the buffer; bytes that are not UTF-8 become empty texts."""
        texts = pa.LargeStringArray.from_buffers(len(self), pa.py_buffer(self.ends), pa.py_buffer(self.buffer))
        try:
            texts.validate(full=True)
        except pa.ArrowInvalid:
            return pa.array([_decode_or_empty(self.raw(place)) for place in range(len(self))], pa.large_string())
        return texts

    def part(self, start: int, stop: int) -> Self:
        """Return the lines from one place up to another."""
        ends = self.ends[start : stop + 1]
        return replace(
            self,
            buffer=self.buffer[ends[0] : ends[-1]],
            ends=ends - ends[0],
            line=self.line[start:stop],
            index=self.index[start:stop],
            left_out=0 if start else self.left_out,
            problems={place - start: problem for place, problem in self.problems.items() if start <= place < stop},
            unread={} if start else self.unread,
        )

    def parts(self, most: int) -> Iterator[Self]:
        """Yield the same lines, at most so many at a time; nothing where there are none, and none were left out."""
        if len(self) <= most and (len(self) or self.left_out):
            yield self
            return
        for start in range(0, len(self), most):
            yield self.part(start, min(start + most, len(self)))

    def without_blank(self) -> Self:
        """Return the lines that are not blank, unless few can be."""
        if len(self) < len(self.buffer) // _FEWEST_BYTES_A_LINE or not self.buffer:
            return self
        letters = np.frombuffer(self.buffer, np.uint8) > ord(" ")
        filled = np.add.reduceat(letters, self.ends[:-1], dtype=np.int64) > 0
        sizes = np.diff(self.ends)
        kept = np.frombuffer(self.buffer, np.uint8)[np.repeat(filled, sizes)].tobytes()
        ends = np.concatenate([[0], np.cumsum(sizes[filled])])
        return replace(self, buffer=kept, ends=ends, line=self.line[filled], index=self.index[filled])

    def split_batches(self, batches: npt.NDArray[np.bool_]) -> Iterator[Self]:
        """Yield the same events, with each line that is a batch split into its events, a bounded number at a time."""
        events: list[bytes] = []
        line: list[int] = []
        index: list[int] = []
        for place, is_batch in enumerate(batches.tolist()):
            raw = self.raw(place)
            found = split_or_none(raw) if is_batch and len(raw) <= MAX_BYTES_SPLIT_AT_ONCE else None
            found = [raw] if found is None else found
            events += found
            line += [int(self.line[place])] * len(found)
            index += range(len(found)) if is_batch else [int(self.index[place])]
            if len(events) >= _EVENTS_AT_A_TIME or place == len(self) - 1:
                opened = self.from_events(events, np.array(line, np.int64), np.array(index, np.int32))
                yield replace(opened, file=self.file, unit=self.unit)
                events, line, index = [], [], []


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]
    event: msgspec.Raw | None = None
    event_name: msgspec.Raw | None = None


MAX_BYTES_SPLIT_AT_ONCE = 2**20
"""A longer text is split in parts: a list of zeros takes fifty times its size in memory."""

_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_split_batch = msgspec.json.Decoder(_Batch).decode


def split_batch(document: bytes) -> list[bytes] | None:
    """Return the events of a batch object, of a list of batches or of a list of events; None for anything else.

    Raises:
        ValueError: if `document` is not JSON; the message says at which byte.
    """
    if document.lstrip()[:1] == b"[":
        return [event for item in split_list(document) for event in _split_item(item)]
    try:
        found = _split_batch(document)
    except msgspec.ValidationError:
        msgspec.json.decode(document, type=msgspec.Raw)  # raises where more follows
        return None
    return None if found.event is not None or found.event_name is not None else [bytes(event) for event in found.batch]


def split_list(document: bytes) -> list[bytes]:
    """Return the items of a list.

    Raises:
        ValueError: if `document` is not JSON; the message says at which byte.
    """
    return [bytes(item) for item in _decode_list(document)]


def split_or_none(line: bytes) -> list[bytes] | None:
    """Return the same, and None also if `line` is not JSON."""
    try:
        return split_batch(line)
    except (ValueError, RecursionError):
        return None


def _split_item(item: bytes) -> list[bytes]:
    """Return the events of a list's item: those of a batch, or the item itself."""
    may_be_batch = item.startswith(b"{") and b'"batch"' in item
    inner = split_batch(item) if may_be_batch else None
    return [item] if inner is None else inner


def _decode_or_empty(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ""
