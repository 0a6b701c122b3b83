"""The tables are made once, and upgraded in order."""

import pytest
from sqlalchemy import select, text, update

from analytics.store.database import StoreError
from analytics.store.event_store import store_at
from analytics.store.schema import prepare
from analytics.store.tables import schema_version


def version(store):
    with store.database.reading() as connection:
        return connection.scalars(select(schema_version.c.version)).all()


def upgrade(name):
    """An upgrade that notes that it ran."""
    return lambda connection: connection.execute(text("INSERT INTO done (name) VALUES (:name)"), {"name": name})


@pytest.fixture
def done(store):
    """A function that returns the upgrades that ran, in order."""
    with store.database.writing() as connection:
        connection.execute(text("CREATE TABLE done (name TEXT)"))

    def done():
        with store.database.reading() as connection:
            return connection.scalars(text("SELECT name FROM done")).all()

    return done


def test_a_new_store_is_of_the_latest_version(store):
    assert version(store) == [1]


def test_upgrades_run_once_and_in_order(store, done):
    prepare(store.database, [upgrade("to 2")])
    assert (version(store), done()) == ([2], ["to 2"])
    for _ in range(2):
        prepare(store.database, [upgrade("to 2"), upgrade("to 3"), upgrade("to 4")])
        assert (version(store), done()) == ([4], ["to 2", "to 3", "to 4"])


def test_an_upgrade_that_fails_changes_nothing(store, done):
    def fail(_):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        prepare(store.database, [upgrade("to 2"), fail])
    assert (version(store), done()) == ([1], [])


def test_a_store_of_a_later_version_is_refused(store, store_url):
    with store.database.writing() as connection:
        connection.execute(update(schema_version).values(version=7))
    store.close()
    with pytest.raises(StoreError, match=r"made by a later version \(tables 7, known 1\): update"):
        store_at(store_url)
