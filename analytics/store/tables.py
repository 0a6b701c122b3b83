"""The tables of the event store, the same in both databases."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.types import TIMESTAMP, TypeEngine

from analytics.events.frame import (
    CATEGORY,
    CATEGORY_OF_FLAGS,
    COUNT,
    FLAG,
    NUMBER,
    STORED,
    TEXT,
    TIME,
    Kind,
)

METADATA = MetaData()

Instant = TIMESTAMP(timezone=True)

SQL_TYPES: dict[Kind, TypeEngine[Any]] = {
    CATEGORY: Text(),
    CATEGORY_OF_FLAGS: Boolean(),
    COUNT: Double(),
    NUMBER: Double(),
    TEXT: Text(),
    TIME: Instant,
    FLAG: Boolean(),
}
"""As what each kind of column of the event frame is stored."""

EVENT_COLUMNS = tuple(column.name for column in STORED)
"""The columns of the event frame that are kept as they are."""


projects = Table(
    "projects",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    # Counts deletions: what a reader has kept of a project is out of date when this has changed.
    Column("generation", BigInteger, nullable=False),
)

write_keys = Table(
    "write_keys",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("project", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
    Column("first_event_at", Instant),
    # Of webhooks alone: the other system, what it signs with, and its verification of the address.
    Column("system", Text),
    Column("secret", Text),
    Column("token_digest", Text),
    Column("verified_at", Instant),
)

events = Table(
    "events",
    METADATA,
    # The event's identity, made its project's own (see `rows.py`).
    Column("key", Uuid, primary_key=True),
    Column("project", Integer, nullable=False),
    # Which commit brought it: a number in DuckDB, a transaction id in PostgreSQL.
    Column("revision", BigInteger, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("write_key", Text),
    Column("import_id", Text),
    # The number of whose it is (see `customers.py`).
    Column("customer", BigInteger),
    *(Column(column.name, SQL_TYPES[column.kind]) for column in STORED),
)

# Which ids are one customer's, and what brought it.
links = Table(
    "links",
    METADATA,
    # The hash of all that follows (see `customers.py`).
    Column("key", Uuid, primary_key=True),
    Column("project", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("one", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("test", Boolean, nullable=False),
    # Missing where it came over HTTP.
    Column("import_id", Text),
)

# The number of the customer of each id that is linked to another; of two spellings, the one that stands for both.
linked_ids = Table(
    "linked_ids",
    METADATA,
    Column("project", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("customer", BigInteger, nullable=False),
)

rejected_events = Table(
    "rejected_events",
    METADATA,
    # The hash of project and bytes (see `rows.py`): the same event rejected twice is kept once.
    Column("key", Uuid, primary_key=True),
    Column("project", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("write_key", Text),
    Column("import_id", Text),
    Column("line", BigInteger, nullable=False),
    Column("index", Integer, nullable=False),
    Column("event", Text),
    Column("field", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    # What brought it in a form that can be judged anew: the id of an import, or "again" where it was tried again.
    Column("settled_by", Text),
)

imports = Table(
    "imports",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("project", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("who", Text),
    Column("digest", Text, nullable=False),
    Column("imported_at", Instant, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("stored", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("undone_at", Instant),
)


def _table_of_counts(name: str, *what: Column[Any]) -> Table:
    """Return a table that says by project how often something came, and when it came last."""
    project = Column("project", Integer, primary_key=True, autoincrement=False)
    count, last_seen = Column("count", BigInteger, nullable=False), Column("last_seen", Instant, nullable=False)
    return Table(name, METADATA, project, *what, count, last_seen)


def _keys(*names: str) -> list[Column[str]]:
    return [Column(name, Text, primary_key=True) for name in names]


# Events that came again, of which the first is kept; `fields` are those in which they differ from it, "" for none.
repeats = _table_of_counts("repeats", *_keys("event", "fields"))

# What payloads of other systems held that was not understood; `import_id` is "" where a webhook brought it.
unread = _table_of_counts("unread", *_keys("import_id", "system", "what", "name"))

# Optional properties of stored events that could not be used, with an example; `import_id` is "" where requests did.
left_out = _table_of_counts(
    "left_out", *_keys("import_id", "event", "field", "message"), Column("value", Text, nullable=False)
)

COUNTS_BY_IMPORT = (unread, left_out)
"""What undoing an import takes back."""

settings = Table(
    "settings",
    METADATA,
    Column("project", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

people = Table(
    "people",
    METADATA,
    Column("id", Text, primary_key=True),
    # By which they are given roles before they first sign in; whom it belongs to then is said by the two that follow.
    Column("email", Text, nullable=False, unique=True),
    Column("issuer", Text),
    Column("subject", Text),
    Column("known_since", Instant, nullable=False),
    Column("blocked_at", Instant),
)

roles = Table(
    "roles",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("project", Integer, primary_key=True, autoincrement=False),
    Column("role", Text, nullable=False),
    Column("sees_in_full", Boolean, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

read_keys = Table(
    "read_keys",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("project", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
)

# What happened: nothing in it is changed, and only what is older than it is kept for is deleted.
audit = Table(
    "audit",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("noted_at", Instant, nullable=False),
    Column("what", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("from_where", Text, nullable=False),
    Column("project", Integer),
    Column("details", Text, nullable=False),
)

schema_version = Table("schema_version", METADATA, Column("version", Integer, nullable=False))

# DuckDB finds these by its own min-max indexes.
for _table, _names in (
    (events, ("project", "revision")),
    (events, ("project", "customer")),
    (links, ("project", "revision")),
    (linked_ids, ("project", "customer")),
    (rejected_events, ("project",)),
):
    Index(f"{_table.name}_by_{_names[-1]}", *(_table.c[name] for name in _names)).ddl_if(dialect="postgresql")
