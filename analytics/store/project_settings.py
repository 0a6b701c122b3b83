"""The settings of a project, such as its target: values by name."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, delete, select, text

from analytics.store.audit import What, note
from analytics.store.database import Database
from analytics.store.tables import settings


class ProjectSettings:
    """The settings of all projects. A value may be anything that JSON can hold."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, project: int) -> dict[str, Any]:
        """Return the settings of a project."""
        with self._database.reading() as connection:
            rows = connection.execute(select(settings.c.name, settings.c.value).where(settings.c.project == project))
            return {name: json.loads(value) for name, value in rows}

    def change(
        self, project: int, changes: Mapping[str, Any], *, noted: Collection[str] = (), told: Collection[str] = ()
    ) -> None:
        """Set values, all of them or none; None removes a setting.

        Changes of those that are `noted` go into the audit log, with the old and the new value if they are `told`.
        """
        with self._database.writing() as connection:
            rows = connection.execute(select(settings.c.name, settings.c.value).where(settings.c.project == project))
            before = {name: json.loads(value) for name, value in rows}
            changed = [name for name in noted if name in changes and before.get(name) != changes[name]]
            if changed:
                values = {name: [before.get(name), changes[name]] if name in told else "changed" for name in changed}
                what = What.VIEWS_CHANGED if set(changed) <= _VIEWS else What.SETTINGS_CHANGED
                note(connection, what, project, **values)
            for name, value in changes.items():
                set_value(connection, project, name, value)


def set_value(connection: Connection, project: int, name: str, value: object) -> None:
    """Set a value within a transaction; None removes the setting."""
    if value is None:
        connection.execute(delete(settings).where(settings.c.project == project, settings.c.name == name))
    else:
        connection.execute(_SET, {"project": project, "name": name, "value": json.dumps(value)})


_VIEWS = {"views", "first_view"}
"""What others than admins may change."""

_SET = text(
    "INSERT INTO settings (project, name, value) VALUES (:project, :name, :value) "
    "ON CONFLICT (project, name) DO UPDATE SET value = excluded.value"
)
