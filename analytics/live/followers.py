"""The followers of this process: one for each project that somebody looks at, shared by all who do."""

import atexit
import threading
from functools import cache

from analytics.live.dataset import Dataset
from analytics.live.follower import Follower
from analytics.store.event_store import EventStore
from analytics.store.projects import Project

STANDS_STILL = "follower"
"""The warning that some numbers stand still."""


class Followers:
    """Followers by store and project. They are made on demand and stay until the process ends."""

    def __init__(self) -> None:
        self._known: dict[tuple[EventStore, int], Follower] = {}
        self._lock = threading.Lock()

    def of(self, store: EventStore, project: Project) -> Follower:
        """Return the one follower of a project.

        It is stopped when the process ends, before the store is closed: a thread inside the database would crash it.
        """
        with self._lock:
            found = self._known.get((store, project.id))
            if found is None:
                found = self._known[store, project.id] = Follower(store, project)
                atexit.register(found.stop)
            return found

    def have_as_latest(self, dataset: Dataset) -> bool:
        """Return whether a live dataset is the latest of its project."""
        return any(follower.latest is dataset for follower in list(self._known.values()))

    def warnings(self) -> list[str]:
        """Return what does not work: `STANDS_STILL` where a follower cannot read the latest events."""
        return [STANDS_STILL] if any(follower.trouble for follower in list(self._known.values())) else []

    def lag_seconds(self) -> float | None:
        """Return how long ago the slowest of them read what is new; None while nobody looks."""
        lags = [follower.lag_seconds for follower in list(self._known.values())]
        return max((lag for lag in lags if lag is not None), default=None)


@cache
def followers() -> Followers:
    """Return the followers of this process."""
    return Followers()
