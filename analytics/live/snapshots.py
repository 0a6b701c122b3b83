"""Snapshots: the events and facts of a project, kept beside the store as they lie in memory.

Reading ten million events and making their facts takes a quarter of a minute; mapping a snapshot takes almost no time.
Events that came since are then added. A snapshot is valid if exactly this code made it, and if the store has the same
events up to its position. The store removes it when it deletes events. Any doubt drops it, and the store is read.
"""

import hashlib
import hmac
import json
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
from analytics.live import arrow_file
from analytics.live.arrow_file import Arrays
from analytics.live.packing import pack, unpack
from analytics.store.copies import unfinished_path
from analytics.store.database import StoreError
from analytics.store.event_store import EventStore
from analytics.store.secret import load_secret

LEAST_EVENTS = 500_000
"""With fewer events no snapshot is kept: reading them from the store takes less than a second."""
_CHANGED_SHARE = 0.01
_SECONDS_BETWEEN = 3_600.0
"""A new snapshot is made once this share of the events is new, and at most once in this time."""
_BYTES_AN_EVENT = 400
_ROOM_FOR_SNAPSHOTS = 4
"""There must be room for four snapshots on the disk: new events need the space more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """The event frame, links and facts of a project at a position of its store."""

    position: str
    events: pd.DataFrame
    links: pd.DataFrame
    facts: Facts


class Snapshots:
    """The latest snapshot of a project. Its user must call `stop` before the process ends."""

    def __init__(self, store: EventStore, project: int) -> None:
        self._store = store
        self._project = project
        self._path = store.copy_of(project)
        self._size = 0
        self._due = 0.0
        self._writing: threading.Thread | None = None

    def latest(self) -> Snapshot | None:
        """Return the latest snapshot; None if there is no valid one.

        Raises:
            StoreError: where the store does not answer.
        """
        if not self._path or not self._path.exists():
            return None
        try:
            kept = arrow_file.read(self._path)
            if not kept:
                log.warning("%s is damaged, and removed: it is a copy of stored events, made anew", self._path.name)
                self._path.unlink(missing_ok=True)
                return None
        except OSError as error:
            log.warning("the copy of stored events cannot be read: %s", error)
            return None
        about = json.loads(kept.about)
        if about["key"] != self._key():
            return None
        snapshot = unpack(Snapshot, about["snapshot"], kept.arrays)
        if about["seen"] != self._seen(snapshot.position):
            return None
        self._note(snapshot)
        return snapshot

    def keep(self, snapshot: Snapshot) -> None:
        """Keep the latest snapshot in a thread of its own, if it is large enough and due."""
        size = len(snapshot.events)
        if not self._path or size < LEAST_EVENTS or (self._writing and self._writing.is_alive()):
            return
        if self._size <= size < self._size * (1 + _CHANGED_SHARE) or (
            size > self._size and time.monotonic() < self._due
        ):
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
            if shutil.disk_usage(path.parent).free < _ROOM_FOR_SNAPSHOTS * _BYTES_AN_EVENT * len(snapshot.events):
                log.warning("no copy of stored events is kept: the disk has little room")
                return
            seen = self._seen(snapshot.position)
            described, arrays = pack(snapshot)
            about = {"key": self._key(), "seen": seen, "snapshot": described}
            arrow_file.write(path, unfinished_path(path), Arrays(json.dumps(about), arrays))
            if seen != self._seen(snapshot.position):
                path.unlink(missing_ok=True)  # events were deleted meanwhile
        except (OSError, StoreError) as error:
            log.warning("no copy of stored events is kept: %s", error)

    def _seen(self, position: str) -> str:
        return str(self._store.count_up_to(self._project, position))

    def _key(self) -> str:
        """Return what only this code makes of this store."""
        return hmac.new(load_secret(self._store.settings), _hash_code(), hashlib.sha256).hexdigest()


@cache
def _hash_code() -> bytes:
    """Return a hash of the code that makes what a snapshot holds."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in ("numpy", "pandas", "pyarrow"):
        digest.update(version(name).encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
