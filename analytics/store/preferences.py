"""Preferences: what a team sets for its project, such as its target and opening hours, and where that is kept."""

import json
from collections.abc import Sequence
from datetime import time, timedelta
from functools import cache
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from analytics.store.project_settings import ProjectSettings

CHAT = "{chatId}"
"""Where the id of a chat stands in a link into the CRM."""

_LONGEST_NAME = 100
_LONGEST_LINK = 2_000
_MOST_VIEWS = 50
_LONGEST_VIEW = 4_000
_LONGEST_TARGET = timedelta(days=7)
_LONGEST_SILENCE = timedelta(days=30)


def _zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"{name!r} is no time zone; choose one such as Africa/Nairobi.")
    return name


@cache
def _zones() -> set[str]:
    return available_timezones()


def _named(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > _LONGEST_NAME:
        raise ValueError(f"Names have up to {_LONGEST_NAME} characters; {text[:20]}… has {len(text)}.")
    return text


def _identified(agent_id: str) -> str:
    if not agent_id:
        raise ValueError("Every agent needs an agentId: a name without one is nobody’s.")
    return agent_id


def _share(share: float) -> float:
    if not 0 < share <= 1:
        raise ValueError(f"The target’s share is above 0 % and up to 100 %, not {share:.0%}.")
    return share


def _promised(seconds: int) -> int:
    if not 1 <= seconds <= _LONGEST_TARGET.total_seconds():
        raise ValueError(f"The target’s time is from a second up to {_LONGEST_TARGET.days} days.")
    return seconds


def _silence(hours: int) -> int:
    if not 1 <= hours <= _LONGEST_SILENCE // timedelta(hours=1):
        raise ValueError(f"A conversation ends after a silence of 1 hour up to {_LONGEST_SILENCE.days} days.")
    return hours


def _link(link: str) -> str:
    if any(character.isspace() or not character.isprintable() for character in link) or len(link) > _LONGEST_LINK:
        raise ValueError("The link into the CRM is an address without spaces, of up to 2,000 characters.")
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        raise ValueError(
            "The link into the CRM is no address; write it as https://crm.example/chats/{chatId}"
        ) from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("The link into the CRM begins with https:// or http:// and the name of a host.")
    if CHAT in parts.netloc:
        raise ValueError(f"The link into the CRM has {CHAT} after the host, not within it.")
    if CHAT not in link:
        raise ValueError(f"The link into the CRM needs {CHAT}, where the id of the chat belongs.")
    return link


def _called(name: str) -> str:
    if not (name := _named(name)):
        raise ValueError("A saved view needs a name.")
    return name


def _addressed(address: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    if len(json.dumps(address)) > _LONGEST_VIEW:
        raise ValueError("So many filters are too long to be saved: choose fewer values.")
    return address


def _distinct(views: Sequence["SavedView"]) -> Sequence["SavedView"]:
    if len(views) > _MOST_VIEWS:
        raise ValueError(f"There are {_MOST_VIEWS} saved views, which is the most: delete one first.")
    if len({view.name for view in views}) < len(views):
        raise ValueError("Two saved views have the same name.")
    return views


def _on_a_minute(instant: time) -> time:
    if instant.tzinfo or instant.second or instant.microsecond:
        raise ValueError(f"Opening hours are local times on a minute, such as 08:30, not {instant}.")
    return instant


def _week(days: Sequence["Hours | None"]) -> Sequence["Hours | None"]:
    if len(days) != 7:
        raise ValueError("Opening hours name seven days, from Monday to Sunday.")
    if not any(days):
        raise ValueError("Opening hours need a day that is open; without any, nobody would ever wait.")
    return days


Zone = Annotated[str, AfterValidator(_zone)]
LocalTime = Annotated[time, AfterValidator(_on_a_minute)]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Hours(_Model):
    """From when to when a day is open, local time; `closes` that is not after `opens` is on the next day."""

    opens: LocalTime
    closes: LocalTime


class Opening(_Model):
    """Opening hours: for each day from Monday its hours, None where it is closed, and the time zone of them all."""

    days: Annotated[tuple[Hours | None, ...], AfterValidator(_week)]
    timezone: Zone


class Agent(_Model):
    """What an agentId is called, and its team; empty where that is not said."""

    name: Annotated[str, AfterValidator(_named)] = ""
    team: Annotated[str, AfterValidator(_named)] = ""


class SavedView(_Model):
    """A page and its filters under a name: `address` holds the texts of each parameter of the URL."""

    name: Annotated[str, AfterValidator(_called)]
    page: Annotated[str, Field(pattern=r"^[a-z_]{0,50}$")]
    address: Annotated[dict[str, tuple[str, ...]], AfterValidator(_addressed)]


class Preferences(_Model):
    """What a team sets for its project.

    `target_share` of customers (0 to 1) should get a person within `target_seconds`. Without `opening` hours it is
    always open, without a `timezone` the browser's is taken. `start_mode` is who answers first; a conversation ends
    after `silence_hours` without an event. `agents` are known by their agentId. `crm_link` is an address with
    `{chatId}` in it. Of the saved `views` one may be that with which the app opens: `first_view` is its name.
    """

    target_share: Annotated[float, AfterValidator(_share)] = 0.8
    target_seconds: Annotated[int, AfterValidator(_promised)] = 900
    opening: Opening | None = None
    timezone: Zone | None = None
    start_mode: Literal["bot", "agent"] = "bot"
    silence_hours: Annotated[int, AfterValidator(_silence)] = 24
    agents: dict[Annotated[str, AfterValidator(_identified)], Agent] = Field(default_factory=dict)
    crm_link: Annotated[str, AfterValidator(_link)] | None = None
    show_phones: bool = False
    views: Annotated[tuple[SavedView, ...], AfterValidator(_distinct)] = ()
    first_view: str = ""

    @property
    def target(self) -> timedelta:
        """The time within which customers should get a person."""
        return timedelta(seconds=self.target_seconds)

    @property
    def silence(self) -> timedelta:
        """The time without an event after which a conversation ends."""
        return timedelta(hours=self.silence_hours)

    @property
    def teams(self) -> dict[str, tuple[str, ...]]:
        """The agentIds of each team, by name."""
        names = sorted({agent.team for agent in self.agents.values() if agent.team})
        return {name: tuple(key for key, agent in self.agents.items() if agent.team == name) for name in names}


def preferences_of(settings: ProjectSettings, project: int) -> Preferences:
    """Return the preferences of a project; what is not set, or cannot be read, has its default.

    Raises:
        StoreError: where the store does not answer.
    """
    stored = settings.of(project)
    read = {}
    for name in Preferences.model_fields.keys() & stored.keys():
        try:
            read[name] = getattr(Preferences.model_validate_json(json.dumps({name: stored[name]})), name)
        except ValidationError:
            continue  # of another version of the program, perhaps
    return Preferences(**read)


def set_preferences(settings: ProjectSettings, project: int, preferences: Preferences) -> None:
    """Keep the preferences of a project, a value a setting; what has its default need not be kept.

    Raises:
        StoreError: where the store does not answer.
    """
    values = preferences.model_dump(mode="json", exclude_defaults=True)
    settings.change(project, {name: values.get(name) for name in Preferences.model_fields})


def problems(error: ValidationError) -> list[str]:
    """Return what is wrong with preferences, a sentence each."""
    return [found["msg"].removeprefix("Value error, ") for found in error.errors(include_url=False)]
