"""Commands while a collector or the app holds the embedded store, and once it has ended."""

import re
import signal
import threading

import pytest
import requests

from analytics.store.beside import running_file
from analytics.store.event_store import open_store_at
from tests.browser.start import app
from tests.cli.test_store import ONE, THREE, TWO, counts
from tests.events_of import received
from tests.processes import collecting

STORE = "duckdb:///data/events.duckdb"


@pytest.fixture
def folder(tmp_path, monkeypatch, use_store):
    """The folder in which commands run, and the collector beside them; its store is where it is by default."""
    monkeypatch.chdir(tmp_path)
    use_store(STORE)
    return tmp_path


@pytest.fixture
def file(folder):
    return folder / "data" / "events.duckdb"


def keys(run):
    code, out, err = run("keys", "list")
    assert code == 0, err
    return [re.split(r"  +", line)[:4] for line in out.splitlines()[1:]]


def test_every_command_that_needs_the_store_works_while_it_is_held_and_after(run, dump, numbers, folder, file):
    files = dump(ONE, TWO, b"cut"), dump(THREE, b"{", ONE, name="more.ndjson")
    with collecting(STORE, folder):
        assert run("keys", "create", "CRM")[0] == 0
        ((key_id, name, may, project),) = keys(run)
        assert (name, may, project) == ("CRM", "write", "default")
        assert run("keys", "revoke", key_id) == (0, f"Revoked {key_id}.\n", "")
        assert run("keys", "revoke", "abc")[2].startswith("Error: There is no key 'abc': ")
        code, out, err = run("import", *(each.name for each in files), "--rejects", "rejects.ndjson")
        assert (code, err) == (0, "")
        assert counts(out) == {"received": 6, "stored": 3, "duplicates": 1, "rejected": 2}
        assert (folder / "rejects.ndjson").exists()
        assert counts(run("import", files[0])[1])["duplicates"] == 2
        assert numbers()["events"]["total"] == 3
        assert run("metrics", "--project", "none")[2] == "Error: There is no project 'none'; there are: default.\n"
        assert run("export", "out.ndjson") == (0, "exported               3\n", "")
        assert len((folder / "out.ndjson").read_bytes().splitlines()) == 3
        assert run("check")[::2] == (0, "")
        assert run("backup", "copy.duckdb")[::2] == (0, "")
        assert run("backup", "copy.duckdb")[2].endswith("copy.duckdb exists already: choose another file name.\n")
        code, _, err = run("restore", "copy.duckdb", "--replace")
        assert (code, err[:42]) == (2, "Error: The app or a collector is running (")
        newest = run("imports", "list")[1].splitlines()[2].split()[0]
        assert run("imports", "undo", newest)[1].startswith(f"Undone {newest}: ")
        left = numbers(), run("imports", "list"), keys(run)
    assert not running_file(file).exists()
    assert (numbers(), run("imports", "list"), keys(run)) == left
    assert run("check")[0] == 0
    assert run("restore", "copy.duckdb", "--replace")[0] == 0
    assert numbers()["events"]["total"] == 3


def test_a_collector_that_was_killed_leaves_nothing_in_the_way_of_commands_or_of_the_next(run, folder, file):
    with collecting(STORE, folder) as first:
        run("keys", "create", "before")
        first.end(signal.SIGKILL)
        assert running_file(file).exists()
        assert [name for _, name, *_ in keys(run)] == ["before"]
        with collecting(STORE, folder):
            run("keys", "create", "after")
            assert [name for _, name, *_ in keys(run)] == ["after", "before"]
    assert [name for _, name, *_ in keys(run)] == ["after", "before"]


def test_a_backup_while_events_are_posted_is_the_store_at_one_moment_and_restoring_brings_it_back(run, folder, file):
    answered = []
    with collecting(STORE, folder) as collector:
        key = run("keys", "create", "CRM")[1].strip()
        stop = threading.Event()
        posting = threading.Thread(target=post, args=(collector.address, key, stop, answered))
        posting.start()
        while len(answered) < 5:
            stop.wait(0.01)
        before = len(answered)
        assert run("backup", "copy.duckdb")[0] == 0
        after = len(answered)
        stop.set()
        posting.join()
        assert run("check")[0] == 0
    kept = messages(folder / "copy.duckdb")
    assert kept == {f"{post}-{place}" for post in range(len(kept) // 100) for place in range(100)}
    assert before <= len(kept) // 100 <= after + 1
    assert len(messages(file)) == len(answered) * 100
    assert run("restore", "copy.duckdb")[0] == 2
    assert run("restore", "copy.duckdb", "--replace")[0] == 0
    assert messages(file) == kept
    (old,) = (path for path in file.parent.iterdir() if "before-restore" in path.name)
    assert len(messages(old)) == len(answered) * 100


def post(address, key, stop, answered):
    """Post batches of a hundred events, each of which names its batch, until told to stop."""
    with requests.Session() as session:
        while not stop.is_set():
            batch = {"batch": [received("06:30", f"{len(answered)}-{place}") for place in range(100)]}
            assert session.post(f"{address}/v1/capture", json=batch, headers={"X-Write-Key": key}, timeout=30).ok
            answered.append(len(answered))


def messages(file):
    store = open_store_at(f"duckdb:///{file}")
    try:
        return set(store.events(store.project("default").id).events["message_id"])
    finally:
        store.close()


def test_the_app_answers_commands_too(run, dump, numbers, use_store, tmp_path):
    url = f"duckdb:///{tmp_path / 'app' / 'events.duckdb'}"
    use_store(url)
    with app(environment={"ANALYTICS_STORE_URL": url}):
        assert running_file(tmp_path / "app" / "events.duckdb").exists()
        assert run("import", dump(ONE))[0] == 0
        assert numbers()["events"]["total"] == 1
    assert not running_file(tmp_path / "app" / "events.duckdb").exists()
    assert numbers()["events"]["total"] == 1
