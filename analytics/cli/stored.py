"""The event store on the command line: it is opened for one command, which works on one project."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from analytics.cli.parameters import Command
from analytics.settings import SettingsError, settings
from analytics.store.database import StoreError
from analytics.store.event_store import EventStore, open_store_at
from analytics.store.projects import Project
from analytics.store.write_keys import DEFAULT_PROJECT


def project_option(command: Command) -> Command:
    """Give a command the option `project`: a name, None where it was not given."""
    return click.option("--project", metavar="NAME", help="Needed only where there are several.")(command)


@contextmanager
def open_store_once() -> Iterator[EventStore]:
    """Open the store of the settings, and close it at the end.

    Raises:
        click.ClickException: if it cannot be opened, or fails.
    """
    try:
        store = open_store_at(settings().store_url)
        try:
            yield store
        finally:
            store.close()
    except (SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from None


def choose_project(store: EventStore, name: str | None) -> Project:
    """Return the project of a name, or the only one.

    Raises:
        click.ClickException: where there is none, or no name and several.
    """
    if name is not None:
        return store.project(name)
    projects = store.projects()
    if not projects:
        raise click.ClickException("The event store is empty: `analytics import FILE` fills it.")
    return _take_only(projects)


def choose_project_to_fill(store: EventStore, name: str | None) -> Project:
    """Return the project of a name, or the only one; it is made if there is none.

    Raises:
        click.ClickException: where there is no name, but several projects.
    """
    projects = store.projects()
    if name is None and projects:
        return _take_only(projects)
    return store.create_project(DEFAULT_PROJECT if name is None else name)


def _take_only(projects: list[Project]) -> Project:
    if len(projects) > 1:
        names = ", ".join(project.name for project in projects)
        raise click.ClickException(f"There are several projects: {names}. Name one with --project.")
    return projects[0]
