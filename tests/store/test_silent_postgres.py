"""A PostgreSQL that is there but does not answer: who waits for it is told in time, and all goes on once it answers."""

import threading
import time

import pytest
import requests

from analytics.store.database import StoreUnavailableError
from analytics.store.event_store import open_store_at
from tests import servers
from tests.events_of import received
from tests.postgres import Postgres

UNHURRIED = 10
"""Seconds that even a busy machine keeps; without deadlines it takes a minute and more."""


@pytest.fixture
def server():
    """A server of this test's own."""
    server = Postgres()
    yield server
    server.thaw()
    server.close()


def seconds_of(ask):
    began = time.monotonic()
    answer = ask()
    return answer, time.monotonic() - began


def test_posts_health_and_readers_are_answered_in_time_and_nothing_answered_is_lost(server):
    store = open_store_at(server.new_database())
    key = store.keys.create("crm", "shop")
    shop = store.project("shop").id
    with servers.collector(store) as address:

        def post(name):
            batch = {"batch": [received("06:30", name)]}
            return requests.post(f"{address}/v1/capture", json=batch, headers={"X-Write-Key": key}, timeout=60)

        def health():
            return requests.get(f"{address}/v1/health", timeout=60)

        assert post("before").status_code == 200
        assert health().json() == {"status": "ok"}
        server.freeze()
        waited, failed = [], []

        def read():
            try:
                store.events(shop)
            except StoreUnavailableError as error:
                failed.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        for number in range(3):
            answer, took = seconds_of(lambda number=number: post(f"meanwhile {number}"))
            assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
            waited.append(took)
            answer, took = seconds_of(health)
            assert answer.status_code == 503
            assert took < UNHURRIED
        reader.join(timeout=5)
        server.thaw()
        assert max(waited) < UNHURRIED
        assert failed, "whoever reads is cut off"
        until = time.monotonic() + 5
        while post("after").status_code != 200:
            assert time.monotonic() < until, "all goes on by itself"
            time.sleep(0.1)
        assert health().status_code == 200
    assert {"before", "after"} <= set(store.events(shop).events["message_id"])
    store.close()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_where_all_connections_are_in_use_that_is_said_in_time(store, shop):
    pool = store.database.engine.pool
    taken = [pool.connect() for _ in range(pool.size() + 8)]
    for ask in (store.answers, lambda: store.events(shop)):
        began = time.monotonic()
        with pytest.raises(StoreUnavailableError, match="in use"):
            ask()
        assert time.monotonic() - began < UNHURRIED
    for connection in taken:
        connection.close()
    assert store.answers()
