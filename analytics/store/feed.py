"""The feed: which events came after a position, each once, in whatever order writers commit and whatever is restored.

A position names the deletions of the project, the era of the database, and the place among its commits:
`generation era@place`. What was read before another generation or era is out of date.
"""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, func, not_, select

from analytics.store.customers import LINKS, links_frame
from analytics.store.database import Database
from analytics.store.rows import EVENTS, event_frame
from analytics.store.tables import events, links, projects


@dataclass(frozen=True)
class Changes:
    """Events (an event frame) that came after a position, and the position from which to ask next.

    `links` came after it, too: they say of ids that they are one customer's (see `analytics.events.customers`).
    `everything` says that these are all events of the project: what a reader has kept is out of date.
    """

    events: pd.DataFrame
    links: pd.DataFrame
    position: str
    everything: bool


def read_changes(database: Database, project: int, position: str | None) -> Changes:
    """Return the events and links of a project: those after `position`, or all."""
    known, place = _split(position or "")
    of_project, its_links = EVENTS.where(events.c.project == project), LINKS.where(links.c.project == project)
    with database.reading() as connection:
        now = position_now(database, connection, project)
        if known == _split(now)[0]:
            rows = database.read(connection, of_project.where(database.since(place)))
            newer = database.read(connection, its_links.where(database.since(place, links)))
            return Changes(event_frame(rows, project), links_frame(newer), now, everything=False)
    database.settle_restored()
    with database.reading() as connection:
        now = position_now(database, connection, project)
        rows, known_links = database.read(connection, of_project), database.read(connection, its_links)
        return Changes(event_frame(rows, project), links_frame(known_links), now, everything=True)


def position_now(database: Database, connection: Connection, project: int) -> str:
    """Return the position after all events of a project that a transaction sees."""
    generation = connection.scalar(select(projects.c.generation).where(projects.c.id == project)) or 0
    return f"{generation} {database.era(connection)}@{database.position(connection)}"


def count_up_to(database: Database, project: int, position: str) -> tuple[int, datetime | None, int]:
    """Return how many events a project has up to a position, when the last of them arrived, and how many links."""
    place = _split(position)[1]
    with database.reading() as connection:
        found = select(func.count(), func.max(events.c.received_at))
        found = found.where(events.c.project == project, not_(database.since(place)))
        count, latest = connection.execute(found).one()
        of_links = select(func.count()).where(links.c.project == project, not_(database.since(place, links)))
        return count, latest, connection.scalar(of_links) or 0


def _split(position: str) -> tuple[str, str]:
    """Return what a position belongs to, and its place."""
    known, _, place = position.partition("@")
    return known, place
