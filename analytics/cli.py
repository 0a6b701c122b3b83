"""The same things from a shell: `analytics validate`, `metrics`, `simulate`."""

import csv
import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from phonenumbers import SUPPORTED_REGIONS

from analytics import display
from analytics.events.contract import Assumptions
from analytics.events.dump import DumpError, read_dump
from analytics.events.raw_lines import RawLines
from analytics.events.rejects import to_ndjson
from analytics.events.simulation import DEFAULT_START, simulate
from analytics.events.timestamps import parse_instant, to_microseconds
from analytics.events.validate import Validated, validate
from analytics.metrics.attribution import MODES
from analytics.metrics.facts import Rules, build_facts
from analytics.metrics.filters import Filter
from analytics.metrics.report import Row, metric_table, report

_NOTHING_USABLE = "None of these events can be used."

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Zone(click.ParamType[ZoneInfo]):
    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ZoneInfo:
        try:
            return value if isinstance(value, ZoneInfo) else ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as Africa
            self.fail(f"{value!r} is no time zone; use a name such as Africa/Nairobi.", param, ctx)


class _Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2026-01-20.", param, ctx)


class _Instant(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return value if isinstance(value, datetime) else parse_instant(value)
        except ValueError:
            self.fail(f"{value!r} is no time with an offset; write it as 2026-01-20T06:30:00Z.", param, ctx)


class _Region(click.ParamType[str]):
    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if str(value).upper() not in SUPPORTED_REGIONS:
            self.fail(f"{value!r} is no country; use its two letters, such as KE.", param, ctx)
        return str(value).upper()


class _Country(click.ParamType[str]):
    """A country as events name them: any two letters, and Unknown."""

    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text.capitalize() == "Unknown":
            return "Unknown"
        if not (len(text) == 2 and text.isascii() and text.isalpha()):
            self.fail(f"{value!r} is no country; use its two letters, such as KE, or Unknown.", param, ctx)
        return text.upper()


def main() -> None:
    """Run a command; a user's mistake is one line on stderr and exit code 2."""
    try:
        sys.exit(commands.main(standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
    except click.ClickException as error:
        click.echo(f"Error: {error.format_message()}", err=True)
    except click.Abort:
        click.echo("Stopped.", err=True)
    sys.exit(2)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="whatsapp-analytics")
def commands() -> None:
    """Analytics for WhatsApp business messaging."""


def _files(*, required: bool) -> Callable[[_Command], _Command]:
    return click.argument(
        "files",
        nargs=-1,
        required=required,
        metavar="FILE...",
        type=click.Path(path_type=Path, dir_okay=False),
    )


def _assumptions(command: _Command) -> _Command:
    zone = click.option("--assume-timezone", "zone", type=_Zone(), help="The zone of times without an offset.")
    country = click.option("--assume-country", "country", type=_Region(), help="The country of local phone numbers.")
    return zone(country(command))


@commands.command("validate")
@_files(required=True)
@click.option("--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Where to write what cannot be used.")
@_assumptions
def validate_command(files: tuple[Path, ...], rejects: Path | None, zone: tzinfo | None, country: str | None) -> None:
    """Count what is good and what cannot be used, and why; exit with 2 where nothing can be used.

    Example: analytics validate march.ndjson.gz --rejects unusable.ndjson
    """
    found = _validated(files, Assumptions(zone=zone, country=country))
    if rejects:
        _write(rejects, to_ndjson(found.rejected))
    click.echo(_counts(found))
    if _all_rejected(found):
        raise click.ClickException(_NOTHING_USABLE)
    _warn_of_unknown(found)


@commands.command("metrics")
@_files(required=False)
@click.option("--from", "first_day", type=_Day(), help="First local day, inclusive.")
@click.option("--to", "last_day", type=_Day(), help="Last local day, inclusive.")
@click.option("--agent", "agents", multiple=True, help='An agent; "(none)" is nobody. May be repeated.')
@click.option(
    "--country", "countries", multiple=True, type=_Country(), help="Two letters, or Unknown. May be repeated."
)
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="Handled by. May be repeated.")
@click.option("--timezone", type=_Zone(), default="UTC", show_default=True, help="Where days begin.")
@click.option("--as-of", type=_Instant(), help="Now, for what is still open. [default: the newest event]")
@click.option("--test", "include_test", is_flag=True, help="Count test events too.")
@click.option("--compare", type=click.Choice(["previous", "week", "year"]), help="The period to compare with.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@_assumptions
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
    found = _validated(files, Assumptions(zone=zone, country=country))
    if _all_rejected(found):
        click.echo(_counts(found), err=True)
        raise click.ClickException(_NOTHING_USABLE)
    _warn_of_rejected(found)
    _warn_of_unknown(found)
    facts = build_facts(found.events, Rules(include_test=include_test))
    chosen = Filter(first_day, last_day, timezone.key, agents, countries, modes)
    now = None if as_of is None else to_microseconds(as_of)
    numbers = report(facts, chosen, as_of=now, comparison=compare)
    if style == "json":
        click.echo(json.dumps(numbers, indent=2, ensure_ascii=False))
        return
    rows = metric_table(numbers["metrics"], numbers.get("previous"))
    click.echo(_csv(rows) if style == "csv" else _aligned(rows, with_change=bool(compare)), nl=False)


@commands.command("simulate")
@click.option("--events", type=click.IntRange(min=1), required=True, help="How many lines to write.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The same seed gives the same file.",
)
@click.option("--start", type=_Day(), help="The first day. [default: 2026-01-05]")
@click.option("--days", type=click.IntRange(min=1), default=30, show_default=True)
@click.option("--bad", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Share of invalid events.")
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Gzipped if it ends in .gz.",
)
def simulate_command(events: int, seed: int, start: date | None, days: int, bad: float, output: Path) -> None:
    """Write realistic traffic in the guide's format, one event a line.

    Example: analytics simulate --events 100000 --seed 1 -o traffic.ndjson.gz
    """
    if days > (date.max - (start or DEFAULT_START)).days - 2:
        raise click.UsageError(f"--days {days} reach beyond the year 9999.")
    _write(output, simulate(events, seed=seed, start=start, days=days, bad=bad))


def _validated(files: tuple[Path, ...], assumptions: Assumptions) -> Validated:
    """Validate files one after the other, with a progress bar where somebody watches."""
    with click.progressbar(
        length=100 * len(files), label="Reading", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        return validate(_blocks(files, lambda done: bar.update(round(100 * done) - bar.pos)), assumptions)


def _blocks(files: tuple[Path, ...], progress: Callable[[float], None]) -> Iterator[RawLines]:
    for number, path in enumerate(files):
        try:
            yield from read_dump(path, lambda share, read=number: progress(read + share))  # type: ignore[misc]
        except DumpError as error:
            raise click.ClickException(f"{path}: {error}") from None


def _counts(found: Validated) -> str:
    """Return how many events are good and how many are not, with the reasons, a line each."""
    reasons = Counter((event.problem.code, event.problem.field, event.problem.message) for event in found.rejected)
    return "\n".join(
        [
            f"received    {found.received:>12,}",
            f"good        {len(found.events):>12,}",
            f"duplicates  {found.duplicates:>12,}{_conflicts(found)}",
            f"rejected    {len(found.rejected):>12,}",
            *(
                f"  {number:>10,}  {code}  {f'{field}: ' if field else ''}{message}"
                for (code, field, message), number in reasons.most_common()
            ),
        ]
    )


def _all_rejected(found: Validated) -> bool:
    return len(found.rejected) == found.received


def _warn_of_rejected(found: Validated) -> None:
    if number := len(found.rejected):
        reason = "cannot be used; `analytics validate` says why"
        click.echo(f"warning: {number:,} of {found.received:,} events {reason}", err=True)


def _warn_of_unknown(found: Validated) -> None:
    for name, number in found.unknown_events.items():
        click.echo(f"warning: {number:,} events {name!r} are outside the eight: kept, but in no metric", err=True)


def _conflicts(found: Validated) -> str:
    return f"  ({found.conflicts:,} differ from the first of their identity)" if found.conflicts else ""


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    try:
        with _opened(path) as file:
            file.writelines(blocks)
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}.") from None


def _opened(path: Path) -> BinaryIO:
    if path.suffix != ".gz":
        return path.open("wb")
    return cast("BinaryIO", gzip.GzipFile(path, "wb", compresslevel=5, mtime=0))  # the same bytes each time


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
