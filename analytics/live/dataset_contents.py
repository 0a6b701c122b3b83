"""The contents of a dataset: what it holds and what could not be used, before anything is counted."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.events.contract import EVENTS
from analytics.events.frame import STATUS_EVENTS
from analytics.events.left_out import LeftOuts
from analytics.events.rejected import Rejected
from analytics.events.repeats import Repeats
from analytics.events.unread import Unread
from analytics.events.validate import Validation
from analytics.facts.facts import Facts
from analytics.facts.shard import Start as Start  # noqa: PLC0414  # those who ask for it name it
from analytics.facts.timeline import category_codes


class Contents:
    """What validation found, test events and events outside the contract among it."""

    def __init__(self, found: Validation, facts: Facts) -> None:
        self._found = found
        self._facts = facts

    def __len__(self) -> int:
        """Return how many events can be used."""
        return len(self._found.events)

    @property
    def received(self) -> int:
        """How many events came, duplicates and rejected ones included."""
        return self._found.received

    @property
    def duplicates(self) -> int:
        """How many came again."""
        return self._found.duplicates

    @property
    def left_out(self) -> int:
        """How many rows of tables were left out, as somebody chose."""
        return self._found.left_out

    @property
    def conflicts(self) -> int:
        """How many of these differ from the first of their identity."""
        return self._found.conflicts

    @property
    def repeats(self) -> Repeats:
        """How often events of each name came again, by the fields in which they differ from the first."""
        return self._found.repeats

    @property
    def rejected(self) -> Sequence[Rejected]:
        """The events that cannot be used."""
        return self._found.rejected

    @cached_property
    def unknown_events(self) -> Mapping[str, int]:
        """How many events of each name are none of the contract."""
        return self._found.unknown_events

    @property
    def unread(self) -> Mapping[Unread, int]:
        """What of other systems' payloads was not understood, and how often."""
        return self._found.unread

    @property
    def left_out_properties(self) -> LeftOuts:
        """Which optional properties could not be used, and how often."""
        return self._found.left_out_properties

    @cached_property
    def error_titles(self) -> dict[str, str]:
        """What systems call each code of an error; of several titles the first by letters."""
        events = self._found.events
        named = events.loc[(events["error_code"].notna() & events["error_title"].notna()).to_numpy()]
        titles = named[["error_code", "error_title"]].astype(str).drop_duplicates().sort_values("error_title")
        return dict(zip(titles["error_code"][::-1], titles["error_title"][::-1], strict=True))

    @cached_property
    def tests(self) -> int:
        """How many are test events."""
        return int(self._found.events["test"].sum())

    @cached_property
    def reported(self) -> int:
        """How many are part of reports: of the contract, and no test events."""
        events = self._found.events
        return int((~events["test"] & events["event"].isin([*EVENTS])).sum())

    @cached_property
    def message_ids(self) -> set[str]:
        """The ids of their messages."""
        return {str(known) for known in self._found.events["message_id"].dropna()}

    @cached_property
    def customers(self) -> int:
        """How many customers there are, each under all their ids; a status alone makes none."""
        events = self._found.events
        users = category_codes(events["user_id"])[~events["event"].isin(STATUS_EVENTS).to_numpy()]
        return len(np.unique(self._facts.customer[users]))

    @property
    def start(self) -> Start:
        """Who answers first, and why."""
        return Start.of(self._facts)

    @property
    def agents(self) -> int:
        """How many agents the events name."""
        return len(self._facts.agents)

    @property
    def countries(self) -> list[str]:
        """The countries of the customers, by code."""
        return [*self._facts.countries]

    @cached_property
    def by_name(self) -> dict[str, int]:
        """How many events there are of each name, most first."""
        counts = self._found.events["event"].value_counts()
        return {str(name): int(count) for name, count in counts.items() if count}

    @cached_property
    def reach(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """When the first and when the last event happened (UTC)."""
        times = self._found.events["timestamp"]
        return times.min(), times.max()

    def first_rows(self, most: int) -> pd.DataFrame:
        """Return the first events as they were understood.

        The columns are `event`, `timestamp` (UTC), `user_id`, `agent_id`, `service_mode`, `message_id` and
        `content_type`; what an event does not say is missing.
        """
        names = ["event", "timestamp", "user_id", "agent_id", "service_mode", "message_id", "content_type"]
        first = self._found.events[names].head(most)
        return first.astype({name: object for name in names if name != "timestamp"})
