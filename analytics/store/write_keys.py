"""Write keys: each may add events to one project, and never read. Only their digests are kept.

Webhooks (see `webhooks.py`) are kept in the same table, and are listed and revoked here.
"""

import hashlib
import secrets
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from analytics.store.audit import What, note
from analytics.store.database import Database, StoreError
from analytics.store.given_names import check_name
from analytics.store.key_format import make_key
from analytics.store.projects import find_or_make_project
from analytics.store.tables import projects, write_keys

DEFAULT_PROJECT = "default"


@dataclass(frozen=True)
class WriteKey:
    """The public facts about a write key, or a webhook if there is a system; the key itself was shown only once.

    `first_event_at` is when it first brought an event that could be used; of keys that were used before this was noted,
    nobody knows.
    """

    id: str
    project: int
    project_name: str
    name: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    system: str | None
    verified_at: datetime | None
    first_event_at: datetime | None


class WriteKeys:
    """The write keys of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, project: str = DEFAULT_PROJECT) -> str:
        """Return a new key, to be shown once. The project is made if there is none of this name.

        Raises:
            StoreError: where a name is empty, or holds NUL.
        """
        name, project = check_names(name, project)
        key, key_id = make_key(), secrets.token_hex(4)
        with self._database.writing() as connection:
            number = find_or_make_project(connection, project)
            connection.execute(insert(write_keys).values(
                id=key_id,
                project=number,
                name=name,
                digest=digest_key(key),
                created_at=datetime.now(UTC),
            ))  # fmt: skip
            note(connection, What.KEY_MADE, number, key=key_id, kind="write key")
        return key

    def all(self) -> list[WriteKey]:
        """Return all keys and webhooks, the newest first."""
        with self._database.reading() as connection:
            return [WriteKey(*row) for row in connection.execute(KEYS.order_by(write_keys.c.created_at.desc()))]

    def find(self, key: str) -> WriteKey | None:
        """Return the facts about a usable key; None if it is unknown or revoked."""
        with self._database.reading() as connection:
            row = connection.execute(
                KEYS.where(write_keys.c.digest == digest_key(key), write_keys.c.system.is_(None), USABLE)
            ).first()
        return WriteKey(*row) if row else None

    def revoke(self, key_id: str) -> None:
        """Revoke a key or a webhook at once; what a webhook's signatures were checked with is forgotten.

        Raises:
            StoreError: where there is none of that id.
        """
        with self._database.writing() as connection:
            project = connection.scalar(select(write_keys.c.project).where(write_keys.c.id == key_id))
            if project is None:
                raise StoreError(f"There is no key {key_id!r}: `analytics keys list` shows them all.")
            usable = update(write_keys).where(write_keys.c.id == key_id, USABLE)
            if connection.execute(usable.values(revoked_at=datetime.now(UTC), secret=None)).rowcount:
                note(connection, What.KEY_REVOKED, project, key=key_id)


USABLE = write_keys.c.revoked_at.is_(None)

KEYS: Select[Any] = select(
    write_keys.c.id,
    write_keys.c.project,
    projects.c.name,
    write_keys.c.name,
    write_keys.c.created_at,
    write_keys.c.revoked_at,
    write_keys.c.last_used_at,
    write_keys.c.system,
    write_keys.c.verified_at,
    write_keys.c.first_event_at,
).join(projects, projects.c.id == write_keys.c.project)


def find_usable_ids(connection: Connection) -> set[str]:
    """Return the ids of the usable keys as of this transaction. It runs at each commit, therefore in plain SQL."""
    return {key_id for (key_id,) in connection.exec_driver_sql("SELECT id FROM write_keys WHERE revoked_at IS NULL")}


def note_use(connection: Connection, key_ids: AbstractSet[str], brought: AbstractSet[str], now: datetime) -> None:
    """Note when keys were used last; those that `brought` usable events have brought their first by now."""
    connection.execute(update(write_keys).where(write_keys.c.id.in_(key_ids)).values(last_used_at=now))
    if brought:
        first = write_keys.c.id.in_(brought), write_keys.c.first_event_at.is_(None)
        connection.execute(update(write_keys).where(*first).values(first_event_at=now))


def check_names(name: str, project: str) -> tuple[str, str]:
    """Return the name of a key and that of its project as both databases keep them.

    Raises:
        StoreError: where one of them is empty, or holds NUL.
    """
    name, project = check_name(name).strip(), check_name(project).strip()
    if not name or not project:
        raise StoreError("A key needs a name and a project.")
    return name, project


def digest_key(key: str) -> str:
    """Return the stored form of a key: its SHA-256 in hexadecimal. A key has 256 random bits, so no salt is needed."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
