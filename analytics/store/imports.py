"""Imports: the files that were added to the store, by whom, and which of them were undone."""

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from analytics.store.audit import What, note
from analytics.store.database import StoreError
from analytics.store.given_names import check_name
from analytics.store.tables import imports


@dataclass(frozen=True)
class Import:
    """A file that was imported: its name, who imported it (if known), when, and the numbers of its events."""

    id: str
    project: int
    file: str
    who: str | None
    imported_at: datetime
    received: int
    stored: int
    duplicates: int
    rejected: int
    undone_at: datetime | None = None


def note_import(connection: Connection, done: Import, digest: str) -> None:
    """Note an import of a file of this digest.

    Raises:
        StoreError: where the name of the file cannot be kept.
    """
    check_name(done.file)
    connection.execute(insert(imports).values(digest=digest, **asdict(done)))
    counts = {"stored": done.stored, "duplicates": done.duplicates, "rejected": done.rejected}
    note(connection, What.IMPORTED, done.project, **{"import": done.id}, **counts)


def imports_of(connection: Connection, project: int) -> list[Import]:
    """Return the imports of a project, the newest first."""
    query = select(*(imports.c[field.name] for field in fields(Import))).where(imports.c.project == project)
    rows = connection.execute(query.order_by(imports.c.imported_at.desc(), imports.c.id))
    return [Import(*row) for row in rows]


def note_undone(connection: Connection, project: int, import_id: str) -> None:
    """Note that an import is undone; a second attempt at the same time waits until this transaction ends.

    Raises:
        StoreError: if there is no such import, or it was undone before.
    """
    own = imports.c.project == project, imports.c.id == import_id
    standing = update(imports).where(*own, imports.c.undone_at.is_(None))
    if connection.execute(standing.values(undone_at=datetime.now(UTC))).rowcount:
        note(connection, What.IMPORT_UNDONE, project, **{"import": import_id})
        return
    known = connection.execute(select(imports.c.file, imports.c.undone_at).where(*own)).first()
    if known is None:
        raise StoreError(f"There is no import {import_id!r}: `analytics imports list` shows them all.")
    raise StoreError(
        f"The import of {known.file} was undone on {known.undone_at.astimezone(UTC):%Y-%m-%d at %H:%M} UTC already."
    )
