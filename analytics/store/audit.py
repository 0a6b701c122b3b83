"""The audit log: who did what, when and from where, kept in the transaction that did it.

It never holds a phone, a name or a key: people, keys, webhooks and imports are named by their ids, filters by which
there are, and of settings only those have their values told that are numbers, times or choices.
"""

import json
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from analytics.settings import settings
from analytics.store.database import Database
from analytics.store.tables import audit

log = logging.getLogger(__name__)


class What(StrEnum):
    """Everything that is noted."""

    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    ENDED = "sessions ended"
    REFUSED = "refused"
    ROLE_GIVEN = "role given"
    ROLE_TAKEN = "role taken"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    UNBOUND = "unbound"
    KEY_MADE = "key made"
    KEY_REVOKED = "key revoked"
    SECRET_CHANGED = "secret changed"  # noqa: S105  # the words for it
    READ_KEY_MADE = "read key made"
    READ_KEY_REVOKED = "read key revoked"
    SEEN_IN_FULL = "seen in full"
    DOWNLOADED = "downloaded"
    IMPORTED = "imported"
    IMPORT_UNDONE = "import undone"
    REJECTED_TRIED_AGAIN = "rejected tried again"
    VIEWS_CHANGED = "views changed"
    SETTINGS_CHANGED = "settings changed"
    TEST_EVENTS_DELETED = "test events deleted"
    BACKED_UP = "backed up"
    RESTORED = "restored"


@dataclass(frozen=True)
class Actor:
    """Who acts: the id of a person, or a word for somebody who has none; and from where: an address, or a word.

    `refuse` raises where they may not do something in a project, None being none.
    """

    who: str
    from_where: str
    refuse: Callable[["What", int | None], None] = lambda _, __: None


SHELL = Actor("shell", "shell")
"""Whoever has a shell on the machine, and may read the store's file."""

WHO_ACTS: list[Callable[[], Actor | None]] = []
"""Asked in turn who acts in this thread; where none knows it, it is whoever has a shell."""

_said: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Have what is done in this context be noted as done by somebody."""
    before = _said.set(actor)
    try:
        yield
    finally:
        _said.reset(before)


@dataclass(frozen=True)
class Entry:
    """One line of the audit log."""

    at: datetime
    what: str
    who: str
    from_where: str
    project: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


def note(connection: Connection, what: What, project: int | None = None, **details: Any) -> None:
    """Note in a transaction what it does, in the store and as a line of the process's log; forget what is too old.

    Raises:
        StoreError: where whoever acts may not do it.
    """
    actor = _find_actor()
    actor.refuse(what, project)
    now = datetime.now(UTC)
    said = {name: value for name, value in details.items() if value is not None}
    connection.execute(delete(audit).where(audit.c.noted_at < now - timedelta(days=settings().audit_days)))
    connection.execute(insert(audit).values(
        id=secrets.token_hex(8),
        noted_at=now,
        what=what.value,
        who=actor.who,
        from_where=actor.from_where,
        project=project,
        details=json.dumps(said),
    ))  # fmt: skip
    log.info({"audit": what.value, "who": actor.who, "from": actor.from_where, "project": project, **said})


def demand(what: What, project: int) -> None:
    """Make sure that whoever acts may do something in a project also.

    Raises:
        StoreError: where they may not.
    """
    _find_actor().refuse(what, project)


def _find_actor() -> Actor:
    return _said.get() or next(filter(None, (find() for find in WHO_ACTS)), SHELL)


def note_alone(database: Database, what: What, project: int | None = None, **details: Any) -> None:
    """Note what changed nothing in the store.

    Raises:
        StoreError: where it cannot be kept.
    """
    with database.writing() as connection:
        note(connection, what, project, **details)


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for: from a time on, before another, of some kinds (any if empty), of one actor.

    `projects` leaves out those of other projects, unless it is None; those of no project stay.
    """

    since: datetime | None = None
    until: datetime | None = None
    what: tuple[str, ...] = ()
    who: str | None = None
    projects: tuple[int, ...] | None = None
    most: int = 1_000


def list_entries(database: Database, wanted: Wanted) -> list[Entry]:
    """Return the latest entries of those that are asked for, the newest first."""
    conditions = [
        *([audit.c.noted_at >= wanted.since] if wanted.since else []),
        *([audit.c.noted_at < wanted.until] if wanted.until else []),
        *([audit.c.what.in_(wanted.what)] if wanted.what else []),
        *([audit.c.who == wanted.who] if wanted.who else []),
        *([] if wanted.projects is None else [audit.c.project.is_(None) | audit.c.project.in_(wanted.projects)]),
    ]
    query = select(audit.c.noted_at, audit.c.what, audit.c.who, audit.c.from_where, audit.c.project, audit.c.details)
    query = query.where(*conditions).order_by(audit.c.noted_at.desc(), audit.c.id).limit(wanted.most)
    with database.reading() as connection:
        return [Entry(*row[:-1], json.loads(row.details)) for row in connection.execute(query)]
