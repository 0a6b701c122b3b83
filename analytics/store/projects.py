"""Projects: events are counted by project, and each write key adds to one."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from analytics.store.given_names import check_name
from analytics.store.tables import projects


@dataclass(frozen=True)
class Project:
    """A project and the number that stands for it."""

    id: int
    name: str


def find_or_make_project(connection: Connection, name: str) -> int:
    """Return the number of the project of a name; the project is made if there is none.

    Raises:
        StoreError: where the name cannot be kept.
    """
    check_name(name)
    find = select(projects.c.id).where(projects.c.name == name)
    known = connection.scalar(find)
    if known is None:
        connection.execute(_MAKE, {"id": secrets.randbelow(2**31), "name": name})
        known = connection.scalar(find)  # which may be another writer's
    return int(known)  # type: ignore[arg-type]  # there is one now


_MAKE = text("INSERT INTO projects (id, name, generation) VALUES (:id, :name, 0) ON CONFLICT DO NOTHING")
