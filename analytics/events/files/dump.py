"""Dumps: files of events. What a file holds is decided by its content, never by its name.

Known are NDJSON (an event, a batch, or a list of either per line) and single JSON documents (a batch, a list
of batches, a list of events, one event), and tables; each plain or packed. NDJSON is read in bounded memory.
"""

import codecs
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec
import numpy as np

from analytics.events.dump_error import DumpError
from analytics.events.files.packed import unpack_members
from analytics.events.raw_lines import RawLines, split_batch, split_or_none
from analytics.events.tables.matching import Matching
from analytics.events.tables.reading import Table, read_table
from analytics.events.tables.to_events import guess_matching, to_events
from analytics.events.wording import is_cut_off, json_fault, json_offset, json_place

BLOCK_BYTES = 8 * 2**20
EVENTS_PER_BLOCK = 100_000
MAX_DOCUMENT_BYTES = 512 * 2**20
_LINES_TO_SEE = 3

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
_NEEDED = (
    "JSON, one event a line (NDJSON), or a table (CSV, .xlsx, Parquet) whose first row names its columns is needed"
)


def read_dump(source: Source, progress: Progress | None = None, match: Match = guess_matching) -> Iterator[RawLines]:
    """Yield the lines of a dump in blocks.

    `progress` is called with the share of the file read so far (0 to 1); `match` returns how a table is read.

    Raises:
        DumpError: when the file cannot be opened, is empty, damaged, or of no known format.
    """
    with opened(source) as file:
        size = max(1, file.seek(0, os.SEEK_END))
        for member in unpack_members(file, name_of(source)):
            with member.naming():
                for lines in _read_lines(member.stream, match):
                    if progress:
                        progress(file.tell() / size)
                    yield replace(lines, file=member.name) if member.of_archive else lines
    if progress:
        progress(1.0)


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """Give a file; what goes wrong while it is read is said in words.

    Raises:
        DumpError: where it cannot be read.
    """
    try:
        with Path(source).open("rb") if isinstance(source, str | Path) else nullcontext(source) as file:
            yield file
    except OSError as error:
        raise DumpError(f"The file cannot be read: {error.strerror or error}.") from None


def name_of(source: Source) -> str:
    """Return what a file is called."""
    return str(getattr(source, "name", source))


def _read_lines(stream: BinaryIO, match: Match) -> Iterator[RawLines]:
    head = stream.read(BLOCK_BYTES)
    if found := read_table(head, stream):
        yield from _read_rows(found, match(found))
        return
    head = head.removeprefix(BOM)
    _check_known(head)
    while head.strip().count(b"\n") < _LINES_TO_SEE and (more := stream.read(min(len(head), _bytes_left(head)))):
        head += more
    if opens_document(head):
        yield from _read_document(head + stream.read(_bytes_left(head)))
    else:
        _check_holds_events(head)
        yield from _read_ndjson(head, stream)


def _read_rows(found: Table, matching: Matching) -> Iterator[RawLines]:
    any_events = False
    for lines in to_events(found, matching):
        any_events = any_events or len(lines) > 0
        yield replace(lines, unit="row")
    if not any_events:
        raise DumpError(_NO_EVENTS)


def _bytes_left(document: bytes) -> int:
    """Return how many more bytes to read to see whether a document is too large."""
    return max(0, MAX_DOCUMENT_BYTES - len(document) + 1)


def _check_known(head: bytes) -> None:
    if not head.strip():
        raise DumpError("The file is empty.")
    if _UTF_16.match(head):
        raise DumpError("This is UTF-16 or UTF-32 text: save it as UTF-8.")
    if kind := _foreign_kind(head):
        raise DumpError(f"This is {kind}, not events: {_NEEDED}.")


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
    if len(head) < BLOCK_BYTES and all(split_or_none(line) == [] for line in head.split(b"\n") if line.strip()):
        raise DumpError(_NO_EVENTS)


def opens_document(head: bytes) -> bool:
    """Return whether one JSON value spans several lines. Otherwise the first line was merely cut short.

    In a document the first line opens something that it does not close, and the next two lines continue it. If they
    do not continue it, the document is broken, unless these lines are values of their own. A long text without a
    second line is a document too; it is read in parts.
    """
    first, *more = head.strip().split(b"\n", _LINES_TO_SEE)[:_LINES_TO_SEE]
    if not more:
        return len(head) >= BLOCK_BYTES
    if _json_state(first) != "cut":
        return False
    if _json_state(b"\n".join([first, *more])) != "broken":
        return True
    return first.rstrip().endswith((b"{", b"[", b",", b":")) and "whole" not in map(_json_state, more)


def _json_state(text: bytes) -> Literal["whole", "cut", "broken"]:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return "cut" if is_cut_off(error) else "broken"
    except RecursionError:
        return "broken"
    return "whole"


def _read_document(document: bytes) -> Iterator[RawLines]:
    if len(document) > MAX_DOCUMENT_BYTES:
        limit = MAX_DOCUMENT_BYTES // 2**20
        raise DumpError(
            f"A single JSON document of more than {limit} MiB: split it, or write one event a line (NDJSON)."
        )
    try:
        events = split_batch(document)
    except (ValueError, RecursionError) as error:
        raise DumpError(
            f"The file is not valid JSON{_describe_place(error, document)}: {json_fault(error, document)}."
        ) from None
    if events == []:
        raise DumpError(_NO_EVENTS)
    events = [document.strip()] if events is None else events
    breaks = np.flatnonzero(np.frombuffer(document, np.uint8) == ord("\n"))
    place = 0
    for start in range(0, len(events), EVENTS_PER_BLOCK):
        part = events[start : start + EVENTS_PER_BLOCK]
        places = []
        for event in part:
            place = document.find(event, place)
            places.append(place)
            place += len(event)
        line = np.searchsorted(breaks, places).astype(np.int64) + 1
        yield RawLines.from_events(part, line, np.arange(start, start + len(part), dtype=np.int32))


def _describe_place(error: Exception, document: bytes) -> str:
    offset = json_offset(error, document)
    if offset is None:
        return ""
    line, column = json_place(offset, document)
    return f" at line {line:,}, column {column:,}"


def _read_ndjson(head: bytes, stream: BinaryIO) -> Iterator[RawLines]:
    line = 1
    block = head
    while block:
        block += _rest_of_line(stream)
        lines = RawLines.from_text(block, line)
        line += len(lines)
        yield lines
        block = stream.read(BLOCK_BYTES)


def _rest_of_line(stream: BinaryIO) -> bytes:
    rest = stream.readline(MAX_DOCUMENT_BYTES + 1)
    if len(rest) > MAX_DOCUMENT_BYTES:
        limit = MAX_DOCUMENT_BYTES // 2**20
        raise DumpError(f"A single line of more than {limit} MiB: split it, or write one event a line (NDJSON).")
    return rest
