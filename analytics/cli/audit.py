"""`analytics audit`: who did what, when and from where."""

import csv
import io
from dataclasses import asdict
from datetime import UTC, datetime

import click
import orjson

from analytics.asking.store_questions import list_audit
from analytics.cli.output import align_columns
from analytics.cli.parameters import INSTANT
from analytics.cli.stored import asking_store
from analytics.store.audit import Entry, Wanted, What

_HEADER = ["Time", "What", "Who", "From", "Project", "Details"]


@click.command("audit")
@click.option("--from", "since", type=INSTANT, help="No earlier than this.")
@click.option("--to", "until", type=INSTANT, help="Before this.")
@click.option("--what", type=click.Choice([each.value for each in What]), multiple=True, help="Of this kind alone.")
@click.option("--who", metavar="ID", help="Of one person; `analytics people list` shows ids. Or: shell.")
@click.option("--most", type=click.IntRange(1), default=1_000, show_default=True, help="The latest so many.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def audit_command(
    since: datetime | None, until: datetime | None, what: tuple[str, ...], who: str | None, most: int, style: str
) -> None:
    """Show the audit log, the newest first: sign-ins, roles, keys, settings, imports, downloads, phones seen in full.

    People, keys and imports stand there by their ids, and what a shell did as done by "shell". With --format json each
    entry is a line.

    Example: analytics audit --from 2026-03-01T00:00Z --what "role given"
    """
    with asking_store() as ask:
        entries = ask(list_audit, Wanted(since, until, what, who, most=most))
    if style == "json":
        for entry in entries:
            click.echo(orjson.dumps(asdict(entry), option=orjson.OPT_UTC_Z).decode())
    elif style == "csv":
        click.echo(_format_csv(entries), nl=False)
    elif entries:
        click.echo(align_columns([_HEADER, *map(_format_row, entries)]), nl=False)
    else:
        click.echo("Nothing of that kind was noted.", err=True)


def _format_csv(entries: list[Entry]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_HEADER, *map(_format_row, entries)])
    return text.getvalue()


def _format_row(entry: Entry) -> list[str]:
    at = f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    details = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in entry.details.items())
    return [at, entry.what, entry.who, entry.from_where, "" if entry.project is None else str(entry.project), details]
