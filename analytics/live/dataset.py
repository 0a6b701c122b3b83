"""A dataset: validated events with their facts, be they of a file or a project's latest."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import pandas as pd

from analytics.events.customers import join_ids
from analytics.events.timestamps import to_microseconds
from analytics.events.validate import Validation
from analytics.facts.facts import Facts, build_facts
from analytics.facts.rules import Rules
from analytics.facts.shard import Shard
from analytics.facts.timeline import NONE, Mask
from analytics.live.dataset_contents import Contents
from analytics.store.event_store import EventStore
from analytics.store.imports import Import


@dataclass(frozen=True)
class Dataset:
    """Validated events with their facts; never changed.

    A `live` dataset holds a project's stored events; it is `behind` while newer events are still being read. For other
    datasets `digest` is the hash of their files. The screen asks questions of it, and takes from it no events and no
    facts.
    """

    token: str
    name: str
    found: Validation
    facts: Facts
    live: bool = False
    behind: bool = False
    digest: str = ""

    @classmethod
    def of_file(cls, token: str, name: str, found: Validation, digest: str = "") -> "Dataset":
        """Return the dataset of validated events of files; its facts are made here."""
        return cls(token, name, found, build_facts(found.events, links=found.links), digest=digest)

    @property
    def events(self) -> pd.DataFrame:
        """The event frame."""
        return self.found.events

    @cached_property
    def links(self) -> pd.DataFrame:
        """Which ids are one customer's (see `analytics.events.customers`)."""
        return self.found.all_links

    @property
    def rules(self) -> Rules:
        """The rules under which the facts are made."""
        return self.facts.rules

    @cached_property
    def shards(self) -> tuple[Shard, ...]:
        """The shards that are asked for its numbers. Today there is one, of all customers."""
        return (Shard(self.facts, self.events, self.links),)

    @cached_property
    def contents(self) -> Contents:
        """What it holds and what could not be used, for those who look at it before its numbers."""
        return Contents(self.found, self.facts)

    def under(self, rules: Rules) -> "Dataset":
        """Return the same dataset with facts under some rules."""
        return self if rules == self.rules else replace(self, facts=build_facts(self.events, rules, self.links))

    @cached_property
    def with_test_events(self) -> "Dataset":
        """The same dataset with facts that include test events."""
        return self.under(replace(self.rules, include_test=True))

    def since(self, instant: datetime, rules: Rules) -> "Dataset":
        """Return the dataset of the events since an instant alone, as if nothing had been before."""
        return self._choose((self.events["timestamp"] >= instant).to_numpy(), rules)

    def of_customer(self, user: str) -> "Dataset":
        """Return the dataset of the events of one customer alone, whom an id of theirs names, test events included."""
        users = self.events["user_id"].cat
        customer = join_ids(users.categories, self.links)
        same = customer == customer[users.categories == user].max(initial=NONE)
        return self._choose(same[users.codes.to_numpy()], Rules(include_test=True))

    def _choose(self, chosen: Mask, rules: Rules) -> "Dataset":
        events = self.events[chosen].reset_index(drop=True)
        found = Validation(events, [], links=self.links)
        return replace(self, found=found, facts=build_facts(events, rules, self.links))

    def count_known(self, store: EventStore, project: int) -> int:
        """Return how many of the events a project has stored already.

        Raises:
            StoreError: where the store does not answer.
        """
        return store.count_known(project, self.events)

    def add_to(self, store: EventStore, project: int, who: str) -> Import:
        """Add the events to a project, and return what was new.

        Raises:
            StoreError: where the store does not answer.
        """
        return store.add_import(project, self.found, file=self.name, digest=self.digest, who=who)


def as_of(dataset: Dataset) -> int | None:
    """Return "now" for everything that is still open: the current minute for live data; None for other data.

    For these the newest event is "now". Events that a fast clock dates in the future do not count.
    """
    if not dataset.live:
        return None
    clock = datetime.now(UTC)
    now, newest = to_microseconds(clock), dataset.facts.newest or 0
    if newest > now:
        times = dataset.facts.events.time
        newest = int(times[times <= now].max(initial=0))
    return max(to_microseconds(clock.replace(second=0, microsecond=0)), newest)
