"""`analytics export`: stored events as a file."""

from dataclasses import replace
from pathlib import Path

import click
import pandas as pd

from analytics.cli.output import write_file
from analytics.cli.parameters import filter_options
from analytics.cli.stored import project_option, read_stored_project
from analytics.events.export import FORMATS
from analytics.events.validate import Validation
from analytics.facts.facts import build_facts
from analytics.facts.rules import Rules
from analytics.live.rules import rules_of
from analytics.metrics.filters import Filter
from analytics.metrics.selection import Selection, find_passing_times


def _check_file(_: click.Context, __: click.Parameter, path: Path) -> Path:
    if _ending(path) not in FORMATS:
        raise click.BadParameter(f"{str(path)!r} must end in one of {', '.join(FORMATS)}.")
    return path


@click.command("export")
@click.argument("output", metavar="OUT", type=click.Path(path_type=Path, dir_okay=False), callback=_check_file)
@project_option
@filter_options
@click.option("--no-test", "without_test", is_flag=True, help="Leave out test events.")
def export_command(output: Path, project: str | None, chosen: Filter, without_test: bool) -> None:
    """Write stored events to OUT, which ends in .ndjson, .csv or .parquet; gzipped where .gz follows.

    What is written as NDJSON can be imported again unchanged. An event's agent, country and mode are those that it
    counts for in the metrics; events outside the nine have none. In CSV, texts that a spreadsheet would take for a
    formula begin with an apostrophe.

    Example: analytics export march.ndjson.gz --from 2026-03-01 --to 2026-03-31
    """
    found, preferences = read_stored_project(project)
    if without_test:
        found = replace(found, events=found.events[~found.events["test"]].reset_index(drop=True))
    rules = rules_of(preferences, include_test=not without_test)
    events = _sort_by_time(_select_passing(found, chosen, rules))
    if events.empty:
        raise click.ClickException("No stored event passes these filters, so nothing was written.")
    write_file(output, FORMATS[_ending(output)](events))
    click.echo(f"exported    {len(events):>12,}")


def _ending(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix


def _select_passing(found: Validation, chosen: Filter, rules: Rules) -> pd.DataFrame:
    """Return the events that pass; of those outside the contract, which count for nobody, by their time alone."""
    events = found.events
    if chosen.is_of_times_alone:
        return events[find_passing_times(chosen, events["timestamp"].array.asi8)]
    selection = Selection(build_facts(events, rules, found.links), chosen)
    return events.iloc[selection.facts.events.row[selection.events]]


def _sort_by_time(events: pd.DataFrame) -> pd.DataFrame:
    return events.sort_values(["timestamp", "key_high", "key_low"], ignore_index=True)
