"""However customers are divided among shards, and in whatever order these are merged, no bit of an answer changes."""

import inspect
import json
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import analytics.metrics
from analytics.events.customers import find_links
from analytics.events.timestamps import to_microseconds
from analytics.facts.facts import build_facts
from analytics.facts.rules import FOUND, Rules
from analytics.facts.shard import Shard
from analytics.facts.waits import ASSIGNMENT, CUSTOMER, EVERY_MESSAGE, HUMAN
from analytics.metrics.business_hours import Schedule
from analytics.metrics.case_list import CaseList, Order
from analytics.metrics.cases import KINDS, Narrowing, mark_events_of_cases, mark_events_of_cases_ever
from analytics.metrics.comparison import Comparison, selection_to_compare
from analytics.metrics.filters import CHOICES
from analytics.metrics.intervals import INTERVALS
from analytics.metrics.parties import key_of
from analytics.metrics.question import Question
from analytics.metrics.report import METRICS
from analytics.metrics.response_time import mark_beginnings
from analytics.metrics.search import Search
from analytics.metrics.selection import Selection
from analytics.metrics.tally import Page
from analytics.metrics.terms import Terms
from analytics.metrics.waiting import WaitingList
from tests.events_of import frame_of, owners
from tests.metrics.traffic import BEGINNING, CHATS, USERS, filters, traffic

MODULES = [import_module(f"analytics.metrics.{one.name}") for one in iter_modules(analytics.metrics.__path__)]
QUESTIONS = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Question) and value.__module__ == module.__name__
}
QUESTIONS |= {
    f"{metric.key}.{name}": question
    for metric in METRICS
    for name, question in vars(metric.account).items()
    if isinstance(question, Question) and question not in QUESTIONS.values()
}
"""Every question that a module of the metrics declares, and every account's."""

HOURS = Schedule(((8 * 60, 17 * 60),) * 5 + (None, None), "Africa/Nairobi")
NIGHTS = Schedule(((22 * 60, 6 * 60),) * 7, "Asia/Kathmandu")
SECRET = bytes(32)
LATER = to_microseconds(BEGINNING + timedelta(hours=130))

waits = st.sampled_from((CUSTOMER, HUMAN, EVERY_MESSAGE, ASSIGNMENT))
narrowings = st.builds(Narrowing, st.sampled_from([*KINDS]), waits, st.sampled_from(("", "", "Not given")), st.just(""))
searches = st.none() | st.builds(
    Search, st.sampled_from(("5678", "+1 416 555", "bbb", "zz")), st.sampled_from(((), ("amina",)))
)
ABOUT = {
    "kind": waits,
    "wait": waits,
    "by": st.sampled_from(INTERVALS),
    "part": {
        "waits_by": st.sampled_from(("agent", "country")),
        "messages_by": st.sampled_from(("template", "content_type")),
        "stayed_solved_by": st.sampled_from(("agent", "reason")),
        "ends_by": st.sampled_from(("template", "country")),
        "failures_by": st.sampled_from(("template", "country")),
    },
    "narrowing": narrowings,
    "page": st.builds(Page, st.sampled_from((0, 0, 1, 3, 40)), st.sampled_from((1, 2, 50))),
    "wanted": searches.filter(bool),
    "asked": {
        "list_cases": st.builds(CaseList, narrowings, searches, st.sampled_from(Order.__args__), st.just(SECRET)),
        **dict.fromkeys(
            ("list_waiting", "count_waiting_now"),
            st.builds(WaitingList, waits, st.sampled_from((None, LATER)), st.just(SECRET)),
        ),
    },
    "key": {
        "list_occurring": st.sampled_from([choice.key for choice in CHOICES]),
        "open_case": st.builds(
            key_of,
            st.integers(0, 100).map(lambda hours: to_microseconds(BEGINNING + timedelta(hours=hours))),
            st.sampled_from(USERS),
            st.sampled_from(("", *CHATS)),
            st.just(SECRET),
        ),
    },
    "secret": st.just(SECRET),
    "most_others": st.sampled_from((0, 1, 20)),
}
"""What a question may be about, by the name of its parameter; some depend on the question."""

MARKED = st.one_of(
    st.tuples(st.sampled_from([mark for one in METRICS for mark in (one.account.raw, one.account.ledger)])),
    st.tuples(st.just(mark_beginnings), waits),
    st.tuples(st.sampled_from((mark_events_of_cases, mark_events_of_cases_ever)), narrowings),
)
"""What marks events behind a number, and what that is told."""
COMPARISONS = st.sampled_from([None, *Comparison.__args__])


def divide(frame, customer, shards, random):
    """The events by shard, of which each has all of some customers; some shards may have none."""
    shard_of = np.array([random.randrange(shards) for _ in frame["user_id"].cat.categories], np.int64)
    number = shard_of[owners(frame, customer)] if len(frame) else np.zeros(0, np.int64)
    parts = [frame[number == shard] for shard in range(shards)]
    random.shuffle(parts)
    return parts


def about(name, question):
    """What a question is asked about, as arguments."""
    if name in {"count_behind", "list_behind"}:
        return st.tuples(ABOUT["page"], MARKED).map(
            lambda both: (both[0], *both[1]) if name == "list_behind" else both[1]
        )
    names = inspect.signature(question.__wrapped__).parameters
    found = [ABOUT[one] for one in names if one in ABOUT]
    return st.tuples(*(one[name] if isinstance(one, dict) else one for one in found))


def same(one, other):
    """Whether two answers are equal, bit by bit and in their order."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other, check_exact=True)
    elif isinstance(one, tuple):
        for parts in zip(one, other, strict=True):
            same(*parts)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(np.sort(one, axis=None), np.sort(other, axis=None))
    elif isinstance(one, dict):
        assert [*one] == [*other]
        for name in one:
            same(one[name], other[name])
    elif is_dataclass(one):
        for part in fields(one):
            same(getattr(one, part.name), getattr(other, part.name))
    elif isinstance(one, list):
        assert one == other
    else:
        assert json.dumps(one) == json.dumps(other)


def divided(events, chosen, comparison, shards, rules, terms, as_of, random):
    """Selections of all customers, the compared one with them, each with those of the shards."""
    frame = frame_of(events)
    facts = build_facts(frame, rules)
    rules = replace(facts.rules, start_mode=facts.start_mode)  # found of all, and asked first
    whole = Selection(facts, chosen, as_of, terms, frame=frame)
    asked = [whole]
    if comparison and (other := selection_to_compare(whole, comparison)):
        asked.append(other)
    links = find_links(frame)
    divided = divide(frame, facts.customer, shards, random)
    parts = [Shard(build_facts(part, rules, links), part, links) for part in divided]
    return [(selection, [Selection.in_scope(part, selection.scope) for part in parts]) for selection in asked]


RULES = st.builds(
    Rules,
    start_mode=st.sampled_from((FOUND, "bot", "agent")),
    silence=st.sampled_from((timedelta(hours=1), timedelta(hours=24), timedelta(days=3))),
    never_answered=st.sampled_from((timedelta(hours=2), timedelta(hours=72))),
    stay=st.sampled_from((timedelta(days=1), timedelta(days=7))),
    assignments_route=st.booleans(),
    bots=st.sampled_from(((), ("brian",))),
    include_test=st.booleans(),
)
TERMS = st.builds(
    Terms,
    target=st.sampled_from((timedelta(minutes=1), timedelta(minutes=15))),
    hours=st.sampled_from((None, HOURS, NIGHTS)),
    last_word_counts=st.booleans(),
)
CASES = st.builds(
    divided,
    traffic(),
    filters,
    COMPARISONS,
    st.sampled_from([1, 2, 7, 16]),
    RULES,
    TERMS,
    st.sampled_from((None, LATER)),
    st.randoms(use_true_random=False),
)


@settings(max_examples=15)
@given(case=CASES, data=st.data())
def test_each_answer_of_shards_is_that_of_the_whole(case, data):
    for selection, shards in case:
        for name, question in QUESTIONS.items():
            asked = data.draw(about(question.__name__, question), label=name)
            same(question(selection, *asked), question.ask(shards, *asked))


def test_every_question_that_pages_ask_is_among_them():
    known = {question.__name__ for question in QUESTIONS.values()}
    assert {"compute_metrics", "list_cases", "open_case", "list_waiting", "list_behind", "measure_silence"} <= known
    assert len(QUESTIONS) > 60
