"""Preferences: what a team sets for its project, such as its target and opening hours, and how they are kept."""

import json
from collections.abc import Sequence
from datetime import time, timedelta
from functools import cache
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from analytics.store.given_names import NO_NUL
from analytics.store.project_settings import ProjectSettings

CHAT_PLACEHOLDER = "{chatId}"
"""The placeholder for the id of a chat in a link into the CRM."""

_LONGEST_NAME = 100
_LONGEST_LINK = 2_000
_MOST_VIEWS = 50
_LONGEST_VIEW = 4_000
_LONGEST_TARGET = timedelta(days=7)
_LONGEST_SILENCE = timedelta(days=30)
_LONGEST_STAY = timedelta(days=90)
_TELLING = {"agents", "crm_link", "views", "first_view"}
"""What the audit log does not tell: it may hold names of people."""
_FOUND_BY_ITSELF = {"found_start_mode"}
"""What nobody sets."""


def _check_zone(name: str) -> str:
    if name not in _list_zones():
        raise ValueError(f"{name!r} is not a time zone. Choose one such as Africa/Nairobi.")
    return name


@cache
def _list_zones() -> set[str]:
    return available_timezones()


def _check_name(text: str) -> str:
    text = " ".join(text.split())
    if "\0" in text:
        raise ValueError(NO_NUL)
    if len(text) > _LONGEST_NAME:
        raise ValueError(f"A name may have up to {_LONGEST_NAME} characters, but {text[:20]}… has {len(text)}.")
    return text


def _check_agent_id(agent_id: str) -> str:
    if not agent_id:
        raise ValueError("Every agent needs an agentId. A name alone belongs to nobody.")
    return agent_id


def _check_share(share: float) -> float:
    if not 0 < share <= 1:
        raise ValueError(f"The share of the target must be above 0 % and at most 100 %, not {100 * share:.0f} %.")
    return share


def _check_target_seconds(seconds: int) -> int:
    if not 1 <= seconds <= _LONGEST_TARGET.total_seconds():
        raise ValueError(f"The time of the target must be between a second and {_LONGEST_TARGET.days} days.")
    return seconds


def _check_silence(hours: int) -> int:
    if not 1 <= hours <= _LONGEST_SILENCE // timedelta(hours=1):
        raise ValueError(
            f"The silence that ends a conversation must be between 1 hour and {_LONGEST_SILENCE.days} days."
        )
    return hours


def _check_never_answered(hours: int) -> int:
    if not 1 <= hours <= _LONGEST_SILENCE // timedelta(hours=1):
        raise ValueError(
            f"The time after which a wait counts as never answered must be between 1 hour and {_LONGEST_SILENCE.days} "
            "days."
        )
    return hours


def _check_reply_hours(hours: int) -> int:
    if not 1 <= hours <= _LONGEST_SILENCE // timedelta(hours=1):
        raise ValueError(
            f"The time within which a reply counts must be between 1 hour and {_LONGEST_SILENCE.days} days."
        )
    return hours


def _check_stay(days: int) -> int:
    if not 1 <= days <= _LONGEST_STAY.days:
        raise ValueError(
            f"The time after which a conversation stayed solved must be between 1 and {_LONGEST_STAY.days} days."
        )
    return days


def _check_link(link: str) -> str:
    if any(character.isspace() or not character.isprintable() for character in link) or len(link) > _LONGEST_LINK:
        raise ValueError("The link into the CRM must be an address of up to 2,000 characters, without spaces.")
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        raise ValueError(
            "The link into the CRM is not an address. Write it as https://crm.example/chats/{chatId}"
        ) from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("The link into the CRM must begin with https:// or http:// and the name of a host.")
    if CHAT_PLACEHOLDER in parts.netloc:
        raise ValueError(f"The link into the CRM must have {CHAT_PLACEHOLDER} after the host, not in it.")
    if CHAT_PLACEHOLDER not in link:
        raise ValueError(f"The link into the CRM needs {CHAT_PLACEHOLDER} in the place of the chat ID.")
    return link


def _check_view_name(name: str) -> str:
    if not (name := _check_name(name)):
        raise ValueError("A saved view needs a name.")
    return name


def _check_address(address: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    if len(json.dumps(address)) > _LONGEST_VIEW:
        raise ValueError("These are too many filters to save: choose fewer values.")
    return address


def _check_views(views: Sequence["SavedView"]) -> Sequence["SavedView"]:
    if len(views) > _MOST_VIEWS:
        raise ValueError(f"There are already {_MOST_VIEWS} saved views, and there cannot be more: delete one first.")
    if len({view.name for view in views}) < len(views):
        raise ValueError("Two saved views have the same name.")
    return views


def _check_minute(instant: time) -> time:
    if instant.tzinfo or instant.second or instant.microsecond:
        raise ValueError(f"Opening hours must be local times in whole minutes, such as 08:30, not {instant}.")
    return instant


def _check_week(days: Sequence["Hours | None"]) -> Sequence["Hours | None"]:
    if len(days) != 7:
        raise ValueError("Opening hours must name seven days, from Monday to Sunday.")
    if not any(days):
        raise ValueError("Opening hours need at least one open day. Without one, nobody would ever wait.")
    return days


Zone = Annotated[str, AfterValidator(_check_zone)]
LocalTime = Annotated[time, AfterValidator(_check_minute)]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Hours(_Model):
    """The opening hours of a day in local time; if `closes` is not after `opens`, it is on the next day."""

    opens: LocalTime
    closes: LocalTime


class Opening(_Model):
    """Opening hours: the hours of each day from Monday, None for a closed day, and the time zone."""

    days: Annotated[tuple[Hours | None, ...], AfterValidator(_check_week)]
    timezone: Zone


class Agent(_Model):
    """The name and the team of an agentId, empty if not set, and whether it is a bot's."""

    name: Annotated[str, AfterValidator(_check_name)] = ""
    team: Annotated[str, AfterValidator(_check_name)] = ""
    bot: bool = False


class SavedView(_Model):
    """A page and its filters under a name: `address` holds the texts of each parameter of the URL."""

    name: Annotated[str, AfterValidator(_check_view_name)]
    page: Annotated[str, Field(pattern=r"^[a-z_]{0,50}$")]
    address: Annotated[dict[str, tuple[str, ...]], AfterValidator(_check_address)]


class Preferences(_Model):
    """What a team sets for its project.

    A share of `target_share` of the customers (0 to 1) should get a person within `target_seconds`. Without `opening`
    hours it is always open; without a `timezone` the browser's is used. `start_mode` is who answers first; where it is
    as found in the events, `found_start_mode` is what was found once there were enough of them. A conversation ends
    after `silence_hours` without an event, and a wait counts as never answered after `never_answered_hours`. A message
    of ours is replied to within `reply_hours`, and a conversation stayed solved if the customer does not come back
    within `stay_days`. Where `assignments_route`, an assignment names the agent and does nothing else. The keys of
    `agents` are agentIds. `crm_link` is an address with `{chatId}` in it. `first_view` is the name of the saved view
    with which the app opens, if any.
    """

    target_share: Annotated[float, AfterValidator(_check_share)] = 0.8
    target_seconds: Annotated[int, AfterValidator(_check_target_seconds)] = 900
    opening: Opening | None = None
    timezone: Zone | None = None
    start_mode: Literal["found", "bot", "agent"] = "found"
    found_start_mode: Literal["bot", "agent"] | None = None
    silence_hours: Annotated[int, AfterValidator(_check_silence)] = 24
    never_answered_hours: Annotated[int, AfterValidator(_check_never_answered)] = 72
    reply_hours: Annotated[int, AfterValidator(_check_reply_hours)] = 24
    stay_days: Annotated[int, AfterValidator(_check_stay)] = 7
    assignments_route: bool = False
    agents: dict[Annotated[str, AfterValidator(_check_agent_id)], Agent] = Field(default_factory=dict)
    crm_link: Annotated[str, AfterValidator(_check_link)] | None = None
    show_phones: bool = False
    views: Annotated[tuple[SavedView, ...], AfterValidator(_check_views)] = ()
    first_view: str = ""

    @property
    def target(self) -> timedelta:
        """The time within which customers should get a person."""
        return timedelta(seconds=self.target_seconds)

    @property
    def bots(self) -> tuple[str, ...]:
        """The agentIds that are bots'."""
        return tuple(sorted(key for key, agent in self.agents.items() if agent.bot))

    @property
    def teams(self) -> dict[str, tuple[str, ...]]:
        """The agentIds of each team, by name."""
        names = sorted({agent.team for agent in self.agents.values() if agent.team})
        return {name: tuple(key for key, agent in self.agents.items() if agent.team == name) for name in names}


def preferences_of(settings: ProjectSettings, project: int) -> Preferences:
    """Return the preferences of a project; a value that is not set, or cannot be read, has its default.

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
    """Store the preferences of a project, each value as a setting; default values are not stored.

    Raises:
        StoreError: where the store does not answer.
    """
    values = preferences.model_dump(mode="json", exclude_defaults=True)
    changes = {name: values.get(name) for name in Preferences.model_fields}
    noted = changes.keys() - _FOUND_BY_ITSELF
    settings.change(project, changes, noted=noted, told=noted - _TELLING)


def list_problems(error: ValidationError) -> list[str]:
    """Return one sentence for each problem with preferences."""
    return [found["msg"].removeprefix("Value error, ") for found in error.errors(include_url=False)]
