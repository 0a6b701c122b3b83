"""How files are read: what is assumed where they do not say, and what the columns of tables hold."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from analytics.cli.parameters import REGION, ZONE
from analytics.events.contract import Assumptions
from analytics.events.dump_error import DumpError
from analytics.events.tables.matching import Matching, read_matching
from analytics.events.tables.reading import Table
from analytics.events.tables.to_events import likely

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Reading:
    """What is assumed of events, and how tables are matched."""

    assumptions: Assumptions = field(default_factory=Assumptions)
    matching: Matching | None = None
    day_first: bool | None = None

    def match(self, table: Table) -> Matching:
        """Return how a table is read: as it was told, else as is most likely."""
        matching = self.matching or likely(table)
        return matching if self.day_first is None else matching.model_copy(update={"day_first": self.day_first})


def reading_options(command: Command) -> Command:
    """Give a command the options of how files are read, which it gets as `reading`."""

    @functools.wraps(command)
    def with_reading(
        *,
        zone: tzinfo | None,
        country: str | None,
        mapping: Path | None,
        day_first: bool | None,
        **others: Any,
    ) -> Any:
        matching = _matching(mapping) if mapping else None
        return command(reading=Reading(Assumptions(zone=zone, country=country), matching, day_first), **others)

    for option in reversed(_OPTIONS):
        with_reading = option(with_reading)
    return cast("Command", with_reading)


_OPTIONS = (
    click.option("--assume-timezone", "zone", type=ZONE, help="The zone of times without an offset."),
    click.option("--assume-country", "country", type=REGION, help="The country of local phone numbers."),
    click.option(
        "--mapping",
        type=click.Path(path_type=Path, dir_okay=False),
        help="What the columns of a table hold, as `analytics mapping` writes it. [default: what is most likely]",
    ),
    click.option(
        "--day-first/--month-first",
        "day_first",
        default=None,
        help="Whether 03/04/2026 in a table is in April or in March. [default: asked of the other dates]",
    ),
)


def _matching(path: Path) -> Matching:
    try:
        return read_matching(path.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{path}: it cannot be read: {error.strerror}.") from None
    except DumpError as error:
        raise click.ClickException(f"{path}: {error}") from None
