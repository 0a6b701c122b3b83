"""How files are read: what is assumed where they do not say, and what the columns of tables hold."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import click

from analytics.cli.parameters import ENCODING, REGION, ZONE
from analytics.events.dump_error import DumpError
from analytics.events.files.choices import Choices
from analytics.events.tables.matching import Matching, read_matching

Command = TypeVar("Command", bound=Callable[..., Any])


def reading_options(command: Command) -> Command:
    """Give a command the options of how files are read, which it gets as `choices`."""

    @functools.wraps(command)
    def with_reading(
        *,
        zone: ZoneInfo | None,
        country: str | None,
        mapping: Path | None,
        day_first: bool | None,
        encoding: str | None,
        **others: Any,
    ) -> Any:
        matching = _read_matching_file(mapping) if mapping else None
        choices = Choices(zone.key if zone else None, country, day_first, matching=matching, encoding=encoding)
        return command(choices=choices, **others)

    for option in reversed(_OPTIONS):
        with_reading = option(with_reading)
    return cast("Command", with_reading)


_OPTIONS = (
    click.option("--assume-timezone", "zone", type=ZONE, help="The zone of times without an offset."),
    click.option("--assume-country", "country", type=REGION, help="The country of local phone numbers."),
    click.option(
        "--mapping",
        type=click.Path(path_type=Path, dir_okay=False),
        help="What the columns of a table hold, as `analytics mapping` writes it. [default: the likeliest]",
    ),
    click.option(
        "--day-first/--month-first",
        "day_first",
        default=None,
        help="Whether 03/04/2026 in a table is in April or in March. [default: found from the other dates]",
    ),
    click.option(
        "--encoding",
        type=ENCODING,
        help="The encoding of tables that are not UTF-8, such as cp1250. [default: the likeliest]",
    ),
)


def _read_matching_file(path: Path) -> Matching:
    try:
        return read_matching(path.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{path}: it cannot be read: {error.strerror}.") from None
    except DumpError as error:
        raise click.ClickException(f"{path}: {error}") from None
