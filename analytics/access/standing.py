"""Who stands behind a session: asked of the store again every two seconds, for all that are open at once.

While the store does not answer, those who were let in stay, and nobody new comes.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from analytics.store.database import Database, StoreError
from analytics.store.event_store import EventStore
from analytics.store.people import Person, load_people
from analytics.store.sign_ins import SignIns
from analytics.store.write_keys import digest_key

FRESH_SECONDS = 2.0
"""How old what is known of a session may be."""
_SEEN_SECONDS = 60.0
"""How often it is noted that somebody does something."""
_FORGOTTEN_SECONDS = 600.0


@dataclass(frozen=True)
class Visitor:
    """Somebody with a session that stands."""

    digest: str
    person: Person


@dataclass
class _Known:
    visitor: Visitor | None
    asked_at: float
    seen_at: float = field(default=0.0)


class Standing:
    """The sessions that this process knows."""

    def __init__(self, store: Callable[[], EventStore], longest: timedelta, idle: timedelta) -> None:
        self._store = store
        self.longest = longest
        self._idle = idle
        self._known: dict[str, _Known] = {}
        self._open: Counter[str] = Counter()
        self._lock = Lock()

    def database(self) -> Database:
        """Return where people and sessions are kept.

        Raises:
            StoreError: where it cannot be opened.
        """
        return self._store().database

    def sessions(self) -> SignIns:
        """Return the sessions as they are kept."""
        return SignIns(self._store().database, self.longest, self._idle)

    def find(self, secret: str | None) -> Visitor | None:
        """Return who has the session of a cookie; None if it does not stand.

        Raises:
            StoreError: where the store has to be asked, and does not answer.
        """
        return self.find_digest(digest_key(secret)) if secret else None

    def find_digest(self, digest: str) -> Visitor | None:
        """Return who has a session; None if it does not stand.

        Raises:
            StoreError: as `find`.
        """
        with self._lock:
            known = self._known.get(digest)
            if known and time.monotonic() - known.asked_at < FRESH_SECONDS:
                return known.visitor
            asked = {digest, *self._open}
        try:
            self._ask(asked)
        except StoreError:
            if known is None or known.visitor is None:
                raise
            return known.visitor
        with self._lock:
            return self._known[digest].visitor

    def _ask(self, digests: set[str]) -> None:
        store, now = self._store(), time.monotonic()
        standing = {
            each.digest: each.person for each in SignIns(store.database, self.longest, self._idle).standing(digests)
        }
        people: dict[str, Person] = {}
        if standing:
            with store.database.reading() as connection:
                people = {person.id: person for person in load_people(connection, set(standing.values()))}
        with self._lock:
            for digest in digests:
                person = people.get(standing.get(digest, ""))
                seen_at = self._known[digest].seen_at if digest in self._known else 0.0
                self._known[digest] = _Known(Visitor(digest, person) if person else None, now, seen_at)
            for digest in [each for each, known in self._known.items() if now - known.asked_at > _FORGOTTEN_SECONDS]:
                del self._known[digest]

    def forget(self, digest: str) -> None:
        """Ask the store again about a session that was just ended."""
        with self._lock:
            self._known.pop(digest, None)

    def open(self, digest: str) -> None:
        """Note that something is open under a session, such as a page."""
        with self._lock:
            self._open[digest] += 1

    def close(self, digest: str) -> None:
        """Note that it is closed."""
        with self._lock:
            self._open[digest] -= 1
            if not self._open[digest]:
                del self._open[digest]

    def is_to_note(self, digest: str) -> bool:
        """Return whether the store should be told that the person does something: once a minute."""
        with self._lock:
            known, now = self._known.get(digest), time.monotonic()
            if known is None or now - known.seen_at < _SEEN_SECONDS:
                return False
            known.seen_at = now
            return True
