"""The embedded store: its one file, and what may be wrong with it."""

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from duckdb import connect

from analytics.cli.main import main
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.live.follower import Follower
from analytics.settings import settings
from analytics.simulation import simulate
from analytics.store import duckdb
from analytics.store.database import (
    StoreClosedError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
)
from analytics.store.event_store import open_store, open_store_at

HOLD = """
import sys
from analytics.store.event_store import open_store_at
store = open_store_at(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def test_the_file_is_made_with_its_folder(tmp_path):
    open_store_at(f"duckdb:///{tmp_path / 'new' / 'folder' / 'events.duckdb'}").close()
    assert (tmp_path / "new" / "folder" / "events.duckdb").is_file()


def test_a_path_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_store_at("duckdb:///data/events.duckdb").close()
    assert (tmp_path / "data" / "events.duckdb").is_file()


def test_a_file_that_another_program_holds_is_refused_with_the_way_out(tmp_path):
    url = f"duckdb:///{tmp_path / 'events.duckdb'}"
    with subprocess.Popen([sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(StoreError, match=r"events\.duckdb is open in another program\. Wait.*PostgreSQL"):
            open_store_at(url)
        other.stdin.close()
    open_store_at(url).close()


@pytest.mark.parametrize("content", [b"no database", b"\x00" * 100_000, b"SQLite format 3\x00" + b"\x00" * 5000])
def test_a_file_that_is_no_store_is_refused_and_left_alone(content, tmp_path):
    file = tmp_path / "events.duckdb"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"events\.duckdb cannot be opened as an event store") as refused:
        open_store_at(f"duckdb:///{file}")
    assert "\n" not in str(refused.value)
    assert file.read_bytes() == content


def test_a_damaged_head_is_named_as_damaged_and_not_as_open_in_another_program(tmp_path):
    file = tmp_path / "events.duckdb"
    open_store_at(f"duckdb:///{file}").close()
    file.write_bytes(file.read_bytes()[:5_000] + b"garbage" + file.read_bytes()[5_007:])
    with pytest.raises(StoreDamagedError, match=r"events\.duckdb is damaged: restore a backup.*checksum") as refused:
        open_store_at(f"duckdb:///{file}")
    assert "another program" not in str(refused.value)


@pytest.fixture
def half_damaged(tmp_path):
    """A store of 20,000 events that can be opened, but not read: DuckDB reads a block when it needs it."""
    url = f"duckdb:///{tmp_path / 'events.duckdb'}"
    store = open_store_at(url)
    found = validate([RawLines.from_text(b"".join(simulate(20_000, seed=1)))])
    store.add_import(store.create_project("shop").id, found, file="f", digest="")
    store.close()
    with (tmp_path / "events.duckdb").open("r+b") as file:
        file.seek(_HEADERS + 4 * _DUCKDB_BLOCK)  # those before hold what is not read then, such as the index
        file.write(bytes(_DUCKDB_BLOCK))
    store = open_store_at(url)
    yield store
    store.close()


_HEADERS, _DUCKDB_BLOCK = 3 * 4_096, 256 * 1_024


def test_a_damaged_block_is_named_when_it_is_first_read_with_what_to_do(half_damaged):
    project = half_damaged.project("shop").id
    assert half_damaged.warnings() == []
    for _ in range(2):
        with pytest.raises(StoreDamagedError, match=r"^events\.duckdb is damaged: restore a backup") as said:
            half_damaged.events(project)
        assert "\n" not in str(said.value)
        assert str(half_damaged.database.path.parent) not in str(said.value)
        assert half_damaged.warnings() == [str(said.value)]


def test_the_follower_and_a_command_say_it_too(half_damaged, capsys, monkeypatch):
    project = half_damaged.project("shop")
    follower = Follower(half_damaged, project)
    with pytest.raises(StoreDamagedError):
        follower.look()
    follower.stop()
    half_damaged.close()
    monkeypatch.setenv("ANALYTICS_STORE_URL", f"duckdb:///{half_damaged.database.path}")
    monkeypatch.setattr(sys, "argv", ["analytics", "metrics"])
    settings.cache_clear()
    with pytest.raises(SystemExit) as ended:
        main()
    settings.cache_clear()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("Error: events.duckdb is damaged: restore a backup.")


@pytest.mark.parametrize("table", ["schema_version", "events"])
def test_a_duckdb_file_of_another_program_is_refused(table, tmp_path):
    file = tmp_path / "events.duckdb"
    with connect(file) as other:
        other.execute(f"CREATE TABLE {table} (what TEXT)")
    with pytest.raises(
        StoreError, match=r"events\.duckdb is not an event store, because it has other tables"
    ) as refused:
        open_store_at(f"duckdb:///{file}")
    assert "\n" not in str(refused.value)
    with connect(file) as other:
        assert other.sql("SELECT count(*) FROM duckdb_tables()").fetchall() == [(1,)]


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened as an event store"):
        open_store_at(f"duckdb:///{tmp_path / 'file' / 'events.duckdb'}")


@pytest.mark.parametrize("url", ["", "events.duckdb", "duckdb:", "sqlite:///events.db", "mysql://host/database"])
def test_an_address_that_is_not_understood_is_refused_with_those_that_are(url):
    with pytest.raises(StoreError, match=r"duckdb:///path/to/file or postgresql://"):
        open_store_at(url)


def test_a_process_opens_a_store_once(tmp_path):
    url = f"duckdb:///{tmp_path / 'events.duckdb'}"
    assert open_store(url) is open_store(url)
    open_store(url).close()
    with pytest.raises(StoreClosedError):
        open_store(url).projects()


def test_threads_that_ask_at_the_same_time_get_the_one_store_of_the_process(tmp_path):
    url = f"duckdb:///{tmp_path / 'events.duckdb'}"
    with ThreadPoolExecutor(8) as threads:
        stores = set(threads.map(open_store, [url] * 8))
    assert len(stores) == 1
    stores.pop().close()


@pytest.mark.parametrize("log_size", ["256MB", "1MB"], ids=["full while logging", "full while folding in the log"])
def test_a_full_disk_keeps_nothing_half_reading_goes_on_and_space_is_enough_to_recover(
    log_size, small_disk, monkeypatch, caplog
):
    monkeypatch.setattr(duckdb, "_WAL_BYTES", log_size)
    folder = small_disk(16)
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(8 * 2**20))
    store = open_store_at(f"duckdb:///{folder / 'events.duckdb'}")
    shop = store.create_project("shop").id

    def add(seed):
        found = validate([RawLines.from_text(b"".join(simulate(10_000, seed=seed)))])
        return store.add_import(shop, found, file="f", digest="").stored

    def fill():
        count = 0
        try:
            for seed in range(50):
                count += add(seed)
        except StoreFullError as error:
            assert str(folder) not in str(error)  # noqa: PT017  # how much fits is not known before
        return count

    count = fill()
    for _ in range(3):
        with pytest.raises(StoreFullError):
            add(100)
        with pytest.raises(StoreFullError):
            store.answers()
        assert store.count(shop) == count
        assert len(store.events(shop).events) == count
    ballast.unlink()
    assert store.answers()
    count += add(100)
    assert store.count(shop) == count
    store.close()
    again = open_store_at(f"duckdb:///{folder / 'events.duckdb'}")
    assert again.count(shop) == count
    again.close()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_nothing_is_left_in_memory_of_a_store_that_could_not_be_opened(tmp_path):
    Path(tmp_path / "events.duckdb").write_bytes(b"no database")
    with pytest.raises(StoreError):
        open_store(f"duckdb:///{tmp_path / 'events.duckdb'}")
    Path(tmp_path / "events.duckdb").unlink()
    open_store(f"duckdb:///{tmp_path / 'events.duckdb'}").close()
