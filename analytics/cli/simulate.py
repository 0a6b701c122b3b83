"""`analytics simulate`: realistic traffic in the guide's format."""

from datetime import date
from pathlib import Path

import click

from analytics.cli.output import write_file
from analytics.cli.parameters import DAY
from analytics.simulation import DEFAULT_START, simulate


@click.command("simulate")
@click.option("--events", type=click.IntRange(min=1), required=True, help="How many lines to write.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The same seed gives the same file.",
)
@click.option("--start", type=DAY, help="The first day. [default: 2026-01-05]")
@click.option("--days", type=click.IntRange(min=1), default=30, show_default=True)
@click.option("--bad", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="The share of invalid events.")
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file to write. It is gzipped if its name ends in .gz.",
)
def simulate_command(events: int, seed: int, start: date | None, days: int, bad: float, output: Path) -> None:
    """Write realistic traffic in the guide's format, one event a line.

    Example: analytics simulate --events 100000 --seed 1 -o traffic.ndjson.gz
    """
    if days > (date.max - (start or DEFAULT_START)).days - 2:
        raise click.UsageError(f"--days {days} ends after the year 9999.")
    write_file(output, simulate(events, seed=seed, start=start, days=days, bad=bad))
