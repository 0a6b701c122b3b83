"""Event stores for tests. Nothing that a test does reaches the store of whoever runs them."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from analytics.store.event_store import open_store_at
from tests import full_disk
from tests.postgres import Postgres
from tests.servers import collector

_folder = tempfile.TemporaryDirectory(prefix="analytics-tests-", ignore_cleanup_errors=True)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the programs that tests start are compiled once
os.environ["ANALYTICS_STORE_URL"] = f"duckdb:///{Path(_folder.name) / 'events.duckdb'}"

settings.register_profile("untimed", settings(), deadline=None)  # how long a test takes depends on the machine
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers():
    """One more than there are processors: many tests wait for a server, a browser or a disk."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server."""
    server = Postgres()
    yield server
    server.close()


@pytest.fixture(params=["duckdb", "postgresql"])
def store_url(request, tmp_path):
    """The address of an empty event store, in turn on each database."""
    if request.param == "duckdb":
        return f"duckdb:///{tmp_path / 'events.duckdb'}"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def store(tmp_path):
    """An empty event store on DuckDB."""
    store = open_store_at(f"duckdb:///{tmp_path / 'events.duckdb'}")
    yield store
    store.close()


@pytest.fixture
def address(store):
    """The address of a collector for that store."""
    with collector(store) as address:
        yield address


@pytest.fixture
def small_disk(tmp_path):
    """Give a function that makes a folder which is a disk of its own, of so many MiB."""

    def make(mebibytes):
        folder = tmp_path / "disk"
        folder.mkdir()
        try:
            return disks.enter_context(full_disk.small_disk(folder, mebibytes * 2**20))
        except PermissionError as error:
            pytest.skip(str(error))

    with ExitStack() as disks:
        yield make
