"""`analytics metrics`: all metrics as a table, CSV or JSON."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from analytics.cli.dumps import (
    NOTHING_USABLE,
    all_rejected,
    describe_counts,
    validate_files,
    warn_of_oddities,
    warn_of_rejected,
)
from analytics.cli.output import align_columns
from analytics.cli.parameters import INSTANT, files_argument, filter_options
from analytics.cli.reading_options import reading_options
from analytics.cli.stored import project_option, read_stored_project
from analytics.events.files.choices import Choices
from analytics.events.timestamps import to_microseconds
from analytics.events.validate import Validation
from analytics.facts.facts import build_facts
from analytics.metrics.filters import Filter
from analytics.metrics.rates import count_still_counting
from analytics.metrics.report import MetricRow, flatten, metric_table, report_of
from analytics.numbers.asked import START_MODES, Asked
from analytics.store.preferences import Preferences
from analytics.words import display


@click.command("metrics")
@files_argument(required=False)
@project_option
@filter_options
@click.option(
    "--as-of", type=INSTANT, help="The time that counts as now, for what is still open. [default: the newest event]"
)
@click.option("--test", "include_test", is_flag=True, help="Count test events too.")
@click.option(
    "--start-mode",
    type=click.Choice(START_MODES),
    help="Who answers first. auto finds it in the events. [default: the project's setting, and auto for files]",
)
@click.option("--compare", type=click.Choice(["previous", "week", "year"]), help="The period to compare with.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@reading_options
def metrics_command(
    files: tuple[Path, ...],
    project: str | None,
    chosen: Filter,
    as_of: datetime | None,
    include_test: bool,
    start_mode: str | None,
    compare: Any,
    style: str,
    choices: Choices,
) -> None:
    """Compute all metrics of files of events, or of the event store where no file is named.

    Of the event store they are counted as the project's settings say: its target, who answers first, after which
    silence a conversation ends, and so on.

    Example: analytics metrics march.ndjson --from 2026-03-01 --to 2026-03-31 --timezone Africa/Nairobi
    """
    if files and project is not None:
        raise click.UsageError("--project is about the event store: give a project, or files, but not both.")
    found, preferences = (_read_files(files, choices), Preferences()) if files else read_stored_project(project)
    warn_of_oddities(found)
    asked = Asked(chosen, None if as_of is None else to_microseconds(as_of), include_test, start_mode, compare)
    selection = asked.select(build_facts(found.events, asked.rules(preferences), found.links), preferences)
    numbers = report_of(selection, compare)
    if style == "json":
        click.echo(json.dumps(numbers, indent=2, ensure_ascii=False))
        return
    settled = not count_still_counting(selection)
    rows = metric_table(numbers["metrics"], numbers.get("previous"), settled=settled)
    click.echo(_format_csv(rows) if style == "csv" else _format_table(rows, with_change=bool(compare)), nl=False)


def _read_files(files: tuple[Path, ...], choices: Choices) -> Validation:
    found = validate_files(files, choices)
    if all_rejected(found):
        click.echo(describe_counts(found), err=True)
        raise click.ClickException(NOTHING_USABLE)
    warn_of_rejected(found)
    return found


def _format_table(rows: list[MetricRow], *, with_change: bool) -> str:
    """Return the metric table for a terminal."""
    header = ["Metric", "Raw event count", "Per message", *(["Change"] if with_change else []), "Formula"]
    lines = [header]
    for row in rows:
        changes = [display.change(row.metric, row.ledger, row.previous_ledger)] if with_change else []
        guide, ledger = display.reading(row.metric, row.guide), display.reading(row.metric, row.ledger)
        lines.append([row.metric.label, guide, ledger, *changes, row.metric.formula])
    return align_columns(lines)


def _format_csv(rows: list[MetricRow]) -> str:
    """Return the metric table for a spreadsheet: plain numbers, a line for each reading."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["metric", "reading", "value", "unit", "name", "numerator", "denominator", "previous", "formula"])
    for line in flatten(rows):
        metric, now, previous = line.metric, line.now, line.before.value if line.before else None
        parts = [now.value, metric.unit, now.name, now.numerator, now.denominator]
        writer.writerow([metric.label, line.kind, *parts, previous, line.formula])
    return text.getvalue()
