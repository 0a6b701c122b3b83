"""The feed: which events came after a position, each once, in whatever order writers commit and whatever is restored.

A position names the deletions of the project, the era of the database, and the place among its commits:
`generation era@place`. What was read before another generation or era is out of date.
"""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, func, not_, select

from analytics.store.database import Database
from analytics.store.rows import EVENTS, event_frame
from analytics.store.tables import events, projects


@dataclass(frozen=True)
class Changes:
    """Events (an event frame) that came after a position, and the position from which to ask next.

    `everything` says that these are all events of the project: what a reader has kept is out of date.
    """

    events: pd.DataFrame
    position: str
    everything: bool


def read_changes(database: Database, project: int, position: str | None) -> Changes:
    """Return the events of a project: those after `position`, or all."""
    known, place = _split(position or "")
    of_project = EVENTS.where(events.c.project == project)
    with database.reading() as connection:
        now = position_now(database, connection, project)
        if known == _split(now)[0]:
            rows = database.read(connection, of_project.where(database.since(place)))
            return Changes(event_frame(rows, project), now, everything=False)
    database.settle_restored()
    with database.reading() as connection:
        now = position_now(database, connection, project)
        return Changes(event_frame(database.read(connection, of_project), project), now, everything=True)


def position_now(database: Database, connection: Connection, project: int) -> str:
    """Return the position after all events of a project that a transaction sees."""
    generation = connection.scalar(select(projects.c.generation).where(projects.c.id == project)) or 0
    return f"{generation} {database.era(connection)}@{database.position(connection)}"


def count_up_to(database: Database, project: int, position: str) -> tuple[int, datetime | None]:
    """Return how many events a project has up to a position, and when the last of them arrived."""
    before = not_(database.since(_split(position)[1]))
    with database.reading() as connection:
        found = select(func.count(), func.max(events.c.received_at)).where(events.c.project == project, before)
        count, latest = connection.execute(found).one()
    return count, latest


def _split(position: str) -> tuple[str, str]:
    """Return what a position belongs to, and its place."""
    known, _, place = position.partition("@")
    return known, place
