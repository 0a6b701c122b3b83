"""Text of unknown encoding and separator: what it most likely is, and its rows in blocks of UTF-8."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from analytics.events.dump_error import DumpError
from analytics.events.tables.encodings import NAMES, Guess, guess_encoding, sample_of

SEPARATORS = ",;\t|"
_BLOCK_BYTES = 4 * 2**20
_HEAD_BYTES = 2**20
_ROWS_TO_SEE = 50
_NO_TABLE = re.compile(r'\A\s*[<{\[]|^\s*(\[\s*)?\{\s*"\w+"\s*:|[\0-\x08\x0e-\x1f]', re.MULTILINE)
"""Signs of JSON, markup or binary data. Tables have none of these, as quotes within a cell are doubled."""
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NAMES = {**NAMES, "utf-8-sig": "UTF-8"}
_NOT_UTF_8 = (
    "The table begins as UTF-8, but after row {:,} it is something else. Choose its encoding. Or choose UTF-8 anyway: "
    "then damaged characters are replaced."
)


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""


@dataclass(frozen=True)
class Layout:
    """How a table is written as text: its encoding, its separator, its header, and the rows before its data."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    rows_before: int
    """Rows up to the header, the header included."""
    guess: Guess | None = None
    """What the encoding was guessed by, None where the text leaves no choice."""
    told: str | None = None
    """The encoding of what is not UTF-8, where somebody said it."""

    @property
    def encoding_name(self) -> str:
        """The encoding as people know it."""
        return _NAMES.get(self.encoding, self.encoding.upper()).partition(" (")[0]


def guess_layout(head: bytes, told: str | None = None) -> Layout | None:
    """Return the layout that the beginning of a text shows; None if it does not look like a table.

    `told` is the encoding of what is not UTF-8, where somebody said it.
    """
    encoding, guess = _find_encoding(head, told)
    text = head[:_HEAD_BYTES].decode(encoding, errors="replace")
    if _NO_TABLE.search(text):
        return None
    rows_before = 1
    if text[:4].lower() == "sep=" and "\n" in text:  # a hint for Excel
        separator, rows_before = text[4:5], 2
        text = text.split("\n", 1)[1]
    else:
        separator = _guess_separator(text)
    header = _first_row(text, separator) if separator else []
    names = tuple(name.strip().strip("\N{ZERO WIDTH NO-BREAK SPACE}") for name in header)
    if not separator or len([name for name in names if name]) < 2:
        return None
    return Layout(encoding, separator, names, rows_before, guess, told)


def blocks(stream: Readable, layout: Layout) -> Iterator[bytes]:
    """Yield the text in UTF-8, a few MiB of whole rows at a time; a line break within quotes does not end a row.

    Raises:
        DumpError: if a text that begins as UTF-8 is none later, and nobody said what it is.
    """
    decode = None if layout.encoding.startswith("utf-8") else codecs.getincrementaldecoder(layout.encoding)("replace")
    told = layout.told or (layout.encoding if layout.guess else None)
    rest, rows = b"", 0
    while chunk := stream.read(_BLOCK_BYTES):
        rest += chunk if decode is None else decode.decode(chunk).encode()
        if end := _end_of_rows(rest):
            yield _to_utf8(rest[:end], told, rows)
            rows += rest.count(b"\n", 0, end)
            rest = rest[end:]
    if decode is not None:
        rest += decode.decode(b"", True).encode()
    if rest:
        yield _to_utf8(rest, told, rows)


def is_utf_8(head: bytes) -> bool:
    """Return whether a text begins in UTF-8; its last letter may have been cut through."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def find_unclosed_quote(block: bytes, separator: str) -> int | None:
    """Return the row (from 1) with a quote that is never closed and would swallow the following rows; else None."""
    if block.count(b'"') % 2 == 0:
        return None
    rows = csv.reader(io.StringIO(block.decode(), newline=""), delimiter=separator, strict=True)
    row = 1
    try:
        for _ in rows:
            row += 1
    except csv.Error as error:
        return None if "expected after" in str(error) else row  # more after a quote that was closed
    return None


def _find_encoding(head: bytes, told: str | None) -> tuple[str, Guess | None]:
    """Return the encoding of a text, and what it was guessed by unless the text leaves no choice."""
    for mark, name in _BOMS.items():
        if head.startswith(mark):
            return name, None
    if b"\0" in head[:200]:
        return ("utf-16-le" if head[1:2] == b"\0" else "utf-16-be"), None
    if is_utf_8(head):
        return "utf-8", None
    guess = Guess(told, sample_of(head, told)) if told else guess_encoding(head)
    return guess.encoding, guess


def _guess_separator(text: str) -> str:
    """Return the separator that gives most rows as many columns as the header, at least two; empty if none does."""
    lines = io.StringIO("\n".join(text.splitlines()[:_ROWS_TO_SEE]))
    best, most = "", (0, 0)
    for separator in SEPARATORS:
        lines.seek(0)
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            continue
        width = widths[0] if widths else 0
        rows = widths.count(width)
        if width > 1 and (rows, width) > most:
            best, most = separator, (rows, width)
    return best


def _first_row(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:  # as where a quote is never closed
        return []


def _end_of_rows(text: bytes) -> int:
    """Return the offset at which the last whole row ends; 0 if there is no whole row."""
    end = text.rfind(b"\n") + 1
    quotes = text.count(b'"', 0, end)
    while end and quotes % 2:
        earlier = text.rfind(b"\n", 0, end - 1) + 1
        quotes -= text.count(b'"', earlier, end)
        end = earlier
    return end


def _to_utf8(block: bytes, told: str | None, rows: int) -> bytes:
    block = block.removeprefix(codecs.BOM_UTF8)
    try:
        block.decode()
    except UnicodeDecodeError as error:
        if told is None:
            raise DumpError(_NOT_UTF_8.format(rows + block.count(b"\n", 0, error.start))) from None
        return block.decode(told, errors="replace").encode()
    return block
