"""Arrivals: the events that one write key has brought since a moment."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import select

from analytics.store.event_store import EventStore
from analytics.store.rows import EVENTS, event_frame
from analytics.store.tables import events, rejected_events
from analytics.store.write_keys import WriteKey

MOST_ARRIVALS = 1_000
"""At most this many of the newest events are returned."""


@dataclass(frozen=True)
class Moment:
    """A moment of a store: its position, and the time."""

    position: str
    at: datetime


@dataclass(frozen=True)
class Arrivals:
    """The events that came as an event frame, newest first, and the code, field and message of each rejected event."""

    events: pd.DataFrame
    rejected: list[tuple[str, str, str]]


def this_moment(store: EventStore) -> Moment:
    """Return the present moment.

    Raises:
        StoreUnavailableError: where the store does not answer.
    """
    with store.database.reading() as connection:
        return Moment(store.database.position(connection), datetime.now(UTC))


def find_arrivals(store: EventStore, key: WriteKey, since: Moment) -> Arrivals:
    """Return the events that a key has brought since a moment.

    Raises:
        StoreUnavailableError: where the store does not answer.
    """
    database = store.database
    came = (
        EVENTS.where(events.c.write_key == key.id, events.c.project == key.project, database.since(since.position))
        .order_by(events.c.received_at.desc(), events.c.timestamp.desc())
        .limit(MOST_ARRIVALS)
    )
    bad = rejected_events.c
    refused = (
        select(bad.code, bad.field, bad.message)
        .where(bad.write_key == key.id, bad.project == key.project, bad.received_at >= since.at)
        .limit(MOST_ARRIVALS)
    )
    with database.reading() as connection:
        frame = event_frame(database.read(connection, came), key.project)
        return Arrivals(frame, [(code, field, message) for code, field, message in connection.execute(refused)])
