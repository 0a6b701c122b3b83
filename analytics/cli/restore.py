"""`analytics restore`: a backup takes the place of what is stored."""

from contextlib import nullcontext, suppress
from pathlib import Path

import click

from analytics.asking.ask import asking, find_running
from analytics.asking.store_questions import settle_restored
from analytics.cli.check import check_with_progress, describe_faults, describe_rows
from analytics.cli.stored import in_words
from analytics.settings import settings
from analytics.store import postgres
from analytics.store.beside import find_file
from analytics.store.database import StoreError
from analytics.store.duckdb_copy import count_rows
from analytics.store.restore import copied_beside, held_by_nobody, put_in_place


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--replace", is_flag=True, help="Restore even if events are stored already. We keep these in a second file."
)
@click.option("--anyway", is_flag=True, help="Restore even if something in the backup is wrong.")
def restore_command(source: Path, replace: bool, anyway: bool) -> None:
    """Check a backup SOURCE and put it in the place of what is stored; the app must not run.

    What was stored before stays in a file beside, called after the time.

    Example: analytics restore backups/monday.duckdb --replace
    """
    with in_words():
        store = find_file(settings().store_url)
        if store is None:
            command = postgres.restore_command(settings().store_url, source)
            raise click.ClickException(f"PostgreSQL is restored by its own program, into an empty database: {command}")
        _refuse_where_it_would_hurt(source, store, replace=replace)
        with copied_beside(source, store) as part:
            with asking(f"duckdb:///{part}") as ask:
                found = check_with_progress(ask)
                if found.faults:
                    click.echo(describe_faults(found.faults))
                if found.faults and not anyway:
                    raise click.ClickException(
                        f"{source} is damaged, so nothing was restored. Use --anyway to restore it as it is."
                    )
                with suppress(StoreError) if found.faults else nullcontext():  # which was said
                    ask(settle_restored)
            kept = put_in_place(part, store)
    click.echo(describe_rows(found.rows))
    click.echo(f"Restored {source}." + (f" We kept the store from before as {kept}." if kept else ""))


def _refuse_where_it_would_hurt(source: Path, store: Path, *, replace: bool) -> None:
    if not source.is_file():
        raise click.ClickException(f"{source}: there is no such file.")
    if not store.exists():
        return
    if store.samefile(source):
        raise click.ClickException(f"{source} is the store itself: give the name of a backup.")
    if running := find_running(store):
        raise click.ClickException(f"The app or a collector is running (process {running.process}): stop it first.")
    with held_by_nobody(store):
        pass
    if not replace and _count_events(store) != 0:
        raise click.ClickException(
            f"{store} has events already. Use --replace to put the backup in its place. We keep the old store in a "
            "second file."
        )


def _count_events(store: Path) -> int | None:
    """Return how many events are stored; None where the file cannot be read."""
    try:
        return count_rows(store).get("events", 0)
    except StoreError:
        return None
