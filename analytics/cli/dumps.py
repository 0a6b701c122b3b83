"""Files of events: read with progress, counted, and what is odd about them said."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from analytics.events.dump_error import DumpError
from analytics.events.files.choices import NOTHING_SAID, Choices
from analytics.events.files.dump import read_dump
from analytics.events.raw_lines import RawLines
from analytics.events.validate import Validated, validate

NOTHING_USABLE = "None of these events can be used."


def validated(files: tuple[Path, ...], choices: Choices) -> Validated:
    """Validate files one after the other, with a progress bar where somebody watches."""
    with click.progressbar(
        length=100 * len(files), label="Reading", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        lines = blocks(files, lambda done: bar.update(round(100 * done) - bar.pos), choices)
        return validate(lines, choices.assumptions)


def blocks(
    files: tuple[Path, ...], progress: Callable[[float], None], choices: Choices = NOTHING_SAID
) -> Iterator[RawLines]:
    """Yield the lines of files one after the other; `progress` hears the share read, from 0 to their number.

    Raises:
        click.ClickException: where one cannot be used; it is named.
    """
    for number, path in enumerate(files):
        try:
            yield from read_dump(path, lambda share, read=number: progress(read + share), choices.match)  # type: ignore[misc]
        except DumpError as error:
            raise click.ClickException(f"{path}: {error}") from None


def counts(found: Validated) -> str:
    """Return how many events are good and how many are not, with the reasons, a line each."""
    reasons = Counter((event.problem.code, event.problem.field, event.problem.message) for event in found.rejected)
    return "\n".join(
        [
            f"received    {found.received:>12,}",
            f"good        {len(found.events):>12,}",
            f"duplicates  {found.duplicates:>12,}{_conflicts(found)}",
            f"rejected    {len(found.rejected):>12,}",
            *reason_lines(reasons),
        ]
    )


def reason_lines(reasons: "Counter[tuple[str, str, str]]") -> list[str]:
    """Return a line for each reason (code, field, message) that events were rejected for, the commonest first."""
    return [
        f"  {number:>10,}  {code}  {f'{field}: ' if field else ''}{message}"
        for (code, field, message), number in reasons.most_common()
    ]


def all_rejected(found: Validated) -> bool:
    """Return whether nothing can be used."""
    return len(found.rejected) == found.received


def warn_of_rejected(found: Validated) -> None:
    """Say how many events cannot be used, if any."""
    if number := len(found.rejected):
        reason = "cannot be used; `analytics validate` says why"
        click.echo(f"warning: {number:,} of {found.received:,} events {reason}", err=True)


def warn_of_unknown(found: Validated) -> None:
    """Say how many events have names outside the eight, if any."""
    for name, number in found.unknown_events.items():
        click.echo(f"warning: {number:,} events {name!r} are outside the eight: kept, but in no metric", err=True)


def _conflicts(found: Validated) -> str:
    return f"  ({found.conflicts:,} differ from the first of their identity)" if found.conflicts else ""
