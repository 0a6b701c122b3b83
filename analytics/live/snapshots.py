"""Snapshots: the events and facts of a project, kept beside the store as they lie in memory.

To read ten million events and make their facts takes a quarter of a minute, to map a snapshot of them next to nothing;
what came since is then added. One holds if this very code made it, and if the store has the same events up to its
position. The store removes it when it deletes events.
"""

import hashlib
import logging
import platform
import shutil
import threading
import time
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analytics.facts.facts import Facts
from analytics.live import mapped
from analytics.store.database import StoreError
from analytics.store.event_store import EventStore
from analytics.store.secret import secret

AT_LEAST = 500_000
"""Fewer events are read from the store within a second."""
_CHANGED = 0.01
_SECONDS_BETWEEN = 3_600.0
"""A snapshot is made anew when one in so many events is new, and not more often."""
_BYTES_AN_EVENT = 400
_ROOM = 4
"""Four of them must have room on the disk, which is first of all for the events to come."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """The event frame and facts of a project at a position of its store."""

    position: str
    events: pd.DataFrame
    facts: Facts


class Snapshots:
    """The latest snapshot of a project. Whoever uses it stops it before the process ends."""

    def __init__(self, store: EventStore, project: int) -> None:
        self._store = store
        self._project = project
        self._path = store.copy_of(project)
        self._size = 0
        self._due = 0.0
        self._writing: threading.Thread | None = None

    def latest(self) -> Snapshot | None:
        """Return the latest snapshot; None where there is none that holds.

        Raises:
            StoreError: where the store does not answer.
        """
        if not self._path or not self._path.exists():
            return None
        try:
            kept: tuple[Snapshot, object] | None = mapped.read(self._path, self._key())
        except OSError as error:
            log.warning("the copy of stored events cannot be read: %s", error)
            return None
        if not kept or kept[1] != self._store.seen(self._project, kept[0].position):
            return None
        self._note(kept[0])
        return kept[0]

    def keep(self, snapshot: Snapshot) -> None:
        """Keep what is the latest now, in a thread of its own, where that is worth it and due."""
        size = len(snapshot.events)
        if not self._path or size < AT_LEAST or (self._writing and self._writing.is_alive()):
            return
        if self._size <= size < self._size * (1 + _CHANGED) or (size > self._size and time.monotonic() < self._due):
            return
        self._note(snapshot)
        self._writing = threading.Thread(target=self._write, args=(snapshot, self._path), name="snapshot")
        self._writing.start()

    def stop(self) -> None:
        """Wait until nothing is being written."""
        if self._writing:
            self._writing.join()

    def _note(self, snapshot: Snapshot) -> None:
        self._size, self._due = len(snapshot.events), time.monotonic() + _SECONDS_BETWEEN

    def _write(self, snapshot: Snapshot, path: Path) -> None:
        try:
            if shutil.disk_usage(path.parent).free < _ROOM * _BYTES_AN_EVENT * len(snapshot.events):
                log.warning("no copy of stored events is kept: the disk has little room")
                return
            seen = self._store.seen(self._project, snapshot.position)
            mapped.write(path, (snapshot, seen), self._key())
            if seen != self._store.seen(self._project, snapshot.position):
                path.unlink(missing_ok=True)  # events were deleted meanwhile
        except (OSError, StoreError) as error:
            log.warning("no copy of stored events is kept: %s", error)

    def _key(self) -> bytes:
        return secret(self._store.settings) + _made_by()


@cache
def _made_by() -> bytes:
    """Return a hash of the code that makes what a snapshot holds."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in ("numpy", "pandas", "pyarrow"):
        digest.update(version(name).encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
