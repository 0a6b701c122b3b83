"""A real collector over HTTP, on a store of its own."""

import gzip
import json

import pytest
import requests
from sqlalchemy import select

from analytics.settings import Settings
from analytics.store.event_store import open_store
from analytics.store.tables import rejected_events
from tests import servers
from tests.postgres import Postgres


@pytest.fixture
def store(tmp_path):
    store = open_store(f"duckdb:///{tmp_path / 'events.duckdb'}")
    yield store
    store.close()


@pytest.fixture
def key(store):
    return store.keys.create("crm", "shop")


@pytest.fixture
def own_postgres():
    """A PostgreSQL server that a test may stop."""
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def limits():
    """What one request may be; a test module may ask for less."""
    return Settings()


@pytest.fixture
def address(store, limits):
    with servers.collector(store, limits) as address:
        yield address


@pytest.fixture
def post(address, key):
    """A function that posts a body, with the key in its header unless other headers are given."""

    def post(body, headers=None, path="/v1/capture", **more):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Write-Key": key} if headers is None else headers
        return requests.post(address + path, data, headers=headers, allow_redirects=False, timeout=30, **more)

    return post


@pytest.fixture
def stored(store):
    """A function that returns the message ids that a project has, sorted."""

    def stored(project="shop"):
        return sorted(store.events(store.project(project).id).events["message_id"].dropna())

    return stored


@pytest.fixture
def kept(store):
    """A function that returns the codes and bytes of rejected events."""

    def kept():
        with store.database.reading() as connection:
            found = connection.execute(select(rejected_events.c.code, rejected_events.c.raw))
            return sorted((code, bytes(raw)) for code, raw in found)

    return kept


@pytest.fixture
def packed():
    return lambda body: gzip.compress(json.dumps(body).encode())
