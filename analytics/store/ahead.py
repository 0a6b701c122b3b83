"""Events ahead of their time: their timestamp is later than their arrival, so the sender's clock is fast."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select

from analytics.store.tables import events

TOLERANCE = timedelta(minutes=1)
"""Clocks that differ by no more than this are not reported."""


@dataclass(frozen=True)
class EventsAhead:
    """Events of one name that are ahead of their time: their number, and the largest difference."""

    event: str
    count: int
    most: timedelta


def find_ahead_of_time(connection: Connection, project: int) -> list[EventsAhead]:
    """Return which events of a project, without tests, are ahead by more than the tolerance, commonest first."""
    c = events.c
    count = func.count()
    query = select(c.event, count, func.max(c.timestamp - c.received_at)).where(
        c.project == project, ~c.test, c.timestamp - c.received_at > TOLERANCE
    )
    return [EventsAhead(*row) for row in connection.execute(query.group_by(c.event).order_by(count.desc(), c.event))]
