"""`analytics imports`: the history of imports, and how one is taken out again."""

import click

from analytics.cli.output import aligned, instant
from analytics.cli.stored import opened_store, project_option, stored_project
from analytics.store.imports import Import
from analytics.words.display import count, counted

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
    with opened_store() as store:
        done = store.imports(stored_project(store, project).id)
    if not done:
        click.echo("There are no imports yet: `analytics import FILE` makes one.", err=True)
        return
    click.echo(aligned([_HEADER, *map(_row, done)]), nl=False)


@imports_command.command("undo")
@click.argument("import_id", metavar="ID")
@project_option
def undo_command(import_id: str, project: str | None) -> None:
    """Remove exactly the events that an import stored; those that were known before it stay.

    The file can be imported again.

    Example: analytics imports undo 1f0c9a2b
    """
    with opened_store() as store:
        removed = store.undo_import(stored_project(store, project).id, import_id)
    click.echo(f"Undone {import_id}: {counted(removed, 'event')} removed.")


def _row(entry: Import) -> list[str]:
    numbers = [entry.received, entry.stored, entry.duplicates, entry.rejected]
    made = [entry.id, entry.file, entry.who or "–", instant(entry.imported_at)]
    return [*made, *map(count, numbers), instant(entry.undone_at)]
