"""Projects: what write keys assign events to."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from analytics.store.tables import projects


@dataclass(frozen=True)
class Project:
    """A project and the number that stands for it."""

    id: int
    name: str


def project_id(connection: Connection, name: str) -> int:
    """Return the number of the project of a name, made where there is none."""
    known = connection.scalar(select(projects.c.id).where(projects.c.name == name))
    if known is not None:
        return int(known)
    number = secrets.randbelow(2**31)
    connection.execute(insert(projects).values(id=number, name=name, generation=0))
    return number
