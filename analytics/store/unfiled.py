"""Events without a customer's number, stored before there were such numbers: whoever opens a store files them.

What they say of their customer's other ids stands among their other properties, and an event under the spelling of a
number for which another stands has another identity now.
"""

import logging
from datetime import UTC, datetime
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, delete, or_, select, text, update

from analytics.events.contract import Assumptions
from analytics.events.customers import LINKING
from analytics.events.export import to_ndjson
from analytics.events.frame import COLUMN
from analytics.events.phone import TO_BE_SPELLED_ANEW
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate_to_columns
from analytics.store import customers
from analytics.store.database import Database
from analytics.store.rows import EVENTS, event_frame, event_rows
from analytics.store.tables import events, projects

_NEW_COLUMNS = ("wa_user_id", "phone", "previous_user_id", "phone_number_id")

_WHENEVER = Assumptions(now=datetime(9000, 1, 1, tzinfo=UTC))
"""They were judged when they came: nothing is too late now."""

_AT_A_TIME = 50_000
_KEYS_AT_A_TIME = 1_000

log = logging.getLogger(__name__)


def file_old_events(database: Database) -> None:
    """File the events of each project that have no customer's number, all of its events or none."""
    with database.reading() as connection:
        unfiled = [
            project
            for project in connection.scalars(select(projects.c.id))
            if connection.scalar(select(events.c.key).where(*_unfiled(project)).limit(1))
        ]
    for project in unfiled:
        with database.writing() as connection:
            database.lock_customers(connection, project, alone=True)
            _read_again(database, connection, project)
            customers.file_unfiled(connection, project)
        log.warning("the events of project %s are filed under their customers", project)


def _unfiled(project: int) -> tuple[ColumnElement[bool], ...]:
    return events.c.project == project, events.c.customer.is_(None)


def _read_again(database: Database, connection: Connection, project: int) -> None:
    """Read what of the events has another meaning now: their links, and their identity."""
    names = [COLUMN[name].sources[0].removeprefix("properties.") for name in _NEW_COLUMNS]
    says_more = or_(
        *(events.c.properties.contains(f'"{name}"') for name in names),
        *(events.c[name].is_not(None) for name in LINKING),
    )
    another = events.c.user_id.regexp_match(TO_BE_SPELLED_ANEW) & ~events.c.event.startswith("message.")
    origins = (events.c.received_at, events.c.write_key, events.c.import_id)
    found = database.read(connection, EVENTS.add_columns(*origins).where(*_unfiled(project), says_more | another))
    for start in range(0, len(found), _AT_A_TIME):
        _replace(database, connection, project, found.slice(start, _AT_A_TIME))
    if len(found):
        later = projects.c.generation + 1
        connection.execute(update(projects).where(projects.c.id == project).values(generation=later))


def _replace(database: Database, connection: Connection, project: int, before: pa.Table) -> None:
    lines = RawLines.from_text(b"".join(to_ndjson(event_frame(before, project))))
    assembly, _ = validate_to_columns([lines], _WHENEVER, open_batches=False)
    valid, again = assembly.event_table()
    rows = _with_origins(event_rows(valid, project, datetime.now(UTC)), before, valid["line"])
    for import_id in rows["import_id"].unique().to_pylist():
        own = pc.equal(rows["import_id"], import_id) if import_id else pc.is_null(rows["import_id"])
        brought = customers.links_of_rows(rows.filter(own))
        customers.keep_links(database, connection, project, brought, import_id)
    keys = before["key"].take(_places(valid["line"]))
    same = pc.equal(rows["key"], keys)
    _update(connection, rows.filter(same))
    rekeyed = rows.filter(pc.invert(same))
    gone = {*keys.filter(pc.invert(same)).to_pylist(), *before["key"].take(_places(again["line"])).to_pylist()}
    ordered = sorted(gone - set(rekeyed["key"].to_pylist()))
    for start in range(0, len(ordered), _KEYS_AT_A_TIME):
        part = [UUID(key) for key in ordered[start : start + _KEYS_AT_A_TIME]]
        connection.execute(delete(events).where(events.c.key.in_(part)))
    if len(rekeyed):
        database.insert(connection, events, rekeyed)


def _places(lines: pa.ChunkedArray) -> pa.Array:
    """Return the places, from 0, of the lines that were written of rows."""
    return pa.array(lines.to_numpy() - 1)


def _with_origins(rows: pa.Table, before: pa.Table, lines: pa.ChunkedArray) -> pa.Table:
    """Return rows of the table `events` that came when and how those before them came."""
    for name in ("received_at", "write_key", "import_id"):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, name, before[name].take(_places(lines)).cast(rows[name].type))
    return rows


def _update(connection: Connection, rows: pa.Table) -> None:
    """Write the new columns of events that keep their keys."""
    if len(rows):
        connection.execute(_UPDATE, {name: rows[name].to_pylist() for name in ("key", *_NEW_COLUMNS)})


_UPDATE = text(
    f"UPDATE events SET {', '.join(f'{name} = told.{name}' for name in _NEW_COLUMNS)} "
    "FROM (SELECT unnest(CAST(:key AS TEXT[])) AS key, "
    f"{', '.join(f'unnest(CAST(:{name} AS TEXT[])) AS {name}' for name in _NEW_COLUMNS)}) AS told "
    "WHERE events.key = CAST(told.key AS UUID)"
)
