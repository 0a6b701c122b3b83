"""`analytics check`: whether all that is stored can be read and agrees."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import click

from analytics.asking.ask import Ask, asking
from analytics.cli.stored import in_words
from analytics.settings import settings
from analytics.store.beside import find_file
from analytics.store.database import StoreError, StoreInUseError, StoreUnavailableError
from analytics.store.key_check import ROWS_AT_A_TIME, find_odd_events, read_part
from analytics.store.survey import survey

_MOST_LISTED = 20
_MOST_KEPT = 1_000
"""Of each part of the events, so many faults are enough."""


@dataclass(frozen=True)
class Findings:
    """The rows of each table, and what is wrong, a sentence each."""

    rows: dict[str, int]
    faults: list[str]


@click.command("check")
def check_command() -> None:
    """Read all that is stored and say what is wrong, and where; exit with 1 if anything is.

    It takes some seconds for each million events, also while the app runs.

    Example: analytics check
    """
    with in_words():
        url = settings().store_url
        file = find_file(url)
        found = _check_at(url)
    if file and os.name == "posix" and file.absolute().parent.stat().st_mode & 0o077:
        click.echo(f"warning: other users can read the folder {file.parent}. `chmod 700` keeps them out", err=True)
    if found.rows:
        click.echo(describe_rows(found.rows))
    if found.faults:
        click.echo(describe_faults(found.faults))
        raise click.exceptions.Exit(1)
    click.echo("Nothing is wrong.")


def _check_at(url: str) -> Findings:
    """Check the store at a URL; that it cannot be opened is a fault, unless it may be otherwise later."""
    try:
        with asking(url) as ask:
            return check_with_progress(ask)
    except (StoreInUseError, StoreUnavailableError):
        raise
    except StoreError as error:
        return Findings({}, [str(error)])


def check_with_progress(ask: Ask) -> Findings:
    """Check a store, with a progress bar where somebody watches."""
    with click.progressbar(length=100, label="Checking", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        return check(ask, lambda share: bar.update(round(100 * share) - bar.pos))


def check(ask: Ask, progress: Callable[[float], None] = lambda _: None) -> Findings:
    """Check a store: the tables by its database, each event by this process."""
    try:
        found = ask(survey)
    except StoreError as error:
        return Findings({}, [str(error)])
    faults = list(found.faults)
    done, total = 0, max(sum(found.events_of.values()), 1)
    for project, count in found.events_of.items():
        parts = 1 + count // ROWS_AT_A_TIME
        for part in range(parts):
            try:
                rows = ask(read_part, project, part, parts)
            except StoreError as error:
                return Findings(found.rows, [*faults, str(error)])
            faults += islice(find_odd_events(rows, project), _MOST_KEPT)
            done += len(rows)
            progress(min(done / total, 1.0))
    return Findings(found.rows, faults)


def describe_rows(rows: dict[str, int]) -> str:
    """Return how many rows each table has, a line each; but for tables of which nobody asks."""
    named = {"events": "events", "rejected_events": "rejected", "imports": "imports", "write_keys": "keys"}
    return "\n".join(f"{name:<12}{rows[table]:>12,}" for table, name in named.items() if table in rows)


def describe_faults(faults: list[str]) -> str:
    """Return what is wrong, a line each, the first of them if there are many."""
    more = len(faults) - _MOST_LISTED
    return "\n".join([f"wrong: {fault}" for fault in faults[:_MOST_LISTED]] + [f"… and {more:,} more."] * (more > 0))
