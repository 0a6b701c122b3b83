"""What programs with a read key are told: the report as a command gives it, and who waits, masked."""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from analytics.events.timestamps import to_microseconds
from analytics.live.dataset import Dataset
from analytics.live.followers import followers
from analytics.live.rules import rules_of
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Page
from analytics.metrics.terms import Terms
from analytics.metrics.waiting import WaitingList, list_waiting
from analytics.numbers.asked import Asked, AskedWronglyError, read_asked
from analytics.store.database import StoreUnavailableError
from analytics.store.event_store import EventStore
from analytics.store.preferences import Preferences, preferences_of
from analytics.store.projects import Project
from analytics.words import display
from analytics.words.wait_kinds import PERSON, REPLY

MOST_WAITING = 1_000
_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.1
_WAITS = {"person": PERSON, "reply": REPLY}

Given = Sequence[tuple[str, str]]
"""The parameters of an address, in their order."""


def report(store: EventStore, project: Project, given: Given) -> dict[str, Any]:
    """Return what `analytics metrics --format json` prints of a project."""
    asked, preferences = read_asked(given), preferences_of(store.settings, project.id)
    return asked.report(_look(store, project, preferences, asked).facts, preferences)


def waiting(store: EventStore, project: Project, given: Given) -> dict[str, Any]:
    """Return who waits now, the most urgent first; `wait` is `person` (as where it is left out) or `reply`."""
    kinds = [value for name, value in given if name == "wait"]
    if len(kinds) > 1 or any(kind not in _WAITS for kind in kinds):
        raise AskedWronglyError("wait comes once, and is person or reply.")
    asked = read_asked([(name, value) for name, value in given if name != "wait"])
    preferences = preferences_of(store.settings, project.id)
    shards = _look(store, project, preferences, asked).shards
    scope = Scope.over(shards, asked.chosen, asked.as_of, Terms(preferences.target))
    now = to_microseconds(datetime.now(UTC)) if asked.as_of is None else asked.as_of
    who = WaitingList(_WAITS[(*kinds, "person")[0]].kind, now)
    found = list_waiting.ask([Selection.in_scope(shard, scope) for shard in shards], Page(0, MOST_WAITING), who)
    return {"count": found.count, "waiting": [_describe(row) for row in found.frame.to_dict("records")]}


def _describe(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    free = row["left"]
    return {
        "customer": display.mask_customer(row["user"]),
        "since": row["since"].isoformat(),
        "waited_seconds": row["waited"],
        "free_reply_seconds": free if free > 0 else None,
        "agent": row["agent"],
        "country": row["country"],
    }


def _look(store: EventStore, project: Project, preferences: Preferences, asked: Asked) -> Dataset:
    """Return the latest dataset of a project, which all who look share, under the rules that are asked for."""
    follower, until = followers().of(store, project), time.monotonic() + _PATIENCE_SECONDS
    dataset = follower.look(rules_of(preferences))
    while dataset.behind:
        if time.monotonic() > until:
            raise StoreUnavailableError("The latest events are still being read.")
        time.sleep(_LOOK_SECONDS)
        dataset = follower.look()
    return dataset.under(asked.rules(preferences))


Numbers = Callable[[EventStore, Project, Given], dict[str, Any]]

NUMBERS: dict[str, Numbers] = {"/report": report, "/waiting": waiting}
"""What there is, by its path below `/v1`."""
