"""The follower: a project's stored events as they come, for as long as somebody looks at them."""

import logging
import threading
import time

import pandas as pd

from analytics.events.append import append
from analytics.events.validate import Validation
from analytics.facts.facts import Facts, Rules, build_facts
from analytics.facts.refresh import refresh
from analytics.live.dataset import Dataset
from analytics.live.snapshots import Snapshot, Snapshots
from analytics.store.database import StoreClosedError, StoreError
from analytics.store.event_store import EventStore
from analytics.store.projects import Project

_POLL_SECONDS = 1.0
_BETWEEN_CHANGES_SECONDS = 3.0
"""If events come all the time, the page is drawn again at most this often, so that it stays usable."""
_REST = 5
"""After a refresh, rest for this many times as long as it took."""
_FORGOTTEN_SECONDS = 60.0

log = logging.getLogger(__name__)


class Follower:
    """Follows a project's stored events: its latest dataset is kept up to date by a thread while it is looked at."""

    def __init__(self, store: EventStore, project: Project) -> None:
        self._store = store
        self._project = project
        self._snapshots = Snapshots(store, project.id)
        self._lock = threading.Lock()
        self._looked_at = 0.0
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._position = ""
        self._version = 0
        self._latest: Dataset | None = None
        self._rules = Rules()

    @property
    def version(self) -> int:
        """A number that grows with each change."""
        return self._version

    def look(self, rules: Rules | None = None) -> Dataset:
        """Return the latest dataset and follow new events; the facts are made under the `rules` that were given last.

        Raises:
            StoreError: if the store does not answer and no dataset is known yet.
        """
        self._looked_at = time.monotonic()
        latest = self._latest
        if latest and self._thread and rules in (None, latest.facts.rules):
            return latest  # newer events may be on their way
        with self._lock:
            self._rules = rules or self._rules
            if self._thread is None:
                if self._latest or not self._recall():
                    self._catch_up()
                self._thread = threading.Thread(target=self._follow, name="follower", daemon=True)
                self._thread.start()
            assert self._latest is not None  # noqa: S101  # it was recalled, or read
            if self._latest.facts.rules != self._rules:
                self._show(self._position, self._latest.events, build_facts(self._latest.events, self._rules))
            return self._latest

    def stop(self) -> None:
        """Stop following. It must be called before the process ends, as a thread inside the database would crash it."""
        self._stopped.set()
        if self._thread:
            self._thread.join()
        self._snapshots.stop()

    def _follow(self) -> None:
        rest = 0.0 if self._latest and self._latest.behind else _POLL_SECONDS
        while not self._stopped.wait(rest):
            began = time.monotonic()
            with self._lock:
                if began - self._looked_at > _FORGOTTEN_SECONDS:
                    self._thread = None
                    return
                known = self._version
                try:
                    self._catch_up()
                except StoreClosedError:
                    return
                except RuntimeError:
                    if threading.main_thread().is_alive():
                        raise
                    return  # the process ends, and lets no thread begin
                except StoreError as error:
                    log.warning("%s", error)
            at_least = _POLL_SECONDS if self._version == known else _BETWEEN_CHANGES_SECONDS
            rest = max(at_least, _REST * (time.monotonic() - began))

    def _recall(self) -> bool:
        """Show the latest snapshot and return whether there is one; adding the events since then can take seconds."""
        kept = self._snapshots.latest()
        if kept:
            behind = kept.position != self._store.position(self._project.id)
            self._show(kept.position, kept.events, kept.facts, behind=behind)
        return kept is not None

    def _catch_up(self) -> None:
        changes = self._store.events(self._project.id, self._position)
        if changes.everything or self._latest is None:
            self._show(changes.position, changes.events, build_facts(changes.events, self._rules))
        elif len(changes.events):
            events = append(self._latest.events, changes.events)
            self._show(changes.position, events, refresh(self._latest.facts, events))
        elif self._latest.behind:  # the events that came since are another project's
            self._show(changes.position, self._latest.events, self._latest.facts)
        else:
            self._position = changes.position

    def _show(self, position: str, events: pd.DataFrame, facts: Facts, *, behind: bool = False) -> None:
        self._position = position
        self._version += 1
        token = f"project {self._project.id} {self._version}"
        self._latest = Dataset(token, self._project.name, Validation(events, []), facts, live=True, behind=behind)
        self._snapshots.keep(Snapshot(position, events, facts))
