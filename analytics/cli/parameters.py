"""The parameters of commands: kinds of values, and arguments and options that several commands share."""

import functools
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from phonenumbers import SUPPORTED_REGIONS

from analytics.events.tables.encodings import python_name
from analytics.events.timestamps import parse_instant
from analytics.metrics.filters import NARROWING, Choice, Filter

T = TypeVar("T")

Command = TypeVar("Command", bound=Callable[..., Any])


class _Kind(click.ParamType[T], Generic[T]):
    """A kind of value: how its text is read, and the message for a text that cannot be read."""

    def __init__(self, name: str, read: Callable[[str], T], refusal: str) -> None:
        self.name = name
        self._read = read
        self._refusal = refusal

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> T:
        """Return what the text stands for."""
        try:
            return self._read(str(value))
        except (ValueError, ZoneInfoNotFoundError, OSError):  # OSError: a folder of zones, such as Africa
            self.fail(f"{value!r} is not {self._refusal}", param, ctx)


def _parse_region(text: str) -> str:
    if text.upper() not in SUPPORTED_REGIONS:
        raise ValueError(text)
    return text.upper()


def _parse_encoding(text: str) -> str:
    name = python_name(text)
    if name is None:
        raise ValueError(text)
    return name


def _parse_rate(text: str) -> float:
    rate = float(text.removesuffix("/s"))
    if not 0 < rate < math.inf:
        raise ValueError(text)
    return rate


ZONE = _Kind("zone", ZoneInfo, "a time zone; use a name such as Africa/Nairobi.")
DAY = _Kind("day", date.fromisoformat, "a day; write it as 2026-01-20.")
INSTANT = _Kind("time", parse_instant, "a time with an offset; write it as 2026-01-20T06:30:00Z.")
REGION = _Kind("country", _parse_region, "a country; use its two letters, such as KE.")
ENCODING = _Kind("encoding", _parse_encoding, "an encoding; use a name such as cp1250, cp1251 or utf-8.")
RATE = _Kind("rate", _parse_rate, "a rate; write it as 500/s.")


def files_argument(*, required: bool) -> Callable[[Command], Command]:
    """Return a decorator that gives a command its argument `files`."""
    return click.argument(
        "files",
        nargs=-1,
        required=required,
        metavar="FILE...",
        type=click.Path(path_type=Path, dir_okay=False),
    )


def filter_options(command: Command) -> Command:
    """Give a command the options of a filter, which it gets as `chosen`."""

    @functools.wraps(command)
    def with_filter(*, first_day: date | None, last_day: date | None, timezone: ZoneInfo, **others: Any) -> Any:
        if first_day and last_day and last_day < first_day:
            raise click.UsageError(f"--to {last_day} is before --from {first_day}.")
        values: dict[str, Any] = {choice.field: choice.values(others.pop(choice.field)) for choice in NARROWING}
        return command(chosen=replace(Filter(first_day, last_day, timezone.key), **values), **others)

    for option in reversed((*_PERIOD, *map(_option, NARROWING), _ZONE)):
        with_filter = option(with_filter)
    return cast("Command", with_filter)


def _option(choice: Choice) -> Callable[[Command], Command]:
    """Return the option of a filter that names values."""
    kind = _Kind(choice.option, choice.read, choice.refusal)
    return click.option(
        f"--{choice.option}", choice.field, multiple=True, type=kind, help=f"{choice.help} May be repeated."
    )


_PERIOD = (
    click.option("--from", "first_day", type=DAY, help="First local day, inclusive."),
    click.option("--to", "last_day", type=DAY, help="Last local day, inclusive."),
)
_ZONE = click.option("--timezone", type=ZONE, default="UTC", show_default=True, help="The time zone of days.")
