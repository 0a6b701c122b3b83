"""What files hold: the tables and the JSON in them, said before anybody reads them whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from analytics.events.files.dump import BLOCK_BYTES, BOM, Source, name_of, opened, opens_document
from analytics.events.files.packed import unpack_members
from analytics.events.tables.reading import Table, read_table
from analytics.events.tables.text import is_utf_8


@dataclass(frozen=True)
class Content:
    """A file, or one of an archive: its name, how it is kept (`JSON, one document, UTF-8`), its table if it is one."""

    name: str
    kind: str
    table: Table | None = None


def contents(source: Source, name: str | None = None) -> Iterator[Content]:
    """Yield what a file holds that may be events, nothing for what is neither a table nor JSON.

    `name` is the file's where its source does not know it. A table can be read until the next is asked for.

    Raises:
        DumpError: as `read_dump` does.
    """
    with opened(source) as file:
        for member in unpack_members(file, name or name_of(source)):
            with member.naming():
                head = member.stream.read(BLOCK_BYTES)
                if found := read_table(head, member.stream):
                    yield Content(member.name, found.kind, found)
                elif kind := _kind_of_json(head):
                    yield Content(member.name, kind)


def _kind_of_json(head: bytes) -> str:
    """Return the format of a JSON file by its beginning; empty if it is not JSON."""
    text = head.removeprefix(BOM).strip()
    if not text.startswith((b"{", b"[")) or b"\0" in text:
        return ""
    written = "line by line (NDJSON)" if b"\n" in text and not opens_document(text) else "one document"
    return f"JSON, {written}, {'UTF-8' if is_utf_8(head) else 'partly not UTF-8'}"
