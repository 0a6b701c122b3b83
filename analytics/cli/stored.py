"""The event store on the command line: what a command asks of it, and the project on which it works."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from analytics.asking.ask import Ask, asking
from analytics.asking.store_questions import read_project
from analytics.cli.parameters import Command
from analytics.events.validate import Validation
from analytics.settings import SettingsError, settings
from analytics.store.customers import links_frame
from analytics.store.database import StoreError
from analytics.store.event_store import EventStore
from analytics.store.preferences import Preferences
from analytics.store.projects import Project
from analytics.store.rows import event_frame
from analytics.store.write_keys import DEFAULT_PROJECT


def project_option(command: Command) -> Command:
    """Give a command the option `project`: a name, None where it was not given."""
    return click.option("--project", metavar="NAME", help="Needed only if there are several projects.")(command)


@contextmanager
def in_words() -> Iterator[None]:
    """Have errors of the settings and the store end the command, in their words."""
    try:
        yield
    except (SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def asking_store() -> Iterator[Ask]:
    """Give a way to ask the store of the settings, which a running process may hold, until the end of the context.

    Raises:
        click.ClickException: if it cannot be reached or opened, or fails.
    """
    with in_words(), asking(settings().store_url) as ask:
        yield ask


def read_stored_project(name: str | None) -> tuple[Validation, Preferences]:
    """Return the events, with their links, and the preferences of the project of a name, or of the only one.

    Raises:
        click.ClickException: as `asking_store` and `choose_project`.
    """
    with asking_store() as ask:
        project = choose_project(ask, name).id
        stored = ask(read_project, project)
    return Validation(event_frame(stored.rows, project), [], links=links_frame(stored.links)), stored.preferences


def choose_project(ask: Ask, name: str | None) -> Project:
    """Return the project of a name, or the only one.

    Raises:
        click.ClickException: where there is none, or no name and several.
    """
    if name is not None:
        return ask(EventStore.project, name)
    projects = ask(EventStore.projects)
    if not projects:
        raise click.ClickException("The event store is empty. Fill it with `analytics import FILE`.")
    return _take_only(projects)


def choose_project_to_fill(ask: Ask, name: str | None) -> Project:
    """Return the project of a name, or the only one; it is made if there is none.

    Raises:
        click.ClickException: where there is no name, but several projects.
    """
    projects = ask(EventStore.projects)
    if name is None and projects:
        return _take_only(projects)
    return ask(EventStore.create_project, DEFAULT_PROJECT if name is None else name)


def _take_only(projects: list[Project]) -> Project:
    if len(projects) > 1:
        names = ", ".join(project.name for project in projects)
        raise click.ClickException(f"There are several projects: {names}. Name one with --project.")
    return projects[0]
