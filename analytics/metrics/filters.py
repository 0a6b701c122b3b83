"""Filters: what to look at, each thing that can be chosen declared once.

A `Choice` is all there is to a filter that names values: its place in `Filter`, its key and codes in addresses and
saved views, its words on the screen, its option on the command line and its line in a download. Only what passes it
stands elsewhere, in `analytics.metrics.selection`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from analytics.facts.attribution import NOBODY as NOBODY  # noqa: PLC0414  # filters name it, as they do UNKNOWN
from analytics.facts.calendar import WEEKDAYS
from analytics.facts.facts import Facts
from analytics.facts.stated import MODES
from analytics.facts.timeline import NONE

UNKNOWN = "Unknown"


@dataclass(frozen=True)
class Filter:
    """What to look at. `first_day` and `last_day` are local days of `timezone`, both inclusive.

    An empty tuple lets everything pass; `NOBODY` and `UNKNOWN` stand for no agent and no country. `weekdays`
    (Monday is 0) and `hours` (0 to 23) are local, too. `before`, an instant, cuts off the rest of the period.
    """

    first_day: date | None = None
    last_day: date | None = None
    timezone: str = "UTC"
    agents: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    before: datetime | None = None
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    templates: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()

    @property
    def is_of_times_alone(self) -> bool:
        """Whether the time of an event alone decides if it passes."""
        return self == replace(Filter(), **{name: getattr(self, name) for name in _OF_TIME})


_OF_TIME = ("first_day", "last_day", "timezone", "before", "weekdays", "hours")

Naming = Literal["", "country", "agent"]
"""How the codes of a choice are called for people: as the choice says, by the country's name, by the agent's."""


def _no_empty_text(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


def _nothing(_: Facts) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class Choice:
    """A filter that names values; addresses, saved views and the session hold the codes of its values, as texts."""

    key: str
    """Stands for it in addresses, saved views and the session."""
    field: str
    """Its place in `Filter`."""
    label: str
    """What it is called on its own."""
    called: str
    """What it is called within a sentence: `the country`."""
    phrase: str
    """Says of events that they pass, with `{}` for the values: `from {}`."""
    heading: str = ""
    """What it is called in a download, where that is not its label."""
    naming: Naming = ""
    """How its codes are called for people."""
    codes: tuple[str, ...] = ()
    """All codes in their order, where they are the same for all data."""
    names: tuple[str, ...] = ()
    """What people call these, one for each."""
    said: Literal["", "weekdays", "hours"] = ""
    """How several are said together, as in `Mondays to Fridays`; one by one where this is empty."""
    occurring: Callable[[Facts], Iterable[str]] = _nothing
    """Finds the codes of some facts, where they are not the same for all data."""
    read: Callable[[str], str] = _no_empty_text
    """Makes a code of a text of an address or the command line; raises ValueError where the text means nothing."""
    value: Callable[[str], Any] = str
    """What `Filter` holds for a code."""
    option: str = ""
    """Its name on the command line; without one it is chosen on the screen alone."""
    help: str = ""
    """What the command line says of it."""
    refusal: str = ""
    """What the command line says of a text that means nothing, behind `… is not`."""
    always_told: bool = False
    """Whether the JSON of a report names it even if nothing is chosen."""
    rare: bool = False
    """Whether it is offered apart, under *More*."""

    def name(self, code: str) -> str:
        """Return what people call a code, as far as the choice itself says."""
        return self.names[self.codes.index(code)] if self.names else code

    def values(self, codes: Iterable[str]) -> tuple[Any, ...]:
        """Return what `Filter` holds for these codes."""
        return tuple(self.value(code) for code in codes)


def _read_one_of(codes: Sequence[str], names: Sequence[str]) -> Callable[[str], str]:
    """Return how a code is read, in any case; its name will do, too: addresses spoke of these before."""
    known = {word.casefold(): code for words in (names, codes) for word, code in zip(words, codes, strict=True)}

    def read(text: str) -> str:
        if text.casefold() not in known:
            raise ValueError(text)
        return known[text.casefold()]

    return read


def _read_country(text: str) -> str:
    """Return the two letters of a country, written in any case, or `UNKNOWN`."""
    if text.capitalize() == UNKNOWN:
        return UNKNOWN
    if not re.fullmatch("[A-Za-z]{2}", text):
        raise ValueError(text)
    return text.upper()


def _read_hour(text: str) -> str:
    if not re.fullmatch("[0-9]{1,2}", text) or int(text) > 23:
        raise ValueError(text)
    return f"{int(text):02}"


def _countries(facts: Facts) -> list[str]:
    return [*facts.countries, *[UNKNOWN] * _any_without(facts, "country")]


def _agents(facts: Facts) -> list[str]:
    return [*facts.agents, *[NOBODY] * _any_without(facts, "agent")]


def _any_without(facts: Facts, part: str) -> bool:
    return bool((facts.events.cells.table[part] == NONE).any())


_MODE_NAMES = ("Bot (self-serve)", "Agent (assisted)")
_WEEKDAY_CODES = tuple(name[:3].lower() for name in WEEKDAYS)
_HOUR_CODES = tuple(f"{hour:02}" for hour in range(24))

COUNTRY = Choice(
    key="country",
    field="countries",
    label="Country",
    called="the country",
    phrase="from {}",
    naming="country",
    occurring=_countries,
    read=_read_country,
    option="country",
    help="A country of two letters, or Unknown.",
    refusal="a country; use its two letters, such as KE, or Unknown.",
    always_told=True,
)
TEAM = Choice(key="team", field="agents", label="Team", called="the team", phrase="of the team {}")
AGENT = Choice(
    key="agent",
    field="agents",
    label="Agent",
    called="the agent",
    phrase="with {}",
    naming="agent",
    occurring=_agents,
    option="agent",
    help='An agent; "(none)" means no agent.',
    refusal="an agent; use an agentId, or (none) for no agent.",
    always_told=True,
)
HANDLED = Choice(
    key="handled",
    field="modes",
    label="Handled by",
    called="“handled by”",
    phrase="handled by {}",
    codes=MODES,
    names=_MODE_NAMES,
    read=_read_one_of(MODES, _MODE_NAMES),
    option="mode",
    help="Handled by: bot or agent.",
    refusal="a mode; use bot or agent.",
    always_told=True,
)
WEEKDAY = Choice(
    key="weekday",
    field="weekdays",
    label="Weekday",
    called="the weekday",
    phrase="on {}",
    codes=_WEEKDAY_CODES,
    names=WEEKDAYS,
    said="weekdays",
    read=_read_one_of(_WEEKDAY_CODES, WEEKDAYS),
    value=_WEEKDAY_CODES.index,
    option="weekday",
    help="A local day of the week, such as monday.",
    refusal="a day of the week; use its English name, such as monday.",
    rare=True,
)
HOUR = Choice(
    key="hour",
    field="hours",
    label="Hour",
    called="the hours",
    phrase="at {}",
    heading="Hours",
    codes=_HOUR_CODES,
    names=tuple(f"{code}:00–{code}:59" for code in _HOUR_CODES),
    said="hours",
    read=_read_hour,
    value=int,
    option="hour",
    help="A local hour of the day, 0 to 23.",
    refusal="an hour of the day; use 0 to 23.",
    rare=True,
)
TEMPLATE = Choice(
    key="template",
    field="templates",
    label="Template",
    called="the template",
    phrase="of the template {}",
    occurring=lambda facts: facts.templates,
    option="template",
    help="Messages of a template, and the conversations that hold one.",
    refusal="a template; use a templateId.",
    rare=True,
)
CONTENT_TYPE = Choice(
    key="content",
    field="content_types",
    label="Content type",
    called="the content type",
    phrase="of the content type {}",
    occurring=lambda facts: facts.content_types,
    option="content-type",
    help="Messages of a content type, such as image, and the conversations that hold one.",
    refusal="a content type; use one that the events name, such as image.",
    rare=True,
)

CHOICES = (COUNTRY, TEAM, AGENT, HANDLED, WEEKDAY, HOUR, TEMPLATE, CONTENT_TYPE)
"""The filters that name values, in the order in which they are offered and said."""

NARROWING = tuple(choice for choice in CHOICES if choice.option)
"""Those that each have a field of `Filter` of their own; teams are so many agents."""
