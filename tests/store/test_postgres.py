"""PostgreSQL may be away, at the start or in the middle; nobody has to restart anything when it is back."""

import logging
import threading
import time

import pytest

from analytics.store.database import StoreUnavailableError
from analytics.store.event_store import open_store, open_store_at
from tests.events_of import received

pytestmark = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)


@pytest.fixture
def server(postgres):
    """The server, which is back when the test is over."""
    yield postgres
    postgres.start()


def test_away_at_the_start(store_url, server):
    server.stop()
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="PostgreSQL, does not answer"):
            open_store(store_url)
    server.start()
    store = open_store(store_url)
    assert store.answers()
    store.close()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_away_in_the_middle(mode, server, store, shop, add, caplog):
    add(received("06:30", "m1"))
    key = store.keys.create("crm")
    position = store.events(shop).position
    server.stop(mode)
    for use in (
        store.answers,
        lambda: store.events(shop, position),
        lambda: add(received("06:31", "m2")),
        lambda: store.keys.find(key),
        lambda: store.keys.create("other"),
        lambda: store.delete_test_events(shop),
    ):
        with pytest.raises(StoreUnavailableError, match="PostgreSQL, does not answer"):
            use()
    server.start()
    assert add(received("06:31", "m2")).stored == 1
    assert list(store.events(shop, position).events["message_id"]) == ["m2"]
    assert store.count(shop) == 2
    assert store.keys.find(key)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_what_still_works_when_all_is_closed_closes_its_connection(store_url):
    store = open_store(store_url)
    with store.database.reading() as connection:
        working = connection.connection.dbapi_connection
        store.close()
        assert not working.closed
    assert working.closed


def test_gone_while_it_works(server, store, found, caplog):
    many = found(*(received("06:30", f"m{number}") for number in range(5000)))
    failed, stored = [], []

    def work(project):
        while not failed:
            try:
                stored.append(store.add_import(project, many, file="f", digest=""))
                store.events(project)
            except StoreUnavailableError as error:
                failed.append(error)

    projects = [store.create_project(f"project {number}").id for number in range(4)]
    threads = [threading.Thread(target=work, args=(project,)) for project in projects]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    server.stop("immediate")
    for thread in threads:
        thread.join()
    assert failed
    server.start()
    for project in projects:
        was_stored = any(entry.project == project for entry in stored)
        assert store.count(project) in ((5000,) if was_stored else (0, 5000))
        store.add_import(project, many, file="f", digest="")
        assert store.count(project) == 5000
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid"])
def test_a_server_that_is_not_there_is_said_to_be_away(host, store_url):  # noqa: ARG001
    with pytest.raises(StoreUnavailableError) as refused:
        open_store_at(f"postgresql://user:secret@{host}/events")
    assert "secret" not in str(refused.value)
