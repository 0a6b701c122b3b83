"""Sessions of people who signed in. Only the digest of the cookie that proves one is kept."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from analytics.store.audit import Actor, What, acting, note
from analytics.store.database import Database
from analytics.store.tables import people, sign_ins
from analytics.store.write_keys import digest_key

_KEPT = timedelta(days=30)
"""How long ended sessions stay, so that they can be looked at."""


@dataclass(frozen=True)
class SignIn:
    """A session: whose it is, when it began, and when the person last did something."""

    digest: str
    person: str
    began_at: datetime
    last_seen_at: datetime


class SignIns:
    """The sessions of everybody. One ends `longest` after it began, and `idle` after the person last did something."""

    def __init__(self, database: Database, longest: timedelta, idle: timedelta) -> None:
        self._database = database
        self._longest = longest
        self._idle = idle

    def begin(self, person: str, from_where: str) -> str:
        """Return the secret of a new session, which only the person's browser keeps."""
        secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
        with self._database.writing() as connection:
            connection.execute(delete(sign_ins).where(sign_ins.c.began_at < now - self._longest - _KEPT))
            connection.execute(
                insert(sign_ins).values(digest=digest_key(secret), person=person, began_at=now, last_seen_at=now)
            )
            with acting(Actor(person, from_where)):
                note(connection, What.SIGNED_IN)
        return secret

    def standing(self, digests: Iterable[str]) -> list[SignIn]:
        """Return those of some sessions that still stand: not ended, not too old, and of nobody who is blocked."""
        now = datetime.now(UTC)
        query = (
            select(sign_ins.c.digest, sign_ins.c.person, sign_ins.c.began_at, sign_ins.c.last_seen_at)
            .join(people, people.c.id == sign_ins.c.person)
            .where(
                sign_ins.c.digest.in_(list(digests)),
                sign_ins.c.ended_at.is_(None),
                sign_ins.c.began_at > now - self._longest,
                sign_ins.c.last_seen_at > now - self._idle,
                people.c.blocked_at.is_(None),
            )
        )
        with self._database.reading() as connection:
            return [SignIn(*row) for row in connection.execute(query)]

    def note_seen(self, digests: Iterable[str]) -> None:
        """Note that the people of some sessions did something now."""
        own = sign_ins.c.digest.in_(list(digests))
        with self._database.writing() as connection:
            connection.execute(update(sign_ins).where(own).values(last_seen_at=datetime.now(UTC)))

    def end(self, digest: str, from_where: str) -> None:
        """End a session at once, as its person asks; one that has ended stays so."""
        own = sign_ins.c.digest == digest, sign_ins.c.ended_at.is_(None)
        with self._database.writing() as connection:
            person = connection.scalar(select(sign_ins.c.person).where(*own))
            if person is None:
                return
            connection.execute(update(sign_ins).where(*own).values(ended_at=datetime.now(UTC)))
            with acting(Actor(person, from_where)):
                note(connection, What.SIGNED_OUT)


def end_all_of(connection: Connection, person: str) -> int:
    """End all sessions of a person at once, and return how many there were."""
    own = sign_ins.c.person == person, sign_ins.c.ended_at.is_(None)
    return connection.execute(update(sign_ins).where(*own).values(ended_at=datetime.now(UTC))).rowcount
