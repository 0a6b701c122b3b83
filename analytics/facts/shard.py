"""Shards: some customers, whole, of all that is asked: their facts, and the events and links these were made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import pandas as pd

from analytics.events.customers import find_links
from analytics.facts.facts import Facts
from analytics.facts.rules import Rules
from analytics.facts.start import Evidence

T = TypeVar("T")


@dataclass(frozen=True)
class Start:
    """Who answers first (`bot` or `agent`), the rules that say so or have it found, and what the events say of it."""

    start_mode: str
    rules: Rules
    evidence: Evidence

    @classmethod
    def of(cls, facts: Facts) -> "Start":
        """Return who answers first in some facts."""
        return cls(facts.start_mode, facts.rules, facts.evidence)


class Shard:
    """The facts of some customers, and the event frame that they were made of, which only questions about rows need.

    `links` are all that are known (see `analytics.events.customers`); where none are given, those of the frame count.
    It is shared and never changed. What is looked up in it again and again, whatever the filter, is made once.
    """

    def __init__(self, facts: Facts, frame: pd.DataFrame | None = None, links: pd.DataFrame | None = None) -> None:
        self.facts = facts
        self._frame, self._links = frame, links
        self._made: dict[Callable[[Shard], Any], Any] = {}

    @property
    def frame(self) -> pd.DataFrame:
        """The event frame.

        Raises:
            ValueError: where there are facts alone.
        """
        if self._frame is None:
            raise ValueError("This question is about rows: it needs the event frame beside the facts, as `frame`.")
        return self._frame

    @property
    def links(self) -> pd.DataFrame:
        """Which ids are one customer's.

        Raises:
            ValueError: where there are facts alone.
        """
        return find_links(self.frame) if self._links is None else self._links

    def keep(self, make: Callable[["Shard"], T]) -> T:
        """Return what a function makes of this shard; it is made when first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])
