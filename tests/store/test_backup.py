"""Backups hold all tables with their keys, are there whole or not at all, and take a store's place again."""

import logging
import stat
import subprocess
import sys

import duckdb
import pytest

from analytics.asking.ask import asking
from analytics.cli.check import check
from analytics.store import backup
from analytics.store.backup import back_up
from analytics.store.database import StoreError, StoreInUseError
from analytics.store.event_store import open_store_at
from analytics.store.restore import copied_beside, put_in_place
from tests.events_of import received


@pytest.fixture
def store_url(tmp_path):
    return f"duckdb:///{tmp_path / 'the store' / 'events.duckdb'}"


@pytest.fixture
def target(tmp_path):
    return tmp_path / 'it\'s a "copy".duckdb'


def constraints(file):
    with duckdb.connect(str(file), read_only=True) as connection:
        columns = "table_name, constraint_type, constraint_column_names"
        return connection.sql(f"SELECT {columns} FROM duckdb_constraints() ORDER BY ALL").fetchall()


def test_a_backup_holds_all_tables_with_their_keys_and_is_a_store(store, add, found, target):
    add(received("06:30", "m1"), received("06:31", "m2"), b"bad")
    store.keys.create("crm", "shop")
    made = back_up(store.database, target)
    add(received("06:32", "m3"))
    assert (made.file, made.size) == (target, target.stat().st_size)
    assert {name: count for name, count in made.rows.items() if count} == {
        "events": 2, "rejected_events": 1, "imports": 1, "projects": 1, "write_keys": 1, "schema_version": 1,
        "audit": 2,
    }  # fmt: skip
    store.close()
    assert constraints(target) == constraints(store.database.path)
    with asking(f"duckdb:///{target}") as ask:
        assert check(ask).faults == []
    copy = open_store_at(f"duckdb:///{target}")
    again = copy.add_import(copy.project("shop").id, found(received("06:30", "m1")), file="again", digest="")
    assert (again.stored, again.duplicates) == (0, 1)
    copy.close()


def test_only_its_user_can_read_a_backup_and_nothing_else_is_left(store, target):
    target.with_name(f"{target.name}.part").write_bytes(b"left by one that was stopped")
    back_up(store.database, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert {path.name for path in target.parent.iterdir()} == {target.name, "the store"}


def test_what_is_there_already_is_left_alone(store, target):
    target.write_bytes(b"precious")
    with pytest.raises(StoreError, match="exists already: choose another file name"):
        back_up(store.database, target)
    assert target.read_bytes() == b"precious"


def test_a_folder_that_is_not_there_is_refused(store, tmp_path):
    with pytest.raises(StoreError, match=r"The folder .*/none does not exist: make it first"):
        back_up(store.database, tmp_path / "none" / "copy.duckdb")


def test_a_disk_with_little_room_is_not_filled(store, add, small_disk):
    folder = small_disk(1)
    add(received("06:30", "m1"))
    with pytest.raises(StoreError, match=r"A backup may need 1\d MB, and the disk of .* has \d MB left"):
        back_up(store.database, folder / "copy.duckdb")
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_all_the_same_ends_a_backup_in_words_and_the_store_goes_on(
    store, add, small_disk, monkeypatch, caplog
):
    folder = small_disk(1)
    monkeypatch.setattr(backup, "_LEAST_ROOM", -(10**9))
    add(*(received("06:30", f"m{number}") for number in range(20_000)))
    with pytest.raises(StoreError, match=r"The disk of .* is full: make room"):
        back_up(store.database, folder / "copy.duckdb")
    assert list(folder.iterdir()) == []
    assert add(received("06:30", "another")).stored == 1
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.fixture
def backed_up(store, add, target):
    """A backup of a store with one event, to which another came since."""
    add(received("06:30", "m1"))
    back_up(store.database, target)
    add(received("06:31", "m2"))
    return store.database.path


def messages(file):
    store = open_store_at(f"duckdb:///{file}")
    try:
        return sorted(store.events(store.project("shop").id).events["message_id"])
    finally:
        store.close()


def restore(source, file):
    with copied_beside(source, file) as part:
        return put_in_place(part, file)


def test_restoring_keeps_what_was_there_and_forgets_what_was_derived_from_it(store, backed_up, target):
    store.close()
    for name in ("1.copy", "1.copy.part", "commits", "running"):
        backed_up.with_name(f"events.duckdb.{name}").touch()
    kept = restore(target, backed_up)
    assert (messages(backed_up), messages(kept)) == (["m1"], ["m1", "m2"])
    left = {path.name for path in backed_up.parent.iterdir()}
    assert {name for name in left if not name.endswith(".commits")} == {"events.duckdb", kept.name}
    assert stat.S_IMODE(backed_up.stat().st_mode) == 0o600


def test_a_log_that_is_not_yet_in_the_file_goes_with_it(store, backed_up, target, tmp_path):
    moved = tmp_path / "moved.duckdb"
    moved.write_bytes(backed_up.read_bytes())
    moved.with_name("moved.duckdb.wal").write_bytes(backed_up.with_name("events.duckdb.wal").read_bytes())
    store.close()
    restore(target, backed_up)
    restore(moved, backed_up)
    assert messages(backed_up) == ["m1", "m2"]


def test_a_store_that_another_process_holds_is_not_replaced(store, backed_up, target):
    store.close()
    hold = "import duckdb, sys; base = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, backed_up]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(StoreInUseError, match="is open in another program: stop that program first"):
            restore(target, backed_up)
        other.stdin.close()
    assert messages(backed_up) == ["m1", "m2"]


def test_what_cannot_be_copied_is_said(store, tmp_path):
    store.close()
    with pytest.raises(StoreError, match="cannot be copied beside the store: No such file"):
        restore(tmp_path / "none", store.database.path)
