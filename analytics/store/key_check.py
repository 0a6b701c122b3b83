"""The check of stored events: whether each reads as an event, and has the key that is made of what it says."""

from collections.abc import Iterator
from uuid import UUID

import numpy as np
import pyarrow as pa

from analytics.events.export import to_ndjson
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.store.event_store import EventStore
from analytics.store.rows import EVENTS, event_frame
from analytics.store.survey import reading
from analytics.store.tables import events

ROWS_AT_A_TIME = 50_000
_ALL_KEYS = 2**128


def read_part(store: EventStore, project: int, part: int, parts: int) -> pa.Table:
    """Return the rows of a project (see `rows.EVENTS`) that are in one of so many parts, from 0, by their keys.

    Keys are spread evenly, so parts are about equal, and none is long read while others write.

    Raises:
        StoreError: if they cannot be read; the message says which.
    """
    first, end = (UUID(int=min(_ALL_KEYS * each // parts, _ALL_KEYS - 1)) for each in (part, part + 1))
    below = events.c.key < end if part + 1 < parts else events.c.key <= end
    with reading(store, f"Part {part + 1} of {parts} of the events") as connection:
        chosen = EVENTS.where(events.c.project == project, events.c.key >= first, below)
        return store.database.read(connection, chosen)


def find_odd_events(rows: pa.Table, project: int) -> Iterator[str]:
    """Yield a sentence for each row that does not read as an event, or has not the key that it makes."""
    keys = rows["key"]
    try:
        frame = event_frame(rows, project)
        found = validate([RawLines.from_text(b"".join(to_ndjson(frame)))], open_batches=False)
    except (ValueError, TypeError, ArithmeticError) as error:  # texts that are none, times that cannot be
        yield f"events: among {len(rows):,}, one of which has the key {keys[0]}, some cannot be written: {error}."
        return
    for event in found.rejected:
        yield f"events: key {keys[event.line - 1]} does not read as an event: {event.problem.message}"
    places = found.events["line"].to_numpy() - 1
    mine = frame.iloc[places]
    same = [found.events[half].to_numpy() == mine[half].to_numpy() for half in ("key_high", "key_low")]
    odd = places[~np.logical_and(*same)]
    again = np.setdiff1d(np.arange(len(frame)), [*places, *(event.line - 1 for event in found.rejected)])
    for place in (*odd, *again):
        yield f"events: key {keys[int(place)]} is not the key of what the event says."
