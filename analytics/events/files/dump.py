"""Dumps: files of events. What a file holds is decided by its content, never by its name.

Known are NDJSON (an event, a batch, or a list of either per line) and single JSON documents (a batch, a list
of batches, a list of events, one event), and tables; each plain or packed. JSON and CSV are read in bounded memory.
Where an event may stand, a payload of another system may, too; the events that it holds take its place.
"""

import codecs
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from time import monotonic
from typing import BinaryIO

import numpy as np

from analytics.events.adapters.adapted_lines import adapt_lines
from analytics.events.dump_error import DumpError
from analytics.events.files.chat_export import refuse_chat_export
from analytics.events.files.document import EVENTS_PER_BLOCK, LINES_TO_SEE, opens_document, read_document
from analytics.events.files.packed import unpack_members
from analytics.events.raw_lines import MAX_BYTES_SPLIT_AT_ONCE, RawLines, split_or_none
from analytics.events.tables.matching import Matching
from analytics.events.tables.reading import Table, read_table
from analytics.events.tables.to_events import guess_matching, to_events

BLOCK_BYTES = 8 * 2**20
_BYTES_AT_ONCE = 2**18
_MOST_BYTES_OF_LINE = 16 * 2**20
"""A longer line is read as a document of its own."""

Source = str | Path | BinaryIO
"""A path, or a seekable file of bytes."""
Progress = Callable[[float], None]
Match = Callable[[Table], Matching]

BOM = codecs.BOM_UTF8
_FOREIGN = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an Excel workbook that is old (.xls) or has a password",
    b"<": "HTML or XML",
}
_UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|[{\[]\0|\0{1,3}[{\[]")  # or UTF-32
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1f]")
_NO_EVENTS = "The file holds no events."
_ALL_LEFT_OUT = "All rows of this file are left out: choose which rows to keep."
_NONE_IN_PAYLOADS = "The file holds no events: nothing in its payloads is a message, a status or a change of a chat."
_NEEDED = (
    "use JSON with one event per line (NDJSON), or a table (CSV, .xlsx, Parquet) whose first row names its columns"
)


def read_dump(
    source: Source, progress: Progress | None = None, match: Match = guess_matching, encoding: str | None = None
) -> Iterator[RawLines]:
    """Yield the lines of a dump in blocks, of which each has at most 100,000.

    `progress` is called with the share of the file read so far (0 to 1), at least every second while it is read;
    `match` returns how a table is read, `encoding` is that of tables that are not UTF-8, where somebody said it.

    Raises:
        DumpError: when the file cannot be opened, is empty, damaged, or of no known format.
    """
    share, count = 0.0, 0
    with opened(source, lambda: progress(share) if progress else None) as file:
        size = max(1, file.seek(0, os.SEEK_END))
        for member in unpack_members(file, name_of(source)):
            with member.naming():
                for lines in _read_lines(member.stream, match, encoding):
                    share = file.tell() / size
                    if progress:
                        progress(share)
                    for part in lines.parts(EVENTS_PER_BLOCK):
                        for made in adapt_lines(part):
                            count += len(made)
                            yield replace(made, file=member.name) if member.of_archive else made
    if not count:
        raise DumpError(_NONE_IN_PAYLOADS)
    if progress:
        progress(1.0)


@contextmanager
def opened(source: Source, beat: Callable[[], None]) -> Iterator[BinaryIO]:
    """Give a file; what goes wrong while it is read is said in words. `beat` is called every second while it is read.

    Raises:
        DumpError: where it cannot be read.
    """
    try:
        with Path(source).open("rb") if isinstance(source, str | Path) else nullcontext(source) as file:
            yield BufferedReader(_Beating(file, beat), _BYTES_AT_ONCE)
    except OSError as error:
        raise DumpError(f"The file cannot be read: {error.strerror or error}.") from None


class _Beating(RawIOBase):
    """A file that says, at most every second, that it is being read."""

    def __init__(self, file: BinaryIO, beat: Callable[[], None]) -> None:
        self._file, self._beat = file, beat
        self._last = monotonic()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if monotonic() - self._last > 1:
            self._beat()
            self._last = monotonic()
        return self._file.readinto(buffer)  # type: ignore[attr-defined,no-any-return]


def name_of(source: Source) -> str:
    """Return what a file is called."""
    return str(getattr(source, "name", source))


def _read_lines(stream: BinaryIO, match: Match, encoding: str | None) -> Iterator[RawLines]:
    head = stream.read(BLOCK_BYTES)
    refuse_chat_export(head)
    if found := read_table(head, stream, encoding):
        yield from _read_rows(found, match(found))
        return
    head = head.removeprefix(BOM)
    _check_known(head)
    while head.strip().count(b"\n") < LINES_TO_SEE and len(head) < _MOST_BYTES_OF_LINE:
        if not (more := stream.read(len(head))):
            break
        head += more
    if opens_document(head):
        yield from _check_any(read_document(head, stream))
    else:
        _check_holds_events(head)
        yield from _read_ndjson(head, stream)


def _read_rows(found: Table, matching: Matching) -> Iterator[RawLines]:
    return _check_any(replace(lines, unit="row") for lines in to_events(found, matching))


def _check_any(blocks: Iterable[RawLines]) -> Iterator[RawLines]:
    """Yield blocks, and refuse a file without any event in them."""
    any_events = left_out = False
    for lines in blocks:
        any_events = any_events or len(lines) > 0
        left_out = left_out or lines.left_out > 0
        yield lines
    if not any_events:
        raise DumpError(_ALL_LEFT_OUT if left_out else _NO_EVENTS)


def _check_known(head: bytes) -> None:
    if not head.strip():
        raise DumpError("The file is empty.")
    if _UTF_16.match(head):
        raise DumpError("This is UTF-16 or UTF-32 text: save it as UTF-8.")
    if kind := _foreign_kind(head):
        raise DumpError(f"This is {kind}, not a file of events: {_NEEDED}.")


def _foreign_kind(head: bytes) -> str | None:
    """Return what kind of file this is if it is not JSON; the content itself is not quoted."""
    for magic, name in _FOREIGN.items():
        if head.lstrip().startswith(magic):
            return name
    start = head[: 2**20]
    if any(line.lstrip().startswith((b"{", b"[")) for line in start.splitlines()):
        return None
    return "binary data" if _CONTROLS.search(start) else "text"


def _check_holds_events(head: bytes) -> None:
    if len(head) < BLOCK_BYTES and all(_holds_nothing(line) for line in head.split(b"\n") if line.strip()):
        raise DumpError(_NO_EVENTS)


def _holds_nothing(line: bytes) -> bool:
    return len(line) <= MAX_BYTES_SPLIT_AT_ONCE and split_or_none(line) == []


def _read_ndjson(head: bytes, stream: BinaryIO) -> Iterator[RawLines]:
    line = 1
    block = head
    while block:
        block += (rest := stream.readline(_MOST_BYTES_OF_LINE))
        whole = len(block)
        if len(rest) == _MOST_BYTES_OF_LINE and not rest.endswith(b"\n"):
            whole = block.rfind(b"\n") + 1
        yield from _open_long_lines(RawLines.from_text(block[:whole], line).without_blank())
        line += block.count(b"\n")
        if whole < len(block):
            yield from read_document(block[whole:], _RestOfLine(stream), line)
            line += 1
        block = stream.read(BLOCK_BYTES)


def _open_long_lines(lines: RawLines) -> Iterator[RawLines]:
    """Yield lines in their order; long ones that are batches or lists are split, all others stay as they are."""
    start = 0
    for place in np.flatnonzero(np.diff(lines.ends) > MAX_BYTES_SPLIT_AT_ONCE).tolist():
        yield lines.part(start, place)
        try:
            yield from list(read_document(lines.raw(place), BytesIO(), int(lines.line[place])))
        except DumpError:
            yield lines.part(place, place + 1)
        start = place + 1
    yield lines.part(start, len(lines))


class _RestOfLine:
    """A stream that ends where the line does."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ended = False

    def read(self, size: int) -> bytes:
        """Return at most so many bytes, none at the end."""
        part = b"" if self._ended else self._stream.readline(size)
        self._ended = part.endswith(b"\n")
        return part
