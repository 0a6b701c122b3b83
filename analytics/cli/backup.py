"""`analytics backup`: all that is stored, in one file."""

from pathlib import Path

import click

from analytics.asking.ask import asking
from analytics.asking.store_questions import back_up
from analytics.cli.check import describe_rows
from analytics.cli.stored import in_words
from analytics.settings import settings
from analytics.store import postgres
from analytics.store.beside import find_file


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
def backup_command(target: Path) -> None:
    """Write all that is stored to a new file TARGET, which `analytics restore` takes; the app may run meanwhile.

    It holds events, rejected events, imports, keys and settings as they are at one moment. Of PostgreSQL, which has a
    program of its own for that, it says how that is called.

    Example: analytics backup backups/monday.duckdb
    """
    with in_words():
        url = settings().store_url
        if find_file(url) is None:
            command = postgres.dump_command(url, target)
            raise click.ClickException(f"PostgreSQL is backed up by its own program: {command}")
        with asking(url) as ask:
            made = ask(back_up, target.absolute())
    if not target.is_file():
        raise click.ClickException(
            f"The process that holds the store wrote {made.file}, but this command cannot see it: choose a place that "
            "both can see."
        )
    click.echo(describe_rows(made.rows))
    click.echo(f"The backup {target} has {made.size:,} bytes.")
