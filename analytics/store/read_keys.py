"""Read keys: each may read the numbers of one project, and never add. Only their digests are kept."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from analytics.store.audit import What, note
from analytics.store.database import Database, StoreError
from analytics.store.key_format import make_read_key
from analytics.store.projects import find_or_make_project
from analytics.store.tables import projects, read_keys
from analytics.store.write_keys import DEFAULT_PROJECT, check_names, digest_key


@dataclass(frozen=True)
class ReadKey:
    """The public facts about a read key; the key itself was shown only once."""

    id: str
    project: int
    project_name: str
    name: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class ReadKeys:
    """The read keys of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, project: str = DEFAULT_PROJECT) -> str:
        """Return a new key, to be shown once. The project is made if there is none of this name.

        Raises:
            StoreError: where a name is empty, or holds NUL.
        """
        name, project = check_names(name, project)
        key, key_id = make_read_key(), secrets.token_hex(4)
        with self._database.writing() as connection:
            number = find_or_make_project(connection, project)
            connection.execute(insert(read_keys).values(
                id=key_id, project=number, name=name, digest=digest_key(key), created_at=datetime.now(UTC)
            ))  # fmt: skip
            note(connection, What.READ_KEY_MADE, number, key=key_id)
        return key

    def all(self) -> list[ReadKey]:
        """Return all keys, the newest first."""
        with self._database.reading() as connection:
            return [ReadKey(*row) for row in connection.execute(_KEYS.order_by(read_keys.c.created_at.desc()))]

    def find(self, key: str) -> ReadKey | None:
        """Return the facts about a usable key; None if it is unknown or revoked."""
        usable = read_keys.c.digest == digest_key(key), read_keys.c.revoked_at.is_(None)
        with self._database.reading() as connection:
            row = connection.execute(_KEYS.where(*usable)).first()
        return ReadKey(*row) if row else None

    def note_use(self, key_id: str) -> None:
        """Note that a key was used now."""
        with self._database.writing() as connection:
            connection.execute(update(read_keys).where(read_keys.c.id == key_id).values(last_used_at=datetime.now(UTC)))

    def revoke(self, key_id: str) -> None:
        """Revoke a key at once.

        Raises:
            StoreError: where there is none of that id.
        """
        with self._database.writing() as connection:
            project = connection.scalar(select(read_keys.c.project).where(read_keys.c.id == key_id))
            if project is None:
                raise StoreError(f"There is no read key {key_id!r}: `analytics keys list` shows them all.")
            usable = update(read_keys).where(read_keys.c.id == key_id, read_keys.c.revoked_at.is_(None))
            if connection.execute(usable.values(revoked_at=datetime.now(UTC))).rowcount:
                note(connection, What.READ_KEY_REVOKED, project, key=key_id)


_KEYS = select(
    read_keys.c.id,
    read_keys.c.project,
    projects.c.name,
    read_keys.c.name,
    read_keys.c.created_at,
    read_keys.c.revoked_at,
    read_keys.c.last_used_at,
).join(projects, projects.c.id == read_keys.c.project)
