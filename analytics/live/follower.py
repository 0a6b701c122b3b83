"""The follower: a project's stored events as they come, for as long as somebody looks at them."""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pandas as pd

from analytics.events.append import append, leave_out_known
from analytics.events.customers import join_links, no_links
from analytics.events.validate import Validation
from analytics.facts.facts import Facts, build_facts
from analytics.facts.refresh import refresh, remake
from analytics.facts.rules import Rules
from analytics.live.dataset import Dataset
from analytics.live.rules import keep_start_mode
from analytics.live.snapshots import Snapshot, Snapshots
from analytics.store.database import StoreClosedError, StoreError
from analytics.store.event_store import EventStore
from analytics.store.feed import Changes
from analytics.store.projects import Project

_POLL_SECONDS = 1.0
_BETWEEN_CHANGES_SECONDS = 3.0
"""If events come all the time, the page is drawn again at most this often, so that it stays usable."""
_REST = 5
"""After a refresh, rest for this many times as long as it took."""
_LONGEST_PAUSE_SECONDS = 2.0
"""While reading fails, it is tried again after pauses that grow up to this."""
_TOO_LONG = timedelta(seconds=8)
"""A store that takes longer to say what is new has stopped answering; reading everything takes its time."""
_FORGOTTEN_SECONDS = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trouble:
    """Since when the latest events cannot be read, and why, in a sentence."""

    since: datetime
    reason: str


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
        self._links = no_links()
        self._rules = Rules()
        self._start_mode_of = 0
        self._read_at = time.monotonic()
        self._asking_since: datetime | None = None
        self._failing: Trouble | None = None

    @property
    def version(self) -> int:
        """A number that grows with each change."""
        return self._version

    @property
    def latest(self) -> Dataset | None:
        """The latest dataset that is known; None before the first look."""
        return self._latest

    @property
    def lag_seconds(self) -> float | None:
        """How long ago it last read what is new; None while nobody looks."""
        return time.monotonic() - self._read_at if self._thread and self._latest else None

    @property
    def trouble(self) -> Trouble | None:
        """Since when the dataset stands still, and why; None while it follows what is stored."""
        asking = self._asking_since
        if asking and self._latest and datetime.now(UTC) - asking > _TOO_LONG:
            return self._failing or Trouble(asking, "The event store does not answer.")
        return self._failing

    @property
    def has_room(self) -> bool:
        """Whether the store can keep more events."""
        return self._store.database.has_room

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
                self._begin()
                self._thread = threading.Thread(target=self._follow, name="follower", daemon=True)
                self._thread.start()
            assert self._latest is not None  # noqa: S101  # it was recalled, or read
            if self._latest.facts.rules != self._rules:
                events, links = self._latest.events, self._links
                self._show(self._position, events, links, remake(self._latest.facts, events, self._rules, links))
            return self._latest

    def stop(self) -> None:
        """Stop following. It must be called before the process ends, as a thread inside the database would crash it."""
        self._stopped.set()
        if self._thread:
            self._thread.join()
        self._snapshots.stop()

    def _begin(self) -> None:
        try:
            if self._latest or not self._recall():
                self._catch_up()
        except StoreError as error:
            if self._latest is None:
                raise
            self._note_failure(error)

    def _follow(self) -> None:
        rest = 0.0 if self._latest and self._latest.behind else _POLL_SECONDS
        pause = 0.0
        while not self._stopped.wait(pause or rest):
            began = time.monotonic()
            with self._lock:
                if began - self._looked_at > _FORGOTTEN_SECONDS:
                    self._thread = self._failing = None
                    return
                known = self._version
                try:
                    self._catch_up()
                    self._keep_start_mode()
                except StoreClosedError:
                    return
                except Exception as error:  # noqa: BLE001  # it must not be the last that is heard
                    if not threading.main_thread().is_alive():
                        return  # the process ends, and lets no thread begin
                    self._note_failure(error)
                    pause = min(max(_POLL_SECONDS, 2 * pause), _LONGEST_PAUSE_SECONDS)
                    continue
            self._failing, pause = None, 0.0
            at_least = _POLL_SECONDS if self._version == known else _BETWEEN_CHANGES_SECONDS
            rest = max(at_least, _REST * (time.monotonic() - began))

    def _note_failure(self, error: Exception) -> None:
        """Log the first of several failures in a row, with its traceback where nobody expects it."""
        if self._failing is None:
            expected = isinstance(error, StoreError)
            log.warning("The latest events cannot be read: %s", error, exc_info=None if expected else error)
            self._failing = Trouble(datetime.now(UTC), str(error) if expected else "They cannot be read: see the log.")

    def _recall(self) -> bool:
        """Show the latest snapshot and return whether there is one; adding the events since then can take seconds."""
        kept = self._snapshots.latest()
        if kept:
            behind = kept.position != self._store.position(self._project.id)
            self._show(kept.position, kept.events, kept.links, kept.facts, behind=behind)
        return kept is not None

    def _catch_up(self) -> None:
        changes = self._ask()
        if changes.everything or self._latest is None:
            facts = build_facts(changes.events, self._rules, changes.links)
            self._show(changes.position, changes.events, changes.links, facts)
            return
        events, newer = self._latest.events, leave_out_known(self._latest.events, changes.events)
        links = join_links(self._links, changes.links)
        if len(newer) or len(links) > len(self._links):
            events = append(events, newer)
            self._show(changes.position, events, links, refresh(self._latest.facts, events, links))
        elif self._latest.behind:  # what came since is another project's
            self._show(changes.position, events, links, self._latest.facts)
        else:
            self._position = changes.position

    def _keep_start_mode(self) -> None:
        """Have the project keep who answers first, once its events are enough to find it."""
        if self._latest and self._start_mode_of != self._version:
            keep_start_mode(self._store.settings, self._project.id, self._latest.facts)
            self._start_mode_of = self._version

    def _ask(self) -> Changes:
        self._asking_since = datetime.now(UTC)
        try:
            changes = self._store.events(self._project.id, self._position)
        finally:
            self._asking_since = None
        self._read_at = time.monotonic()
        return changes

    def _show(
        self, position: str, events: pd.DataFrame, links: pd.DataFrame, facts: Facts, *, behind: bool = False
    ) -> None:
        self._position, self._links = position, links
        self._version += 1
        token = f"project {self._project.id} {self._version}"
        found = Validation(events, [], links=links)
        self._latest = Dataset(token, self._project.name, found, facts, live=True, behind=behind)
        self._snapshots.keep(Snapshot(position, events, links, facts))
