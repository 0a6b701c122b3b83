"""`analytics metrics`: the ten metrics as a table, CSV or JSON."""

import csv
import io
import json
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from analytics import display
from analytics.cli.dumps import NOTHING_USABLE, all_rejected, counts, validated, warn_of_rejected, warn_of_unknown
from analytics.cli.parameters import COUNTRY, DAY, INSTANT, ZONE, assumption_options, files_argument
from analytics.events.contract import Assumptions
from analytics.events.timestamps import to_microseconds
from analytics.metrics.attribution import MODES
from analytics.metrics.facts import Rules, build_facts
from analytics.metrics.filters import Filter
from analytics.metrics.report import Row, metric_table, report


@click.command("metrics")
@files_argument(required=False)
@click.option("--from", "first_day", type=DAY, help="First local day, inclusive.")
@click.option("--to", "last_day", type=DAY, help="Last local day, inclusive.")
@click.option("--agent", "agents", multiple=True, help='An agent; "(none)" is nobody. May be repeated.')
@click.option("--country", "countries", multiple=True, type=COUNTRY, help="Two letters, or Unknown. May be repeated.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="Handled by. May be repeated.")
@click.option("--timezone", type=ZONE, default="UTC", show_default=True, help="Where days begin.")
@click.option("--as-of", type=INSTANT, help="Now, for what is still open. [default: the newest event]")
@click.option("--test", "include_test", is_flag=True, help="Count test events too.")
@click.option("--compare", type=click.Choice(["previous", "week", "year"]), help="The period to compare with.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@assumption_options
def metrics_command(
    files: tuple[Path, ...],
    first_day: date | None,
    last_day: date | None,
    agents: tuple[str, ...],
    countries: tuple[str, ...],
    modes: tuple[str, ...],
    timezone: ZoneInfo,
    as_of: datetime | None,
    include_test: bool,
    compare: Any,
    style: str,
    zone: tzinfo | None,
    country: str | None,
) -> None:
    """Compute the ten metrics of files of events.

    Example: analytics metrics march.ndjson --from 2026-03-01 --to 2026-03-31 --timezone Africa/Nairobi
    """
    if not files:
        raise click.UsageError("Name at least one file of events.")
    if first_day and last_day and last_day < first_day:
        raise click.UsageError(f"--to {last_day} is before --from {first_day}.")
    found = validated(files, Assumptions(zone=zone, country=country))
    if all_rejected(found):
        click.echo(counts(found), err=True)
        raise click.ClickException(NOTHING_USABLE)
    warn_of_rejected(found)
    warn_of_unknown(found)
    facts = build_facts(found.events, Rules(include_test=include_test))
    chosen = Filter(first_day, last_day, timezone.key, agents, countries, modes)
    now = None if as_of is None else to_microseconds(as_of)
    numbers = report(facts, chosen, as_of=now, comparison=compare)
    if style == "json":
        click.echo(json.dumps(numbers, indent=2, ensure_ascii=False))
        return
    rows = metric_table(numbers["metrics"], numbers.get("previous"))
    click.echo(_csv(rows) if style == "csv" else _aligned(rows, with_change=bool(compare)), nl=False)


def _aligned(rows: list[Row], *, with_change: bool) -> str:
    """Return the metric table for a terminal, columns as wide as they need."""
    header = ["Metric", "Raw event count", "Per message", *(["Change"] if with_change else []), "Formula"]
    lines = [header]
    for row in rows:
        changes = [display.change(row.metric, row.ledger, row.previous_ledger)] if with_change else []
        guide, ledger = display.reading(row.metric, row.guide), display.reading(row.metric, row.ledger)
        lines.append([row.metric.label, guide, ledger, *changes, row.metric.formula])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def _csv(rows: list[Row]) -> str:
    """Return the metric table for a spreadsheet: plain numbers, a line for each reading."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["metric", "reading", "value", "unit", "name", "numerator", "denominator", "previous", "formula"])
    for row in rows:
        metric = row.metric
        for reading, now, before, formula in (
            ("raw event count", row.guide, row.previous_guide, metric.formula),
            ("per message", row.ledger, row.previous_ledger, metric.per_message),
        ):
            previous = before.value if before else None
            writer.writerow(
                [
                    metric.label,
                    reading,
                    now.value,
                    metric.unit,
                    now.name,
                    now.numerator,
                    now.denominator,
                    previous,
                    formula,
                ]
            )
    return text.getvalue()
