"""No event that was answered 200 is lost, however the collector or its database ends. The full form: `crash.py`."""

import signal
import threading
import time

import pytest
import requests

from analytics.store.event_store import store_at
from tests.collector.crash import Killed, crash
from tests.metrics.events_of import received
from tests.postgres import Postgres


@pytest.fixture(scope="module")
def postgres():
    server = Postgres()
    yield server
    server.close()


def test_on_duckdb_nothing_answered_is_lost_when_the_collector_is_killed(tmp_path):
    found = crash(f"duckdb:///{tmp_path / 'events.duckdb'}", kills=2, longest=0.6)
    assert found.answered > 0
    assert (found.lost, found.repeated) == (0, 0)


def test_on_postgresql_nothing_answered_is_lost_when_both_are_ended_at_once(postgres):
    def shake():
        postgres.stop("immediate")
        postgres.start()

    found = crash(postgres.new_database(), kills=2, shake=shake, longest=0.6)
    assert found.answered > 0
    assert (found.lost, found.repeated) == (0, 0)


def test_sigterm_answers_what_has_arrived_and_then_stops(tmp_path):
    url = f"duckdb:///{tmp_path / 'events.duckdb'}"
    store = store_at(url)
    key = store.keys.create("drain")
    store.close()
    collector = Killed(url)
    collector.start()
    answers = []

    def post(number):
        batch = {"batch": [received("06:30", f"{number}-{place}") for place in range(500)]}
        answers.append(
            requests.post(f"{collector.address}/v1/capture", json=batch, headers={"X-Write-Key": key}, timeout=30)
        )

    clients = [threading.Thread(target=post, args=(number,)) for number in range(4)]
    for client in clients:
        client.start()
    time.sleep(0.1)
    collector.stop(signal.SIGTERM)
    for client in clients:
        client.join()
    taken = sum(answer.json()["accepted"] for answer in answers if answer.ok)
    store = store_at(url)
    assert taken == store.count(store.projects()[0].id) > 0
    store.close()
