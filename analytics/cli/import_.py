"""`analytics import`: files of events into the event store."""

import getpass
import hashlib
import sys
from collections import Counter
from pathlib import Path

import click

from analytics.asking.ask import Ask
from analytics.cli.dumps import NOTHING_USABLE, left_out_lines, reason_lines, validate_files, warn_of_oddities
from analytics.cli.how_read import question_lines
from analytics.cli.output import write_file
from analytics.cli.parameters import files_argument
from analytics.cli.reading_options import reading_options
from analytics.cli.stored import asking_store, choose_project_to_fill, project_option
from analytics.events.files.choices import Choices
from analytics.events.rejected import Rejected
from analytics.events.rejects import to_ndjson
from analytics.events.validate import Validation
from analytics.store.event_store import EventStore
from analytics.store.imports import Import
from analytics.store.projects import Project


@click.command("import")
@files_argument(required=True)
@click.option("--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Where to write what cannot be used.")
@project_option
@reading_options
def import_command(files: tuple[Path, ...], rejects: Path | None, project: str | None, choices: Choices) -> None:
    """Add files of events to the event store; what is stored already is left as it is.

    Each file is added whole or not at all. To add it again adds nothing.

    Example: analytics import march.ndjson.gz --rejects unusable.ndjson
    """
    done: list[Import] = []
    rejected: list[Rejected] = []
    left_out = again = 0
    with asking_store() as ask:
        target = choose_project_to_fill(ask, project)
        try:
            for path in files:
                entry, found = _add(ask, target, path, choices)
                done.append(entry)
                rejected += found.rejected
                left_out += found.left_out
                again += found.duplicates
        except click.ClickException as error:
            raise click.ClickException(error.message + _describe_before(done)) from None
    if rejects:
        write_file(rejects, to_ndjson(rejected))
    click.echo("\n".join([_describe_counts(done, rejected, again), *left_out_lines(left_out)]))
    if len(rejected) == sum(entry.received for entry in done):
        raise click.ClickException(NOTHING_USABLE)


def _add(ask: Ask, project: Project, path: Path, choices: Choices) -> tuple[Import, Validation]:
    found = validate_files((path,), choices)
    warn_of_oddities(found)
    if sys.stderr.isatty():
        click.echo("Storing", err=True)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    done = ask(EventStore.add_import, project.id, found, file=path.name, digest=digest, who=_find_user())
    return done, found


def _find_user() -> str | None:
    """Return who the operating system says works here; None where it does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def _describe_before(done: list[Import]) -> str:
    """Return what to say of the files before one that cannot be used."""
    names = ", ".join(entry.file for entry in done)
    return f" Imported before it: {names}." if done else ""


def _describe_counts(done: list[Import], rejected: list[Rejected], again: int) -> str:
    """Return the counts; `again` is how many of the duplicates stand twice in a file, and are no older than it."""
    duplicates = sum(entry.duplicates for entry in done)
    apart = f"  ({again:,} within these files, {duplicates - again:,} already known)" if again else ""
    reasons = Counter((event.problem.code, event.problem.field, event.problem.message) for event in rejected)
    return "\n".join([
        f"received    {sum(entry.received for entry in done):>12,}",
        f"stored      {sum(entry.stored for entry in done):>12,}",
        f"duplicates  {duplicates:>12,}{apart}",
        f"rejected    {len(rejected):>12,}",
        *reason_lines(reasons),
        *question_lines(rejected),
    ])  # fmt: skip
