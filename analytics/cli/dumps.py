"""Files of events: read them with progress, count their events, and warn of what is odd."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from analytics.cli.how_read import question_lines, say_how_read
from analytics.events.adapters.systems import SYSTEMS
from analytics.events.dump_error import DumpError
from analytics.events.files.choices import NO_CHOICES, Choices
from analytics.events.left_out import describe
from analytics.events.raw_lines import RawLines
from analytics.events.validate import Validation, validate
from analytics.reading.parent import read_apart

NOTHING_USABLE = "None of these events can be used."


def validate_files(files: tuple[Path, ...], choices: Choices) -> Validation:
    """Validate files one after the other, with a progress bar where somebody watches."""
    with click.progressbar(
        length=100 * len(files), label="Reading", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        lines = read_blocks(files, lambda done: bar.update(round(100 * done) - bar.pos), choices)
        try:
            return validate(lines, choices.assumptions)
        except DumpError as error:
            raise click.ClickException(f"{', '.join(map(str, files))}: {error}") from None


def read_blocks(
    files: tuple[Path, ...], progress: Callable[[float], None], choices: Choices = NO_CHOICES
) -> Iterator[RawLines]:
    """Yield the lines of files one after the other.

    `progress` is called with the number of files read so far, the current one as a share.

    Raises:
        click.ClickException: if a file cannot be used; the message names it.
    """
    for number, path in enumerate(files):
        say_how_read(path, choices)
        try:
            yield from read_apart(path, lambda share, read=number: progress(read + share), choices)  # type: ignore[misc]
        except DumpError as error:
            raise click.ClickException(f"{path}: {error}") from None


def describe_counts(found: Validation) -> str:
    """Return how many events are good and how many are not, with the reasons, a line each."""
    reasons = Counter((event.problem.code, event.problem.field, event.problem.message) for event in found.rejected)
    return "\n".join(
        [
            f"received    {found.received:>12,}",
            f"good        {len(found.events):>12,}",
            f"duplicates  {found.duplicates:>12,}{_describe_conflicts(found)}",
            f"rejected    {len(found.rejected):>12,}",
            *reason_lines(reasons),
            *question_lines(found.rejected),
            *left_out_lines(found.left_out),
        ]
    )


def left_out_lines(count: int) -> list[str]:
    """Return a line for rows that were left out as the mapping says, none where none were."""
    return [f"left out    {count:>12,}  rows, as the mapping says"] if count else []


def reason_lines(reasons: "Counter[tuple[str, str, str]]") -> list[str]:
    """Return a line for each reason (code, field, message) that events were rejected for, the commonest first."""
    return [
        f"  {number:>10,}  {code}  {f'{field}: ' if field else ''}{message}"
        for (code, field, message), number in reasons.most_common()
    ]


def all_rejected(found: Validation) -> bool:
    """Return whether nothing can be used."""
    return len(found.rejected) == found.received


def warn_of_rejected(found: Validation) -> None:
    """Say how many events cannot be used, if any."""
    if number := len(found.rejected):
        reason = "cannot be used. `analytics validate` says why"
        click.echo(f"warning: {number:,} of {found.received:,} events {reason}", err=True)


def warn_of_oddities(found: Validation) -> None:
    """Say what was left out of events, which names are outside the contract, and what was not understood."""
    for sentence in describe(found.left_out_properties):
        click.echo(f"warning: {sentence}", err=True)
    for name, number in found.unknown_events.items():
        click.echo(
            f"warning: {number:,} events {name!r} are not one of the nine. They are kept, but are part of no metric",
            err=True,
        )
    for kind, number in sorted(found.unread.items(), key=lambda each: -each[1]):
        title = SYSTEMS[kind.system].title
        click.echo(f"warning: {number:,} × {kind.what} {kind.name!r} of {title}: we did not understand this", err=True)


def _describe_conflicts(found: Validation) -> str:
    return f"  ({found.conflicts:,} differ from the first with the same identity)" if found.conflicts else ""
