"""A dataset: validated events with their facts, be they of a file or a project's latest."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import pandas as pd

from analytics.events.timestamps import to_microseconds
from analytics.events.validate import Validation
from analytics.facts.facts import Facts, build_facts


@dataclass(frozen=True)
class Dataset:
    """Validated events with their facts; never changed.

    A `live` dataset holds a project's stored events; it is `behind` while newer events are still being read. For other
    datasets `digest` is the hash of their files.
    """

    token: str
    name: str
    found: Validation
    facts: Facts
    live: bool = False
    behind: bool = False
    digest: str = ""

    @property
    def events(self) -> pd.DataFrame:
        """The event frame."""
        return self.found.events

    @cached_property
    def with_test_events(self) -> "Dataset":
        """The same dataset with facts that include test events."""
        rules = replace(self.facts.rules, include_test=True)
        return replace(self, facts=build_facts(self.events, rules))


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
