"""`analytics send`: files of events, posted to a collector."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import click
import msgspec
import numpy as np

from analytics.cli.dumps import NOTHING_USABLE, read_blocks, reason_lines
from analytics.cli.parameters import RATE, files_argument
from analytics.events.contract import Assumptions
from analytics.events.judge import MAX_EVENT_BYTES, Problem, judge
from analytics.events.raw_lines import RawLines
from analytics.sending.answer import Answer
from analytics.sending.client import MAX_EVENTS, AddressError, Client, KeyFormatError

_MAX_BATCH_BYTES = 8 * 2**20


@click.command("send")
@files_argument(required=True)
@click.option("--url", required=True, help="The collector, such as https://host/v1/capture.")
@click.option(
    "--key",
    envvar="ANALYTICS_WRITE_KEY",
    show_envvar=True,
    help="The write key. Better use the environment or a file, because other users of the machine can see commands.",
)
@click.option("--key-file", type=click.File(), help="A file with the write key; - for standard input.")
@click.option(
    "--batch",
    "size",
    type=click.IntRange(1, MAX_EVENTS),
    default=100,
    show_default=True,
    help="Events in each request.",
)
@click.option("--rate", type=RATE, help="The most events per second, such as 500/s. [default: no limit]")
def send_command(
    files: tuple[Path, ...], url: str, key: str | None, key_file: TextIO | None, size: int, rate: float | None
) -> None:
    """Post files of events to a collector, and try again while it is busy or away; none is stored twice.

    Example: analytics send march.ndjson.gz --url https://host/v1/capture --key-file key.txt --rate 500/s
    """
    try:
        client = Client(url, _read_key(key, key_file))
    except (AddressError, KeyFormatError) as error:
        raise click.UsageError(str(error)) from None
    sent = _Totals()
    try:
        with (
            client,
            click.progressbar(length=100 * len(files), label="Sending", file=sys.stderr, hidden=_is_unwatched()) as bar,
        ):
            began = time.monotonic()
            for share, events in _batches(files, size, sent):
                _post(client, events, sent)
                bar.update(round(100 * share) - bar.pos)
                if rate:
                    time.sleep(max(0.0, began + sent.posted / rate - time.monotonic()))
    finally:
        click.echo(sent.describe())
    for warning in sorted(sent.warnings):
        click.echo(f"warning: {warning}", err=True)
    if sent.rejected == sent.received:
        raise click.ClickException(NOTHING_USABLE)


def _read_key(key: str | None, file: TextIO | None) -> str:
    """Return the key; one in a file is meant where the environment holds another."""
    if file is not None:
        return file.readline()
    if key is None:
        raise click.UsageError("A write key is needed. Put it into ANALYTICS_WRITE_KEY, or into a file for --key-file.")
    return key


@dataclass
class _Totals:
    """The totals so far; `posted` does not count events that are too large for any request."""

    posted: int = 0
    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    reasons: "Counter[tuple[str, str, str]]" = field(default_factory=Counter)
    warnings: set[str] = field(default_factory=set)

    @property
    def rejected(self) -> int:
        return self.reasons.total()

    def add(self, answer: Answer) -> None:
        self.received += answer.received
        self.accepted += answer.accepted
        self.duplicates += answer.duplicates
        self.reasons.update((error.code, error.field, error.message) for error in answer.errors)
        self.warnings.update(answer.warnings)

    def refuse(self, problem: Problem) -> None:
        self.received += 1
        self.reasons[problem.code, problem.field, problem.message] += 1

    def describe(self) -> str:
        return "\n".join([
            f"received    {self.received:>12,}",
            f"accepted    {self.accepted:>12,}",
            f"duplicates  {self.duplicates:>12,}",
            f"rejected    {self.rejected:>12,}",
            *reason_lines(self.reasons),
        ])  # fmt: skip


def _is_unwatched() -> bool:
    return not sys.stderr.isatty()


def _post(client: Client, events: list[bytes], sent: _Totals) -> None:
    answer = client.send(events)
    if answer.failure:
        raise click.ClickException(
            f"{answer.failure} Stopped after {sent.received:,} events. Run the same command again to continue: stored "
            "events count as duplicates."
        )
    sent.add(answer)
    sent.posted += len(events)


def _batches(files: tuple[Path, ...], size: int, sent: _Totals) -> Iterator[tuple[float, list[bytes]]]:
    """Yield events to post together, and how many files are then done, the current one as a share."""
    events: list[bytes] = []
    held = 0
    share = 0.0
    for share, event in _events(files):
        if problem := _find_problem(event):
            sent.refuse(problem)
            continue
        if len(events) == size or held + len(event) > _MAX_BATCH_BYTES:
            yield share, events
            events, held = [], 0
        events.append(event)
        held += len(event)
    if events:
        yield share, events


def _events(files: tuple[Path, ...]) -> Iterator[tuple[float, bytes]]:
    """Yield each event as it stands in its file, and how many files are done before it, with a share."""
    shares: list[float] = [0.0]
    done = 0.0
    for lines in read_blocks(files, shares.append):
        for events in lines.split_batches(np.ones(len(lines), bool)):
            for place in range(len(events)):
                if raw := events.raw(place).strip():
                    yield done + (shares[-1] - done) * _passed(lines, events.line[place]), raw
        done = shares[-1]


def _passed(lines: RawLines, line: int) -> float:
    """Return which share of some lines stands before one of them."""
    return float(line - lines.line[0]) / float(lines.line[-1] - lines.line[0] + 1)


def _find_problem(event: bytes) -> Problem | None:
    """Return the problem of an event that would spoil its whole request: not JSON, or too large; else None."""
    try:
        if len(event) <= MAX_EVENT_BYTES:
            msgspec.json.decode(event, type=msgspec.Raw)
            return None
    except (msgspec.DecodeError, RecursionError):
        pass
    found = judge(event, Assumptions())
    return found if isinstance(found, Problem) else None
