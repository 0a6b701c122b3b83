"""However customers are divided among shards, and in whatever order these are merged, no bit of an answer changes."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.facts.facts import build_facts
from analytics.facts.rules import Rules
from analytics.facts.waits import ASSIGNMENT, CUSTOMER, EVERY_MESSAGE, HUMAN
from analytics.metrics import (
    account,
    agents,
    breakdowns,
    changes,
    health,
    rates,
    response_time,
    stayed_solved,
    trends,
    waiting,
)
from analytics.metrics.business_hours import Schedule
from analytics.metrics.comparison import Comparison, selection_to_compare
from analytics.metrics.intervals import INTERVALS
from analytics.metrics.metric import Reading
from analytics.metrics.question import Question
from analytics.metrics.report import METRICS
from analytics.metrics.selection import Selection
from analytics.metrics.terms import Terms
from tests.events_of import frame_of, owners
from tests.metrics.traffic import filters, traffic

MODULES = (account, agents, breakdowns, changes, health, rates, response_time, stayed_solved, trends, waiting)
QUESTIONS = {name: value for module in MODULES for name, value in vars(module).items() if isinstance(value, Question)}
ABOUT = {
    "kind": (CUSTOMER, HUMAN, EVERY_MESSAGE, ASSIGNMENT),
    "by": INTERVALS,
}
PARTS = {
    "waits_by": ("agent", "country"),
    "messages_by": ("template", "content_type"),
    "stayed_solved_by": ("agent", "reason"),
}
HOURS = Schedule(((8 * 60, 17 * 60),) * 5 + (None, None), "Africa/Nairobi")
COMPARISONS = st.sampled_from([None, *Comparison.__args__])


def divide(frame, shards, random):
    """The events by shard, of which each has all of some customers; some shards may have none."""
    shard_of = np.array([random.randrange(shards) for _ in frame["user_id"].cat.categories], np.int64)
    number = shard_of[owners(frame)] if len(frame) else np.zeros(0, np.int64)
    parts = [frame[number == shard] for shard in range(shards)]
    random.shuffle(parts)
    return parts


def everything_about(name, question):
    """All that a question may be about, as tuples of arguments."""
    names = [*question.__wrapped__.__annotations__]
    return [
        dict(zip(asked, values, strict=True))
        for asked in [[one for one in names if one in ("kind", "part", "by")]]
        for values in product(*(PARTS[name] if one == "part" else ABOUT[one] for one in asked))
    ]


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
    elif isinstance(one, Reading | list):
        assert one == other
    else:
        assert json.dumps(one) == json.dumps(other)


def ask_shards(parts, selection):
    return [Selection.in_scope(part, selection.scope) for part in parts]


def divided(events, chosen, comparison, shards, include_test, hours, random):
    """Selections of all customers, the compared one with them, each with those of the shards."""
    frame = frame_of(events)
    facts = build_facts(frame, Rules(include_test=include_test))
    rules = replace(facts.rules, start_mode=facts.start_mode)  # found of all, and asked first
    whole = Selection(facts, chosen, terms=replace(Terms(), hours=hours, last_word_counts=not shards % 2))
    asked = [whole]
    if comparison and (other := selection_to_compare(whole, comparison)):
        asked.append(other)
    parts = [build_facts(part, rules) for part in divide(frame, shards, random)]
    return [(selection, ask_shards(parts, selection)) for selection in asked]


CASES = st.builds(
    divided,
    traffic(),
    filters,
    COMPARISONS,
    st.sampled_from([1, 2, 7, 16]),
    st.booleans(),
    st.sampled_from([None, HOURS]),
    st.randoms(use_true_random=False),
)


@settings(max_examples=25)
@given(case=CASES, random=st.randoms(use_true_random=False))
def test_each_answer_of_shards_is_that_of_the_whole(case, random):
    for selection, shards in case:
        for metric in METRICS:
            same(metric.compute(selection), metric.compute(*shards))
            for explain in (metric.account.gap, metric.account.left_out):
                same(explain(selection), explain.ask(shards))
        for name, question in QUESTIONS.items():
            about = random.choice(everything_about(name, question))
            same(question(selection, **about), question.ask(shards, **about))
