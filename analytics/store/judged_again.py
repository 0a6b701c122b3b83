"""Judging again what is stored, once, at an upgrade after which the contract knows more than when it came.

Events whose name was outside the contract, and is in it now, get the identity of their new name. Of several with one
identity the first to arrive counts; those that lack what their name requires become rejected events.

Then rejected events are judged by the rules of now, some of which accept more. What became of all these is kept as a
setting of their project, so that a page can say it.
"""

import logging
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Text, cast, delete, func, select, update

from analytics.events.columns.assemble import Assembly
from analytics.events.contract import EVENTS, Assumptions
from analytics.events.export import to_ndjson
from analytics.events.identity import OTHER_CODE
from analytics.events.left_out import LeftOuts, note
from analytics.events.raw_lines import RawLines
from analytics.events.rejected import Rejected
from analytics.events.validate import validate_to_columns
from analytics.store import repeats, rows
from analytics.store.database import Database
from analytics.store.left_out import note_left_out
from analytics.store.project_settings import ProjectSettings, set_value
from analytics.store.rejected import RetryResult, judge_by_new_rules
from analytics.store.tables import events, projects, rejected_events

_ROWS_AT_A_TIME = 50_000
_ORIGINS = ("received_at", "write_key", "import_id")
_SETTING = "judged_again"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JudgedAgain:
    """What became of a project's events at the latest upgrade that changed any, and when that was.

    `known_now` counts the events whose name is in the contract now, `rejected` those that could not be used before.
    """

    at: datetime
    known_now: RetryResult
    rejected: RetryResult


def find_judged_again(settings: ProjectSettings, project: int) -> JudgedAgain | None:
    """Return what the latest upgrade made of a project's events; None if it changed none."""
    kept = settings.of(project).get(_SETTING)
    if kept is None:
        return None
    counts = (RetryResult(**kept[name]) for name in ("known_now", "rejected"))
    return JudgedAgain(datetime.fromisoformat(kept["at"]), *counts)


def judge_again(database: Database, connection: Connection) -> None:
    """Judge events of names that are known now, and all rejected ones; log and keep how many became what."""
    for project, name in connection.execute(select(projects.c.id, projects.c.name)).all():
        counts: Counter[str] = Counter()
        while len(found := _read_newly_known(database, connection, project)):
            counts += _store_anew(database, connection, project, found)
        known_now = RetryResult(counts["stored"], counts["again"], counts["rejected"])
        if counts:
            later = projects.c.generation + 1
            connection.execute(update(projects).where(projects.c.id == project).values(generation=later))
            log.warning(
                "project %s: %s events have a name that is known now: %s count, %s came again, %s cannot be used",
                *(name, counts.total(), known_now.stored, known_now.duplicates, known_now.rejected),
            )
        tried = judge_by_new_rules(database, connection, project)
        if tried.stored or tried.duplicates:
            log.warning(
                "project %s: of the events that could not be used, %s are stored now, %s were known already, "
                "%s still cannot be used",
                *(name, tried.stored, tried.duplicates, tried.rejected),
            )
        if counts or tried.stored or tried.duplicates:
            found_out = JudgedAgain(datetime.now(UTC), known_now, tried)
            set_value(connection, project, _SETTING, asdict(found_out) | {"at": found_out.at.isoformat()})


def _read_newly_known(database: Database, connection: Connection, project: int) -> pa.Table:
    """Return some rows of `events` whose name is known now, although their key was made when it was not."""
    code = func.right(cast(events.c.key, Text), 1)
    query = rows.EVENTS.add_columns(*(events.c[name] for name in _ORIGINS)).where(
        events.c.project == project, events.c.event.in_(list(EVENTS)), code == f"{OTHER_CODE:x}"
    )
    return database.read(connection, query.order_by(events.c.received_at, events.c.key).limit(_ROWS_AT_A_TIME))


def _store_anew(database: Database, connection: Connection, project: int, before: pa.Table) -> Counter[str]:
    """Replace rows of `events` by what they are now, and return how many were stored, came again or were rejected."""
    assembly, rejected, left_out = _validate(rows.event_frame(before, project))
    good, again = (_make_rows(part, project, before) for part in assembly.event_table())
    known = pc.is_in(good["key"], value_set=database.rows_of(connection, good["key"])["key"])
    again = pa.concat_tables([again, good.filter(known)])
    with database.asking(connection, before["key"]):
        connection.execute(delete(events).where(events.c.project == project, rows.IS_ASKED))
    stored = database.insert(connection, events, good.filter(pc.invert(known)))
    if len(again):
        repeats.note_rows(database, connection, project, again)
    note_left_out(connection, project, left_out)
    if rejected:
        bad = rows.rows_of_rejected(rejected, project, datetime.now(UTC), **_origins(before))
        database.insert(connection, rejected_events, bad)
    return Counter(stored=stored, again=len(again), rejected=len(rejected))


def _validate(frame: Any) -> tuple[Assembly, list[Rejected], LeftOuts]:
    """Judge the events of a frame; `line` is a place in it, from 0."""
    lines = b"".join(to_ndjson(frame)).splitlines()
    places = np.arange(len(lines))
    raw = RawLines.from_events(lines, places, np.zeros(len(lines), np.int32))
    left_out = LeftOuts()
    assembly, rejected = validate_to_columns(
        [raw], Assumptions(), open_batches=False, note_left_out=lambda _, found: note(left_out, found)
    )
    return assembly, rejected, left_out


def _make_rows(found: pa.Table, project: int, before: pa.Table) -> pa.Table:
    """Return events in Arrow as rows of `events`, each as old as the row it was made of, for `unfiled.py` to file."""
    made = rows.event_rows(found, project, datetime.now(UTC), **_origins(before))
    changed = {
        "received_at": before["received_at"].take(found["line"]),
        "customer": pa.nulls(len(made), made["customer"].type),
    }
    for name, values in changed.items():
        made = made.set_column(made.column_names.index(name), name, values)
    return made


def _origins(before: pa.Table) -> dict[str, list[str | None]]:
    return {"write_keys": before["write_key"].to_pylist(), "import_ids": before["import_id"].to_pylist()}
