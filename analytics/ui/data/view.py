"""The view: the current data through the filters of the sidebar, and the period it is compared with."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from threading import Lock
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from weakref import WeakValueDictionary

import pandas as pd
import streamlit as st

from analytics.facts.rules import Rules
from analytics.live.dataset import Dataset
from analytics.live.shared_answers import SharedAnswers
from analytics.metrics.business_hours import Schedule
from analytics.metrics.comparison import Comparison, selection_to_compare
from analytics.metrics.filters import Filter
from analytics.metrics.intervals import Interval, choose_interval
from analytics.metrics.metric import Result
from analytics.metrics.question import Question
from analytics.metrics.rates import count_still_counting
from analytics.metrics.report import compute_metrics
from analytics.metrics.selection import Selection
from analytics.metrics.terms import Terms
from analytics.ui.browser.session import Key

P = ParamSpec("P")
T = TypeVar("T")

_KEPT = 16
_UNUSED_SECONDS = 30.0

_Question = tuple[str, Rules, Filter, Comparison | None, int | None, Terms]


@dataclass(frozen=True)
class Reach:
    """How far the data reach (local time), and the first and last day of the period; None for an open end."""

    up_to: datetime
    first_day: date | None = None
    last_day: date | None = None

    def settling(self, late: timedelta) -> "Reach":
        """Return the reach of final numbers, if numbers may still change for a time of `late`."""
        return replace(self, up_to=self.up_to - late)


@dataclass(frozen=True)
class View:
    """What a page shows."""

    dataset: Dataset
    selection: Selection
    comparison: Comparison | None
    previous: Selection | None
    _answers: SharedAnswers = field(default_factory=SharedAnswers, init=False, repr=False, compare=False)

    @property
    def filter(self) -> Filter:
        """The filter that the data pass."""
        return self.selection.filter

    @property
    def target(self) -> timedelta:
        """The time in which customers should get a person."""
        return self.selection.terms.target

    def in_hours(self, hours: Schedule) -> "View":
        """Return the same view with terms under which only open hours of waits count."""
        return self._with_terms(replace(self.selection.terms, hours=hours))

    def without_last_words(self) -> "View":
        """Return the same view with terms under which waits that may be a “thanks” are not judged."""
        return self._with_terms(replace(self.selection.terms, last_word_counts=False))

    def _with_terms(self, terms: Terms) -> "View":
        return replace(
            self,
            selection=self.selection.with_terms(terms),
            previous=self.previous.with_terms(terms) if self.previous else None,
        )

    def through(self, chosen: Filter) -> "View":
        """Return the view of the same data through another filter, without comparison."""
        return views().of(self.dataset, chosen, None, self.selection.as_of, self.selection.terms)

    @property
    def is_settled(self) -> bool:
        """Whether no receipts and replies can come any more of the messages that it shows."""
        return not self.ask(count_still_counting)

    @property
    def data_up_to(self) -> datetime:
        """The time of the newest event in the filter's time zone; for live data not later than now."""
        newest = pd.to_datetime(min(self.dataset.facts.newest or 0, self.selection.as_of), unit="us", utc=True)
        return newest.tz_convert(self.filter.timezone).to_pydatetime()

    @property
    def reach(self) -> Reach:
        """How far the data and the period reach."""
        return Reach(self.data_up_to, self.filter.first_day, self.filter.last_day)

    @property
    def interval(self) -> Interval:
        """The interval of trends, day, week or month: the chosen one, else the one that suits the period."""
        chosen: Interval | None = cast("Any", st.session_state).get(Key.INTERVAL)
        return chosen or choose_interval(self.selection)

    @property
    def numbers(self) -> dict[str, Result]:
        """The ten metrics."""
        return self._answers.ask("numbers", lambda: compute_metrics(self.selection))

    @property
    def previous_numbers(self) -> dict[str, Result] | None:
        """The ten metrics of the compared period, None without one."""
        previous = self.previous
        return self._answers.ask("previous numbers", lambda: compute_metrics(previous)) if previous else None

    def ask(self, question: Question[P, T], *about: P.args, **named: P.kwargs) -> T:
        """Return the answer to a question; it is computed once, for all who ask the same."""
        key = question, about, *named.items()
        return self._answers.ask(key, lambda: question(self.selection, *about, **named))

    def ask_before(self, question: Question[P, T], *about: P.args, **named: P.kwargs) -> T | None:
        """Return the answer to a question of the compared period, None without one."""
        previous = self.previous
        if previous is None:
            return None
        key = "previous", question, about, *named.items()
        return self._answers.ask(key, lambda: question(previous, *about, **named))

    def ask_now(self, question: Question[P, T], *about: P.args, **named: P.kwargs) -> T:
        """Return the answer to a question of all time, whatever the period."""
        key = "now", question, about, *named.items()
        return self._answers.ask(key, lambda: question(self.selection.without_period, *about, **named))

    def remember(self, make: Callable[Concatenate["View", P], T], *about: P.args, **named: P.kwargs) -> T:
        """Return what a function makes of this view; it is called once, for all who want the same."""
        key = make, about, *named.items()
        return self._answers.ask(key, lambda: make(self, *about, **named))


class Views:
    """The views used last. When a project has a later dataset, the views of its earlier datasets are dropped.

    One that nobody asked for lately is kept by the sessions that show it, and is gone with them.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[_Question, View] = OrderedDict()
        self._used_at: dict[_Question, float] = {}
        self._shown: WeakValueDictionary[_Question, View] = WeakValueDictionary()
        self._lock = Lock()

    def of(
        self, dataset: Dataset, chosen: Filter, comparison: Comparison | None, as_of: int | None, terms: Terms
    ) -> View:
        """Return the view of a dataset through a filter, under some terms; the same arguments give the same view."""
        question = dataset.token, dataset.facts.rules, chosen, comparison, as_of, terms
        with self._lock:
            view = self._shown.get(question)
            if view is None:
                selection = Selection(dataset.facts, chosen, as_of, terms)
                view = View(
                    dataset, selection, comparison, selection_to_compare(selection, comparison) if comparison else None
                )
                self._make_room(dataset)
            self._known[question] = self._shown[question] = view
            self._known.move_to_end(question)
            self._used_at[question] = monotonic()
            return view

    def forget(self, is_latest: Callable[[Dataset], bool]) -> None:
        """Let go of views that nobody asked for lately, and of those of live datasets that are not the latest."""
        long_ago = monotonic() - _UNUSED_SECONDS
        with self._lock:
            for question, view in list(self._known.items()):
                if self._used_at[question] < long_ago or (view.dataset.live and not is_latest(view.dataset)):
                    self._drop(question)

    def _make_room(self, dataset: Dataset) -> None:
        """Drop the views of earlier datasets of a live project, each of which would hold a copy of all events."""
        outdated = [
            question
            for question, view in self._known.items()
            if dataset.live and view.dataset.name == dataset.name and view.dataset is not dataset
        ]
        for question in outdated or list(self._known)[: len(self._known) + 1 - _KEPT]:
            self._drop(question)

    def _drop(self, question: _Question) -> None:
        del self._known[question], self._used_at[question]


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
