"""What the tests of the command line share: running a command, files to give it, and a store of its own."""

import json
import sys

import pytest

from analytics.cli.main import main
from analytics.settings import settings


@pytest.fixture
def run(monkeypatch, capsys):
    """A function that runs a command and returns its exit code, stdout and stderr."""

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["analytics", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err

    return command


@pytest.fixture
def numbers(run):
    """A function that returns the numbers that `metrics` gives."""

    def numbers(*arguments):
        code, out, err = run("metrics", *arguments, "--format", "json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return numbers


@pytest.fixture
def dump(tmp_path):
    """A function that writes events (objects or bytes), one a line, and returns the file."""

    def write(*events, name="events.ndjson"):
        lines = [event if isinstance(event, bytes) else json.dumps(event).encode() for event in events]
        (tmp_path / name).write_bytes(b"\n".join(lines))
        return tmp_path / name

    return write


@pytest.fixture
def use_store(monkeypatch):
    """A function that makes commands use the store at a URL."""

    def use(url):
        monkeypatch.setenv("ANALYTICS_STORE_URL", url)
        settings.cache_clear()

    yield use
    settings.cache_clear()
