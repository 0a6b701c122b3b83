"""People: who may sign in, and which role each has in which project.

Somebody is known by e-mail address until they first sign in, and by issuer and subject from then on: an address may
come to belong to another.
"""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Select, delete, insert, select, update

from analytics.store.audit import What, demand, note
from analytics.store.database import Database, StoreError
from analytics.store.given_names import check_name
from analytics.store.projects import find_or_make_project
from analytics.store.sign_ins import end_all_of
from analytics.store.tables import people, projects, roles

ROLES = ("viewer", "analyst", "operator", "admin")
"""Each may do what those before it may, and more."""

_EMAIL = re.compile(r"[^@\s\0]{1,64}@[^@\s\0]{1,190}")


@dataclass(frozen=True)
class Grant:
    """What a person may do in a project, and whether they see phones and names in full there."""

    project: int
    project_name: str
    role: str
    sees_in_full: bool


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in; without grants they see nothing."""

    id: str
    email: str
    issuer: str | None
    subject: str | None
    known_since: datetime
    blocked_at: datetime | None
    grants: tuple[Grant, ...] = ()

    def grant_in(self, project: int) -> Grant | None:
        """Return what the person may do in a project; None if nothing."""
        return next((grant for grant in self.grants if grant.project == project), None)


class NobodyError(StoreError):
    """There is no person of an e-mail address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"Nobody is known as {email}: `analytics people list` shows everybody.")


class People:
    """Everybody who may sign in to the dashboard of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def grant(self, email: str, role: str, project: str, *, sees_in_full: bool = False) -> Person:
        """Give somebody a role in a project, in place of what they had there. Who or what is not there is made.

        Raises:
            StoreError: where the e-mail address, the role or the name of the project cannot be.
        """
        email = check_email(email)
        if role not in ROLES:
            raise StoreError(f"There is no role {role!r}; there are {', '.join(ROLES)}.")
        if not check_name(project).strip():
            raise StoreError("A role needs a project.")
        with self._database.writing() as connection:
            person = _find_or_add(connection, email)
            number = find_or_make_project(connection, project.strip())
            before = connection.execute(_role_in(person, number)).first()
            connection.execute(delete(roles).where(roles.c.person == person, roles.c.project == number))
            connection.execute(
                insert(roles).values(person=person, project=number, role=role, sees_in_full=sees_in_full)
            )
            had = {"had": before.role, "saw_in_full": before.sees_in_full} if before else {}
            note(connection, What.ROLE_GIVEN, number, person=person, role=role, sees_in_full=sees_in_full, **had)
            return _one(connection, person)

    def withdraw(self, email: str, project: int) -> None:
        """Take somebody's role in a project.

        Raises:
            StoreError: where there is no such person, or they have none there.
        """
        with self._database.writing() as connection:
            person = _find(connection, email)
            before = connection.execute(_role_in(person, project)).first()
            if before is None:
                raise StoreError(f"{email} has no role in that project.")
            connection.execute(delete(roles).where(roles.c.person == person, roles.c.project == project))
            note(connection, What.ROLE_TAKEN, project, person=person, had=before.role)

    def block(self, email: str) -> None:
        """Sign somebody out everywhere and keep them out.

        Raises:
            StoreError: where there is no such person.
        """
        with self._database.writing() as connection:
            person = _find_to(connection, What.BLOCKED, email)
            connection.execute(update(people).where(people.c.id == person).values(blocked_at=datetime.now(UTC)))
            note(connection, What.BLOCKED, person=person, sessions=end_all_of(connection, person))

    def unblock(self, email: str) -> None:
        """Let somebody in again who was blocked.

        Raises:
            StoreError: where there is no such person.
        """
        with self._database.writing() as connection:
            person = _find_to(connection, What.UNBLOCKED, email)
            connection.execute(update(people).where(people.c.id == person).values(blocked_at=None))
            note(connection, What.UNBLOCKED, person=person)

    def unbind(self, email: str) -> None:
        """Let whoever next signs in with an e-mail address be the person: it belongs to another account now.

        Raises:
            StoreError: where there is no such person.
        """
        with self._database.writing() as connection:
            person = _find_to(connection, What.UNBOUND, email)
            connection.execute(update(people).where(people.c.id == person).values(issuer=None, subject=None))
            note(connection, What.UNBOUND, person=person, sessions=end_all_of(connection, person))

    def sign_out(self, email: str) -> int:
        """End all sessions of somebody at once, and return how many there were.

        Raises:
            StoreError: where there is no such person.
        """
        with self._database.writing() as connection:
            person = _find_to(connection, What.ENDED, email)
            count = end_all_of(connection, person)
            note(connection, What.ENDED, person=person, sessions=count)
            return count

    def all(self) -> list[Person]:
        """Return everybody, by e-mail address."""
        with self._database.reading() as connection:
            return load_people(connection)

    def identify(self, issuer: str, subject: str, email: str) -> Person | None:
        """Return who signs in: whom issuer and subject name, else who was given a role by the e-mail address.

        That the address is the person's must have been verified. None where nobody gave them a role, and where the
        address is that of somebody else, who signed in with it before.
        """
        with self._database.writing() as connection:
            own = people.c.issuer == issuer, people.c.subject == subject
            known = connection.scalar(select(people.c.id).where(*own))
            if known is None:
                new = people.c.email == email.strip().lower(), people.c.subject.is_(None)
                known = connection.scalar(select(people.c.id).where(*new))
                if known is None:
                    return None
                bind = update(people).where(people.c.id == known).values(issuer=issuer, subject=subject)
                connection.execute(bind)
            return _one(connection, known)


def check_email(email: str) -> str:
    """Return an e-mail address as it is kept.

    Raises:
        StoreError: where it is none.
    """
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise StoreError(f"{email!r} is no e-mail address.")
    return email


def load_people(connection: Connection, ids: set[str] | None = None) -> list[Person]:
    """Return everybody, or those of some ids, by e-mail address."""
    granted: dict[str, list[Grant]] = {}
    rights = select(roles.c.person, roles.c.project, projects.c.name, roles.c.role, roles.c.sees_in_full)
    for person, *grant in connection.execute(
        rights.join(projects, projects.c.id == roles.c.project).order_by(projects.c.name)
    ):
        granted.setdefault(person, []).append(Grant(*grant))
    query = select(people).order_by(people.c.email)
    rows = connection.execute(query if ids is None else query.where(people.c.id.in_(ids)))
    return [replace(Person(*row), grants=tuple(granted.get(row.id, ()))) for row in rows]


def _find_or_add(connection: Connection, email: str) -> str:
    known = connection.scalar(select(people.c.id).where(people.c.email == email))
    if known is None:
        known = secrets.token_hex(4)
        connection.execute(insert(people).values(id=known, email=email, known_since=datetime.now(UTC)))
    return str(known)


def _find(connection: Connection, email: str) -> str:
    known = connection.scalar(select(people.c.id).where(people.c.email == email.strip().lower()))
    if known is None:
        raise NobodyError(email)
    return str(known)


def _find_to(connection: Connection, what: What, email: str) -> str:
    """Return the id of a person for what touches them in all projects: who does it must be let to in each."""
    person = _find(connection, email)
    for project in connection.scalars(select(roles.c.project).where(roles.c.person == person)).all():
        demand(what, project)
    return person


def _role_in(person: str, project: int) -> Select[tuple[str, bool]]:
    return select(roles.c.role, roles.c.sees_in_full).where(roles.c.person == person, roles.c.project == project)


def _one(connection: Connection, person: str) -> Person:
    return load_people(connection, {person})[0]
