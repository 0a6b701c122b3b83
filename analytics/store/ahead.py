"""Events ahead of their time: they say that they happened after we had them, so the clock that said so is fast."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select

from analytics.store.tables import events

TOLERANCE = timedelta(minutes=1)
"""Clocks that differ by no more are left alone."""


@dataclass(frozen=True)
class Ahead:
    """Events of one name that are ahead of their time: how many, and by how much at most."""

    event: str
    count: int
    most: timedelta


def ahead_of_time(connection: Connection, project: int) -> list[Ahead]:
    """Return which events of a project are ahead by more than the tolerance, the commonest first; no test events."""
    c = events.c
    count = func.count()
    query = select(c.event, count, func.max(c.timestamp - c.received_at)).where(
        c.project == project, ~c.test, c.timestamp - c.received_at > TOLERANCE
    )
    return [Ahead(*row) for row in connection.execute(query.group_by(c.event).order_by(count.desc(), c.event))]
