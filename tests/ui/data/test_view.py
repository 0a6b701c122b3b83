"""A view is asked questions: it gives out no facts and no events, and an answer is computed once for all."""

import inspect
from datetime import date

import pandas as pd
import pytest

from analytics.events.validate import Validation
from analytics.facts.facts import Facts
from analytics.facts.shard import Shard
from analytics.live.dataset import Dataset
from analytics.metrics.business_hours import Schedule
from analytics.metrics.filters import Filter
from analytics.metrics.question import added_up
from analytics.metrics.selection import Selection
from analytics.metrics.terms import Terms
from analytics.ui.data.view import Views
from tests.events_of import frame_of, received, sent

DATA = (Dataset, Facts, Shard, Selection, Validation, pd.DataFrame, pd.Series)
ALWAYS = Schedule(((0, 24 * 60),) * 7, "UTC")


@pytest.fixture
def dataset():
    return Dataset.of_file("shop", "shop.csv", Validation(frame_of([received("2026-01-18 06:30"), sent("06:31")]), []))


@pytest.fixture
def views(monkeypatch):
    found = Views()
    monkeypatch.setattr("analytics.ui.data.view.views", lambda: found)
    return found


@pytest.fixture
def asked():
    """The selections that the question was asked of."""
    return []


@pytest.fixture
def question(asked):
    @added_up
    def count_something(selection: Selection, _: int) -> int:
        asked.append(selection)
        return len(asked)

    return count_something


def look(views, dataset, **chosen):
    return views.of(dataset, Filter(**chosen), "previous", None, Terms())


def given_out(thing):
    """What the public names of a thing stand for, where they are no functions."""
    found = {name: getattr(thing, name) for name in dir(thing) if not name.startswith("_")}
    return {name: value for name, value in found.items() if not callable(value)}


def test_it_gives_out_neither_events_nor_facts(views, dataset):
    view = look(views, dataset)
    for thing in (view, view.scope, view.contents):
        assert [name for name, value in given_out(thing).items() if isinstance(value, DATA)] == []


def test_nothing_else_than_a_question_a_filter_or_the_like_is_asked_of_it(views, dataset):
    view = look(views, dataset)
    ask = {name for name, _ in inspect.getmembers(view, inspect.ismethod) if not name.startswith("_")}
    assert ask == {
        "ask", "ask_before", "ask_now", "ask_once", "remember", "in_hours", "without_last_words", "through",
        "of_latest", "days_of_data",
    }  # fmt: skip


def test_what_one_session_asked_costs_another_nothing(views, dataset, question, asked):
    first, second = look(views, dataset), look(views, dataset)
    assert [first.ask(question, 1), second.ask(question, 1), second.ask(question, 1)] == [1, 1, 1]
    assert second.ask(question, 2) == 2
    assert len(asked) == 2


@pytest.mark.parametrize(
    "beside",
    [lambda view: view.in_hours(ALWAYS), lambda view: view.through(Filter(countries=("KE",)))],
    ids=["in business hours", "through another filter"],
)
def test_nor_does_what_it_asked_of_the_same_data_looked_at_otherwise(views, dataset, question, asked, beside):
    first, second = (beside(look(views, dataset)) for _ in range(2))
    assert [first.ask(question, 1), second.ask(question, 1)] == [1, 1]
    assert len(asked) == 1


def test_the_period_the_one_before_and_all_time_are_asked_apart(views, dataset, question, asked):
    view = look(views, dataset, first_day=date(2026, 1, 20))
    assert [view.ask(question, 1), view.ask_before(question, 1), view.ask_now(question, 1)] == [1, 2, 3]
    assert [view.ask(question, 1), view.ask_before(question, 1), view.ask_now(question, 1)] == [1, 2, 3]
    assert [selection.filter.first_day for selection in asked] == [date(2026, 1, 20), date(2026, 1, 19), None]


def test_what_is_not_compared_has_no_answer_of_before(views, dataset, question):
    view = look(views, dataset)
    assert (view.is_compared, view.ask_before(question, 1), view.previous_numbers) == (False, None, None)


def test_what_is_asked_once_is_not_kept(views, dataset, question):
    view = look(views, dataset)
    assert [view.ask_once(question, 1), view.ask_once(question, 1)] == [1, 2]
