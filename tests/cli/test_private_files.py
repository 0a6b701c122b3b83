"""What commands and the collector write may be read by their user alone."""

import os
import stat

import pytest

from tests.events_of import ndjson, received, sent
from tests.processes import collecting


def modes(folder):
    """The mode of each file and folder below a folder, by name."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


@pytest.fixture
def _usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_usual_umask")
def test_all_that_commands_and_the_collector_write_is_of_its_user_alone(run, use_store, tmp_path, monkeypatch):
    url, dumped = "duckdb:///data/events.duckdb", "events.ndjson"
    monkeypatch.chdir(tmp_path)
    use_store(url)
    (tmp_path / dumped).write_bytes(ndjson([received("06:30", "m1"), sent("06:31", "m2")]) + b"cut")
    (tmp_path / dumped).chmod(0o644)
    (tmp_path / "old.csv").touch(0o644)
    with collecting(url, tmp_path):
        for command in (
            ["import", dumped, "--rejects", "rejects.ndjson"],
            ["export", "out.ndjson.gz"],
            ["export", "old.csv"],
            ["backup", "copy.duckdb"],
        ):
            assert run(*command)[0] == 0
        found = modes(tmp_path)
    assert found.pop(dumped) == 0o644  # not ours
    assert found.pop("data") == 0o700
    assert {"events.duckdb", "events.duckdb.wal", "events.duckdb.running", "out.ndjson.gz", "old.csv"} < found.keys()
    assert {"copy.duckdb", "rejects.ndjson"} < found.keys()
    assert {name: mode for name, mode in found.items() if mode != 0o600} == {}
