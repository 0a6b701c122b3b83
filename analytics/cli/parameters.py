"""What commands take: kinds of values, and the arguments and options that several share."""

import functools
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from phonenumbers import SUPPORTED_REGIONS

from analytics.events.timestamps import parse_instant
from analytics.facts.attribution import MODES
from analytics.metrics.filters import Filter
from analytics.metrics.traffic import WEEKDAYS

T = TypeVar("T")

Command = TypeVar("Command", bound=Callable[..., Any])


class _Kind(click.ParamType[T], Generic[T]):
    """A kind of value: how its text is read, and what is said of a text that is none."""

    def __init__(self, name: str, read: Callable[[str], T], refusal: str) -> None:
        self.name = name
        self._read = read
        self._refusal = refusal

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> T:
        """Return what the text stands for."""
        try:
            return self._read(str(value))
        except (ValueError, ZoneInfoNotFoundError, OSError):  # OSError: a folder of zones, such as Africa
            self.fail(f"{value!r} is no {self._refusal}", param, ctx)


def _region(text: str) -> str:
    if text.upper() not in SUPPORTED_REGIONS:
        raise ValueError(text)
    return text.upper()


def _country(text: str) -> str:
    if text.capitalize() == "Unknown":
        return "Unknown"
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError(text)
    return text.upper()


def _named(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


def _rate(text: str) -> float:
    rate = float(text.removesuffix("/s"))
    if not 0 < rate < math.inf:
        raise ValueError(text)
    return rate


ZONE = _Kind("zone", ZoneInfo, "time zone; use a name such as Africa/Nairobi.")
DAY = _Kind("day", date.fromisoformat, "day; write it as 2026-01-20.")
INSTANT = _Kind("time", parse_instant, "time with an offset; write it as 2026-01-20T06:30:00Z.")
REGION = _Kind("country", _region, "country; use its two letters, such as KE.")
COUNTRY = _Kind("country", _country, "country; use its two letters, such as KE, or Unknown.")
"""A country as events name them: any two letters, and Unknown."""
AGENT = _Kind("agent", _named, "agent; use an agentId, or (none) for nobody.")
TEMPLATE = _Kind("template", _named, "template; use a templateId.")
RATE = _Kind("rate", _rate, "rate; write it as 500/s.")


def files_argument(*, required: bool) -> Callable[[Command], Command]:
    """Return what gives a command its argument `files`."""
    return click.argument(
        "files",
        nargs=-1,
        required=required,
        metavar="FILE...",
        type=click.Path(path_type=Path, dir_okay=False),
    )


_WEEKDAYS = tuple(name.lower() for name in WEEKDAYS)


def filter_options(command: Command) -> Command:
    """Give a command the options of a filter, which it gets as `chosen`."""

    @functools.wraps(command)
    def with_filter(
        *,
        first_day: date | None,
        last_day: date | None,
        timezone: ZoneInfo,
        agents: tuple[str, ...],
        countries: tuple[str, ...],
        modes: tuple[str, ...],
        weekdays: tuple[str, ...],
        hours: tuple[int, ...],
        templates: tuple[str, ...],
        **others: Any,
    ) -> Any:
        if first_day and last_day and last_day < first_day:
            raise click.UsageError(f"--to {last_day} is before --from {first_day}.")
        chosen = Filter(
            first_day,
            last_day,
            timezone.key,
            agents,
            countries,
            modes,
            weekdays=tuple(_WEEKDAYS.index(name) for name in weekdays),
            hours=hours,
            templates=templates,
        )
        return command(chosen=chosen, **others)

    for option in reversed(_FILTERS):
        with_filter = option(with_filter)
    return cast("Command", with_filter)


_FILTERS = (
    click.option("--from", "first_day", type=DAY, help="First local day, inclusive."),
    click.option("--to", "last_day", type=DAY, help="Last local day, inclusive."),
    click.option("--agent", "agents", multiple=True, type=AGENT, help='An agent; "(none)" is nobody. May be repeated.'),
    click.option(
        "--country", "countries", multiple=True, type=COUNTRY, help="Two letters, or Unknown. May be repeated."
    ),
    click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="Handled by. May be repeated."),
    click.option(
        "--weekday",
        "weekdays",
        multiple=True,
        type=click.Choice(_WEEKDAYS, case_sensitive=False),
        help="A local day of the week. May be repeated.",
    ),
    click.option(
        "--hour", "hours", multiple=True, type=click.IntRange(0, 23), help="A local hour of the day. May be repeated."
    ),
    click.option(
        "--template",
        "templates",
        multiple=True,
        type=TEMPLATE,
        help="Messages of a template, and the conversations that hold one. May be repeated.",
    ),
    click.option("--timezone", type=ZONE, default="UTC", show_default=True, help="Where days begin."),
)
