"""Scenarios: a real collector gives each the answer that it is said to give."""

import pytest

from analytics.sending.answer import Answer
from analytics.sending.client import Client
from analytics.sending.trouble import Trouble
from analytics.store.event_store import open_store_at
from analytics.ui.integration.scenarios import SCENARIOS, ExpectedAnswer, ScenarioResult, run_scenario
from tests.servers import collector


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = open_store_at(f"duckdb:///{tmp_path_factory.mktemp('scenarios') / 'events.duckdb'}")
    yield store
    store.close()


@pytest.fixture(scope="module")
def client(store):
    with collector(store) as address, Client(address, store.keys.create("scenarios"), attempts=1) as client:
        yield client


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_is_answered_as_expected(client, store, scenario):
    project = store.project("default").id
    before = store.count(project)
    lines = run_scenario(client, scenario)
    assert [ExpectedAnswer.of(line.answer) for line in lines] == [line.expected for line in lines]
    assert all(line.is_met for line in lines)
    stored = 0 if scenario.broken else sum(line.expected.accepted for line in lines)
    assert store.count(project) - before == stored
    assert store.events(project).events["test"].all()


def test_an_unexpected_answer_is_not_met():
    assert not ScenarioResult("", ExpectedAnswer(accepted=1), Answer(duplicates=1)).is_met


def test_what_is_expected_reads_as_words():
    assert str(ExpectedAnswer(accepted=2, duplicates=1, errors=(("userId", "missing"),))) == (
        "2 accepted, 1 duplicate, userId rejected (missing)"
    )
    assert str(ExpectedAnswer(trouble=Trouble.NOT_UNDERSTOOD)) == "not taken: Not understood"
