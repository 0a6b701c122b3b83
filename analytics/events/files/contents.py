"""What files hold: the tables and the JSON in them, said before anybody reads them whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from analytics.events.adapters.systems import System, find_payload
from analytics.events.files.chat_export import refuse_chat_export
from analytics.events.files.document import opens_document
from analytics.events.files.dump import BLOCK_BYTES, BOM, Source, name_of, opened
from analytics.events.files.packed import unpack_members
from analytics.events.tables.encodings import Guess
from analytics.events.tables.reading import Table, read_table
from analytics.events.tables.text import is_utf_8

ROWS_TO_SEE = 1_000
_LETTERS_TO_SEE = 1_000


@dataclass(frozen=True)
class Content:
    """A file, or one of an archive: its name, how it is kept (`JSON, one document, UTF-8`), a table's first rows."""

    name: str
    kind: str
    sample: pa.Table | None = None
    """Texts, missing where a cell is empty; None if it is no table."""
    guess: Guess | None = None
    """The encoding of a text that is not UTF-8, and what else it may be."""


def contents(
    source: Source,
    name: str | None = None,
    *,
    encoding: str | None = None,
    rows: int = ROWS_TO_SEE,
    beat: Callable[[], None] = lambda: None,
) -> Iterator[Content]:
    """Yield what a file holds that may be events, nothing for what is neither a table nor JSON.

    `name` is the file's where its source does not know it, `encoding` that of texts that
    are not UTF-8 where somebody said it, and `rows` how many of a table are wanted. `beat` is called
    every second while the file is read.

    Raises:
        DumpError: as `read_dump` does.
    """
    with opened(source, beat) as file:
        for member in unpack_members(file, name or name_of(source)):
            with member.naming():
                head = member.stream.read(BLOCK_BYTES)
                refuse_chat_export(head)
                if found := read_table(head, member.stream, encoding):
                    yield Content(member.name, found.kind, _begin(found, rows), found.guess)
                elif kind := _kind_of_json(head):
                    yield Content(member.name, kind)


def _begin(table: Table, rows: int) -> pa.Table:
    """Return the first rows, with what their cells begin with."""
    held, count = [], 0
    for more in table.rows:
        held.append(more.texts)
        count += len(more.texts)
        if count >= rows:
            break
    first = pa.concat_tables(held).slice(0, rows).combine_chunks()
    columns = [pc.utf8_slice_codeunits(column, 0, _LETTERS_TO_SEE) for column in first.columns]
    return pa.table(columns, first.column_names)


def _kind_of_json(head: bytes) -> str:
    """Return the format of a JSON file by its beginning; empty if it is not JSON."""
    text = head.removeprefix(BOM).strip()
    if not text.startswith((b"{", b"[")) or b"\0" in text:
        return ""
    written = "line by line (NDJSON)" if b"\n" in text and not opens_document(text) else "one document"
    kind = f"JSON, {written}, {'UTF-8' if is_utf_8(head) else 'partly not UTF-8'}"
    system = _find_system(text)
    return f"payloads of {system.title}, {kind}" if system else kind


def _find_system(text: bytes) -> System | None:
    """Return the system whose payload a text begins with, whole or on its first line."""
    first = text.partition(b"\n")[0]
    found = find_payload(first) or find_payload(text)
    return found[0] if found else None
