"""The view: the current data through the filters of the sidebar, and the period it is compared with."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from threading import Lock
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from weakref import WeakValueDictionary

import pandas as pd
import streamlit as st

from analytics.live.dataset import Dataset, as_of
from analytics.live.dataset_contents import Contents, Start
from analytics.live.rules import Rules
from analytics.live.shared_answers import SharedAnswers
from analytics.metrics.business_hours import Schedule
from analytics.metrics.comparison import Comparison, scope_to_compare
from analytics.metrics.filters import Filter
from analytics.metrics.intervals import Interval, choose_interval, list_intervals
from analytics.metrics.metric import Result
from analytics.metrics.question import Question
from analytics.metrics.rates import count_still_counting
from analytics.metrics.report import compute_metrics
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.terms import Terms
from analytics.ui.browser.session import Key

P = ParamSpec("P")
T = TypeVar("T")

_KEPT = 16
_UNUSED_SECONDS = 30.0

_Looked = tuple[str, Rules, Filter, Comparison | None, int | None, Terms]


@dataclass(frozen=True)
class Reach:
    """How far the data reach (local time), and the first and last day of the period; None for an open end.

    `earlier` is by how much the compared period is earlier, if there is one.
    """

    up_to: datetime
    first_day: date | None = None
    last_day: date | None = None
    earlier: timedelta | None = None

    def settling(self, late: timedelta) -> "Reach":
        """Return the reach of final numbers, if numbers may still change for a time of `late`."""
        return replace(self, up_to=self.up_to - late)


class _Asked:
    """Shards in one scope, and their answers: each is computed once, for all who ask the same."""

    def __init__(self, shards: Sequence[Selection]) -> None:
        self.shards = shards
        self._answers = SharedAnswers()

    def ask(self, question: Question[P, T], *about: P.args, **named: P.kwargs) -> T:
        """Return the answer to a question."""
        return self._answers.ask((question, about, *named.items()), lambda: question.ask(self.shards, *about, **named))


class View:
    """What a page shows: a dataset through a filter, under terms, beside the period that it is compared with.

    Pages ask it questions. It gives out no events and no facts.
    """

    def __init__(
        self, dataset: Dataset, chosen: Filter, comparison: Comparison | None, as_of: int | None, terms: Terms
    ) -> None:
        self._dataset = dataset
        self.scope = Scope.over(dataset.shards, chosen, as_of, terms)
        self.comparison = comparison
        self._compared = scope_to_compare(self.scope, comparison) if comparison else None
        self._period, self._before = self._select(self.scope), self._select(self._compared) if self._compared else None
        self._made = SharedAnswers()

    def ask(self, question: Question[P, T], *about: P.args, **named: P.kwargs) -> T:
        """Return the answer to a question of the period."""
        return self._period.ask(question, *about, **named)

    def ask_before(self, question: Question[P, T], *about: P.args, **named: P.kwargs) -> T | None:
        """Return the answer to a question of the compared period, None without one."""
        return self._before.ask(question, *about, **named) if self._before else None

    def ask_now(self, question: Question[P, T], *about: P.args, **named: P.kwargs) -> T:
        """Return the answer to a question of all time, whatever the period."""
        return self._ever.ask(question, *about, **named)

    def ask_once(self, question: Question[P, T], *about: P.args, **named: P.kwargs) -> T:
        """Return the answer to a question of the period that nobody asks again: it is not kept, as it may be large."""
        return question.ask(self._period.shards, *about, **named)

    def remember(self, make: Callable[Concatenate["View", P], T], *about: P.args, **named: P.kwargs) -> T:
        """Return what a function makes of answers; it is called once, for all who want the same."""
        return self._made.ask((make, about, *named.items()), lambda: make(self, *about, **named))

    @property
    def numbers(self) -> dict[str, Result]:
        """The results of all metrics."""
        return self.ask(compute_metrics)

    @property
    def previous_numbers(self) -> dict[str, Result] | None:
        """The results of all metrics for the compared period, None without one."""
        return self.ask_before(compute_metrics)

    @property
    def is_compared(self) -> bool:
        """Whether there is a period to compare with."""
        return self._before is not None

    def in_hours(self, hours: Schedule) -> "View":
        """Return the same view with terms under which only open hours of waits count."""
        return self._beside(self.filter, self.comparison, replace(self.scope.terms, hours=hours))

    def through(self, chosen: Filter) -> "View":
        """Return the view of the same data through another filter, without comparison."""
        return self._beside(chosen, None, self.scope.terms)

    def of_latest(self, dataset: Dataset) -> "View":
        """Return the view of the latest dataset of the same project, through the same filter, as of now."""
        latest = dataset.with_test_events if self.rules.include_test else dataset
        return views().of(latest, self.filter, self.comparison, as_of(latest), self.scope.terms)

    def _beside(self, chosen: Filter, comparison: Comparison | None, terms: Terms) -> "View":
        return views().of(self._dataset, chosen, comparison, self.scope.as_of, terms)

    def _select(self, scope: Scope) -> _Asked:
        return _Asked([Selection.in_scope(shard, scope) for shard in self._dataset.shards])

    @cached_property
    def _ever(self) -> _Asked:
        return _Asked([shard.without_period for shard in self._period.shards])

    @property
    def filter(self) -> Filter:
        """The filter that the data pass."""
        return self.scope.filter

    @property
    def target(self) -> timedelta:
        """The time in which customers should get a person."""
        return self.scope.terms.target

    @property
    def hours(self) -> Schedule | None:
        """The hours that count; None if all do."""
        return self.scope.terms.hours

    def without_last_words(self) -> "View":
        """Return the same view with terms under which waits that may be a “thanks” are not judged."""
        return self._beside(self.filter, self.comparison, replace(self.scope.terms, last_word_counts=False))

    @property
    def rules(self) -> Rules:
        """The settings under which events are counted."""
        return self.scope.rules

    @property
    def start(self) -> Start:
        """Who answers first, and why."""
        return self._dataset.contents.start

    @property
    def name(self) -> str:
        """The name of the data."""
        return self._dataset.name

    @property
    def token(self) -> str:
        """What the data are told from others by."""
        return self._dataset.token

    @property
    def live(self) -> bool:
        """Whether the data are a project's stored events as they come."""
        return self._dataset.live

    @property
    def behind(self) -> bool:
        """Whether newer events are still being read."""
        return self._dataset.behind

    @property
    def contents(self) -> Contents:
        """What the data hold and what could not be used, whatever the filter."""
        return self._dataset.contents

    def days_of_data(self, zone: str) -> tuple[date, date]:
        """Return the local days of the first and the last event; without any, the first day of 1970."""
        ends = pd.to_datetime([self.scope.oldest or 0, self.scope.newest or 0], unit="us", utc=True)
        first, last = ends.tz_convert(zone).date
        return first, last

    @property
    def is_settled(self) -> bool:
        """Whether no receipts and replies can come any more of the messages that it shows."""
        return not self.ask(count_still_counting)

    @property
    def data_up_to(self) -> datetime:
        """The time of the newest event in the filter's time zone; for live data not later than now."""
        newest = pd.to_datetime(min(self.scope.newest or 0, self.scope.as_of), unit="us", utc=True)
        return newest.tz_convert(self.filter.timezone).to_pydatetime()

    @property
    def reach(self) -> Reach:
        """How far the data and the period reach."""
        first, compared = self.filter.first_day, self._compared.filter.first_day if self._compared else None
        earlier = first - compared if first and compared else None
        return Reach(self.data_up_to, first, self.filter.last_day, earlier)

    @property
    def suiting_interval(self) -> Interval:
        """The interval of trends that suits the period."""
        return choose_interval(self.scope)

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The intervals by which trends of the period can be shown."""
        return list_intervals(self.scope)

    @property
    def interval(self) -> Interval:
        """The interval of trends: the chosen one if the period allows it, else the one that suits the period."""
        chosen: Interval | None = cast("Any", st.session_state).get(Key.INTERVAL)
        return chosen if chosen in self.intervals else self.suiting_interval


class Views:
    """The views used last. When a project has a later dataset, the views of its earlier datasets are dropped.

    One that nobody asked for lately is kept by the sessions that show it, and is gone with them.
    """

    def __init__(self) -> None:
        self._alive: WeakValueDictionary[_Looked, View] = WeakValueDictionary()
        self._kept: OrderedDict[_Looked, tuple[View, Dataset, float]] = OrderedDict()
        self._lock = Lock()

    def of(
        self, dataset: Dataset, chosen: Filter, comparison: Comparison | None, as_of: int | None, terms: Terms
    ) -> View:
        """Return the view of a dataset through a filter, under some terms; the same arguments give the same view."""
        looked = dataset.token, dataset.rules, chosen, comparison, as_of, terms
        with self._lock:
            view = self._alive.get(looked)
            if view is None:
                view = self._alive[looked] = View(dataset, chosen, comparison, as_of, terms)
                self._make_room(dataset)
            self._kept[looked] = view, dataset, monotonic()
            self._kept.move_to_end(looked)
            return view

    def forget(self, is_latest: Callable[[Dataset], bool]) -> None:
        """Let go of views that nobody asked for lately, and of those of live datasets that are not the latest."""
        long_ago = monotonic() - _UNUSED_SECONDS
        with self._lock:
            for looked, (_, dataset, used_at) in list(self._kept.items()):
                if used_at < long_ago or (dataset.live and not is_latest(dataset)):
                    del self._kept[looked]

    def _make_room(self, dataset: Dataset) -> None:
        """Drop the views of earlier datasets of a live project, each of which would hold a copy of all events."""
        outdated = [
            looked
            for looked, (_, other, _) in self._kept.items()
            if dataset.live and other.name == dataset.name and other.token != dataset.token
        ]
        for looked in outdated or list(self._kept)[: len(self._kept) + 1 - _KEPT]:
            del self._kept[looked]


@cache
def views() -> Views:
    """Return the views of this process."""
    return Views()


def set_current_view(view: View | None) -> None:
    """Set the view that pages show in this run."""
    st.session_state[Key.VIEW] = view


def current_view() -> View | None:
    """Return the view to show; None while there are no data."""
    return cast("View | None", cast("Any", st.session_state).get(Key.VIEW))
