"""The tables' version: they are made where there are none, and brought up to date where they are older.

A new column of the event frame is no new version: whoever opens a store that lacks it adds it, and a program that
does not know it leaves it empty.
"""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.schema import CreateColumn

from analytics.store.backup import replace_backup
from analytics.store.beside import before_version, is_unfinished
from analytics.store.database import Database, StoreError
from analytics.store.judged_again import judge_again
from analytics.store.tables import EVENT_COLUMNS, METADATA, events, schema_version

Upgrade = Callable[[Connection], None]

log = logging.getLogger(__name__)


def _add_history(connection: Connection) -> None:
    """Add who made an import and when it was undone, and what settled a rejected event.

    The key of a rejected event is now made from the hash of its bytes, which is also its id in files.
    """
    for statement in (
        "ALTER TABLE imports ADD COLUMN who TEXT",
        "ALTER TABLE imports ADD COLUMN undone_at TIMESTAMP WITH TIME ZONE",
        "ALTER TABLE rejected_events ADD COLUMN settled_by TEXT",
        "UPDATE rejected_events SET key = CAST(md5(CAST(project AS TEXT) || chr(31) || md5(raw)) AS UUID)",
    ):
        connection.execute(text(statement))


def _add_repeats(connection: Connection) -> None:
    """Add the table of repeats."""
    columns = "project INTEGER, event TEXT, fields TEXT, count BIGINT NOT NULL, last_seen TIMESTAMPTZ NOT NULL"
    connection.execute(text(f"CREATE TABLE repeats ({columns}, PRIMARY KEY (project, event, fields))"))


def _add_unread(connection: Connection) -> None:
    """Add the table of what was not understood."""
    columns = "project INTEGER, import_id TEXT, system TEXT, what TEXT, name TEXT"
    counts = "count BIGINT NOT NULL, last_seen TIMESTAMPTZ NOT NULL"
    key = "PRIMARY KEY (project, import_id, system, what, name)"
    connection.execute(text(f"CREATE TABLE unread ({columns}, {counts}, {key})"))


def _add_webhooks(connection: Connection) -> None:
    """Add to the write keys what webhooks have, and when each brought its first event."""
    for name in ("system", "secret", "token_digest"):
        connection.execute(text(f"ALTER TABLE write_keys ADD COLUMN {name} TEXT"))
    for name in ("first_event_at", "verified_at"):
        connection.execute(text(f"ALTER TABLE write_keys ADD COLUMN {name} TIMESTAMP WITH TIME ZONE"))
    first = "SELECT write_key, min(received_at) AS first_event_at FROM events GROUP BY write_key"
    change = f"UPDATE write_keys SET first_event_at = came.first_event_at FROM ({first}) came"
    connection.execute(text(f"{change} WHERE came.write_key = write_keys.id"))


def _learn_of_failures(_: Connection) -> None:
    """Change no table: `message.failed` is known now, and what is stored is judged again."""


def _add_left_out(connection: Connection) -> None:
    """Add the table of optional properties that could not be used; they cost their event no more."""
    columns = "project INTEGER, import_id TEXT, event TEXT, field TEXT, message TEXT"
    counts = "value TEXT NOT NULL, count BIGINT NOT NULL, last_seen TIMESTAMPTZ NOT NULL"
    key = "PRIMARY KEY (project, import_id, event, field, message)"
    connection.execute(text(f"CREATE TABLE left_out ({columns}, {counts}, {key})"))


def _add_people(connection: Connection) -> None:
    """Add people, their roles and their sessions, and the audit log."""
    instant = "TIMESTAMP WITH TIME ZONE"
    for table, columns in {
        "people": f"id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, issuer TEXT, subject TEXT, "
        f"known_since {instant} NOT NULL, blocked_at {instant}",
        "roles": "person TEXT, project INTEGER, role TEXT NOT NULL, sees_in_full BOOLEAN NOT NULL, "
        "PRIMARY KEY (person, project)",
        "sign_ins": f"digest TEXT PRIMARY KEY, person TEXT NOT NULL, began_at {instant} NOT NULL, "
        f"last_seen_at {instant} NOT NULL, ended_at {instant}",
        "audit": f"id TEXT PRIMARY KEY, noted_at {instant} NOT NULL, what TEXT NOT NULL, who TEXT NOT NULL, "
        "from_where TEXT NOT NULL, project INTEGER, details TEXT NOT NULL",
    }.items():
        connection.execute(text(f"CREATE TABLE {table} ({columns})"))


def _add_customers(connection: Connection) -> None:
    """Add the number of each event's customer, and which ids are one customer's; `unfiled.py` fills them."""
    link = "key UUID PRIMARY KEY, project INTEGER NOT NULL, revision BIGINT NOT NULL, one TEXT NOT NULL, "
    link += "other TEXT NOT NULL, test BOOLEAN NOT NULL, import_id TEXT"
    for statement in (
        "ALTER TABLE events ADD COLUMN customer BIGINT",
        f"CREATE TABLE links ({link})",
        "CREATE TABLE linked_ids (project INTEGER, id TEXT, customer BIGINT NOT NULL, PRIMARY KEY (project, id))",
    ):
        connection.execute(text(statement))
    if connection.dialect.name == "postgresql":
        for table, column in (("events", "customer"), ("links", "revision"), ("linked_ids", "customer")):
            connection.execute(text(f"CREATE INDEX {table}_by_{column} ON {table} (project, {column})"))


def _add_read_keys(connection: Connection) -> None:
    """Add the table of read keys."""
    instant = "TIMESTAMP WITH TIME ZONE"
    columns = "id TEXT PRIMARY KEY, project INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL UNIQUE"
    times = f"created_at {instant} NOT NULL, revoked_at {instant}, last_used_at {instant}"
    connection.execute(text(f"CREATE TABLE read_keys ({columns}, {times})"))


UPGRADES: tuple[Upgrade, ...] = (
    _add_history,
    _add_repeats,
    _add_unread,
    _add_webhooks,
    _learn_of_failures,
    _add_left_out,
    _add_people,
    _add_customers,
    _add_read_keys,
)
"""The upgrades from version 1 to 2, from 2 to 3, and so on; new tables have the last version.

After any of them, what is stored is judged again (see `judged_again.py`).
"""


LATEST = 1 + len(UPGRADES)
"""The version that this program makes."""


def prepare(database: Database, upgrades: Sequence[Upgrade] = UPGRADES) -> None:
    """Make the tables, or upgrade them, in one transaction; nothing is written where they are up to date.

    Raises:
        StoreError: where they were made by a later version of the program.
    """
    latest = 1 + len(upgrades)
    if _is_up_to_date(database, latest):
        return
    with database.writing() as connection:
        database.lock_schema(connection)
        if not connection.dialect.has_table(connection, schema_version.name):
            METADATA.create_all(connection, checkfirst=False)
            connection.execute(insert(schema_version).values(version=latest))
            return
        version = connection.scalar(select(schema_version.c.version))
        if version is None or version > latest:
            raise StoreError(
                f"A later version made this event store (tables {version}, we know {latest}): update this program."
            )
        if version < latest:
            _keep_old_tables(database, latest)
        for upgrade in upgrades[version - 1 :]:
            upgrade(connection)
        _add_missing_columns(connection)
        if version < latest:
            judge_again(database, connection)
            connection.execute(update(schema_version).values(version=latest))


def _is_up_to_date(database: Database, latest: int) -> bool:
    with database.reading() as connection:
        if not connection.dialect.has_table(connection, schema_version.name):
            return False
        return connection.scalar(select(schema_version.c.version)) == latest and not _missing_columns(connection)


def _keep_old_tables(database: Database, latest: int) -> None:
    """Make a backup before the tables are upgraded; of PostgreSQL nobody can but who runs it."""
    if database.path is None:
        log.warning("the tables are upgraded to version %s: only a backup by pg_dump from before leads back", latest)
        return
    if is_unfinished(database.path):  # it is a copy already
        return
    try:
        kept = replace_backup(database, before_version(database.path, latest)).file
    except StoreError as error:
        raise StoreError(f"The tables must be upgraded, and no backup can be made before that: {error}") from None
    log.warning("the tables are upgraded to version %s; %s holds them as they were", latest, kept.name)


def _add_missing_columns(connection: Connection) -> None:
    """Add the columns of the event frame that were declared after the store was made; its events hold nothing there."""
    for name in _missing_columns(connection):
        column = CreateColumn(events.c[name]).compile(dialect=connection.dialect)
        connection.execute(text(f"ALTER TABLE {events.name} ADD COLUMN {column}"))


def _missing_columns(connection: Connection) -> list[str]:
    known = connection.execute(text(f"SELECT * FROM {events.name} LIMIT 0")).keys()
    return [name for name in EVENT_COLUMNS if name not in known]
