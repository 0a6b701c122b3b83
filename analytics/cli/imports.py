"""`analytics imports`: the history of imports, and how one is taken out again."""

import click

from analytics.cli.output import align_columns, format_instant
from analytics.cli.stored import asking_store, choose_project, project_option
from analytics.store.event_store import EventStore
from analytics.store.imports import Import
from analytics.words.display import count, with_noun

_HEADER = ["ID", "File", "By", "Imported", "Received", "Stored", "Duplicates", "Rejected", "Undone"]


@click.group("imports")
def imports_command() -> None:
    """List the files that were imported, and undo the import of one.

    Example: analytics imports list
    """


@imports_command.command("list")
@project_option
def list_command(project: str | None) -> None:
    """List the imports of a project, the newest first, undone ones too.

    Example: analytics imports list --project shop
    """
    with asking_store() as ask:
        done = ask(EventStore.imports, choose_project(ask, project).id)
    if not done:
        click.echo("There are no imports yet. Make one with `analytics import FILE`.", err=True)
        return
    click.echo(align_columns([_HEADER, *map(_format_row, done)]), nl=False)


@imports_command.command("undo")
@click.argument("import_id", metavar="ID")
@project_option
def undo_command(import_id: str, project: str | None) -> None:
    """Remove exactly the events that an import stored; events that were known before stay.

    The file can be imported again.

    Example: analytics imports undo 1f0c9a2b
    """
    with asking_store() as ask:
        removed = ask(EventStore.undo_import, choose_project(ask, project).id, import_id)
    click.echo(f"Undone {import_id}: {with_noun(removed, 'event')} removed.")


def _format_row(entry: Import) -> list[str]:
    numbers = [entry.received, entry.stored, entry.duplicates, entry.rejected]
    made = [entry.id, entry.file, entry.who or "–", format_instant(entry.imported_at)]
    return [*made, *map(count, numbers), format_instant(entry.undone_at)]
