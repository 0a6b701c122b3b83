"""Commits that were confirmed and are missing from the embedded store: noticed at its next start, and said."""

import logging
import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest

from analytics.events.contract import Assumptions
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.store.commits import commits_path
from analytics.store.event_store import open_store_at
from tests.events_of import MUCH_LATER, ndjson, received, sent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.duckdb"


def opened(path):
    return closing(open_store_at(f"duckdb:///{path}"))


def add(store, *events):
    found = validate([RawLines.from_text(ndjson(events))], Assumptions(now=MUCH_LATER))
    return store.add_import(store.create_project("shop").id, found, file="events", digest="")


def count(store):
    return store.count(store.project("shop").id)


def killed(path, *, commits=3):
    """Fill the store at a path, and leave its files as a process leaves them that is killed then."""
    whole = path.with_name("whole.duckdb")
    with opened(whole) as store:
        add(store, received("06:30"))
    with opened(whole) as store:
        for number in range(commits):
            add(store, sent(f"07:{number:02}"))
        for file in whole.parent.glob("whole.duckdb*"):
            shutil.copy(file, file.with_name(file.name.replace("whole", "events")))
    return log_of(path)


def log_of(path):
    return path.with_name(f"{path.name}.wal")


def test_nothing_is_said_to_be_missing_after_a_kill(path):
    killed(path)
    with opened(path) as store:
        assert count(store) == 4
        assert store.warnings() == []


@pytest.mark.parametrize(
    ("damage", "missing"),
    [
        (Path.unlink, 6),
        (lambda log: log.write_bytes(b""), 6),
        (lambda log: log.write_bytes(log.read_bytes()[:-1]), 1),
        (lambda log: log.write_bytes(log.read_bytes()[:20]), 6),
    ],
    ids=["removed", "emptied", "cut by a byte", "cut short"],
)
def test_commits_that_the_log_has_lost_are_said_until_they_are_seen_to(damage, missing, path, caplog):
    damage(killed(path))
    for _ in range(2):
        caplog.clear()
        with opened(path) as store:
            (warning,) = store.warnings()
            assert warning.startswith(f"events.duckdb: {missing} confirmed commit")
            assert "delete events.duckdb.commits" in warning
            assert warning in caplog.messages
            add(store, sent("08:00"))
            assert store.warnings() == [warning]
    commits_path(path).unlink()
    with opened(path) as store:
        assert store.warnings() == []


def test_those_of_a_second_loss_are_added(path):
    killed(path).unlink()
    with opened(path):
        pass
    shutil.copy(path, path.with_name("older"))
    with opened(path) as store:
        add(store, sent("08:00"))
    shutil.copy(path.with_name("older"), path)
    with opened(path) as store:
        assert store.warnings()[0].startswith("events.duckdb: 8 confirmed commits")


def test_the_file_itself_may_not_be_lost(path):
    with opened(path) as store:
        add(store, received("06:30"))
    path.unlink()
    with opened(path) as store:
        assert "3 confirmed commits are missing" in store.warnings()[0]


def test_a_kill_between_the_commit_and_its_note_loses_nothing(path):
    with opened(path) as store:
        add(store, received("06:30"))
        before = commits_path(path).read_bytes()
        add(store, sent("06:31"))
    commits_path(path).write_bytes(before)
    with opened(path) as store:
        assert store.warnings() == []
        assert count(store) == 2


def test_what_is_deleted_is_not_missing_nor_what_was_not_kept(path):
    with opened(path) as store:
        entry = add(store, received("06:30"), sent("06:31", test=True))
        add(store, sent("06:32"))
        store.undo_import(store.project("shop").id, entry.id)
        store.delete_test_events(store.project("shop").id)
        with pytest.raises(ZeroDivisionError), store.database.writing():
            1 / 0  # noqa: B018
    with opened(path) as store:
        assert store.warnings() == []
        assert count(store) == 1


def test_an_older_copy_is_said_to_lack_commits_unless_it_was_put_in_place_on_purpose(path):
    with opened(path) as store:
        add(store, received("06:30"))
    shutil.copy(path, path.with_name("copy"))
    with opened(path) as store:
        add(store, sent("06:31"))
    shutil.copy(path.with_name("copy"), path)
    with opened(path) as store:
        assert "somebody put an older copy in its place" in store.warnings()[0]
    shutil.copy(path.with_name("copy"), path)
    commits_path(path).unlink()
    with opened(path) as store:
        assert store.warnings() == []


def test_a_store_that_has_no_numbers_yet_gets_them(path):
    with opened(path) as store, store.database.writing() as connection:
        connection.exec_driver_sql("DROP SEQUENCE commit_number; CREATE SEQUENCE commit_number")
    commits_path(path).unlink()
    with opened(path) as store:
        assert store.warnings() == []
        add(store, received("06:30"))
    with opened(path) as store:
        assert store.warnings() == []


@pytest.mark.parametrize("content", [b"", b"x", bytes(44), b"x" * 44, b"commits1" + bytes(36)])
def test_where_the_note_itself_is_damaged_that_is_said_and_it_is_made_anew(content, path, caplog):
    with opened(path) as store:
        add(store, received("06:30"))
    whole = commits_path(path).read_bytes()
    commits_path(path).write_bytes(content)
    with opened(path) as store:
        assert store.warnings() == []
        assert "events.duckdb.commits is damaged" in caplog.text
    assert len(commits_path(path).read_bytes()) == len(whole)
    caplog.clear()
    with opened(path):
        assert caplog.records == []


def test_where_it_cannot_be_written_events_are_kept_all_the_same(path, caplog):
    with opened(path) as store:
        commits_path(path).unlink()
        store.database._commits.close()  # noqa: SLF001
        commits_path(path).mkdir()
        with caplog.at_level(logging.WARNING):
            add(store, received("06:30"))
        assert "events.duckdb.commits cannot be written" in caplog.text
        assert count(store) == 1


def test_only_this_user_may_read_it(path):
    with opened(path):
        assert stat.S_IMODE(commits_path(path).stat().st_mode) == 0o600


def test_postgresql_warns_of_nothing(postgres):
    with closing(open_store_at(postgres.new_database())) as store:
        add(store, received("06:30"))
        assert store.warnings() == []
