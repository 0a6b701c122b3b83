"""`analytics send`: what it posts, counts and refuses."""

import gzip
import json
import os
import sys
import time

import pytest

from analytics.cli.main import main
from tests.events_of import ndjson, read, received, sent
from tests.servers import Scripted, free_port


@pytest.fixture
def run(monkeypatch, capsys):
    """A function that runs the command and returns its exit code, stdout and stderr."""

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["analytics", "send", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err

    return command


@pytest.fixture
def key(store):
    return store.keys.create("tests")


@pytest.fixture
def dump(tmp_path):
    """A function that writes lines of bytes, and returns the file."""

    def write(*lines, name="events.ndjson"):
        (tmp_path / name).write_bytes(b"\n".join(lines))
        return tmp_path / name

    return write


def counted(out):
    return {name: int(number) for name, number in (line.split()[:2] for line in out.splitlines()[:4])}


def test_a_file_is_stored_once_however_often_it_is_sent(run, dump, address, key, store):
    path = dump(ndjson([received("06:30"), sent("06:31"), sent("06:31")]))
    code, out, err = run(path, "--url", address, "--key", key)
    assert (code, err) == (0, "")
    assert counted(out) == {"received": 3, "accepted": 2, "duplicates": 1, "rejected": 0}
    _, out, _ = run(path, "--url", address, "--key", key)
    assert counted(out) == {"received": 3, "accepted": 0, "duplicates": 3, "rejected": 0}
    assert store.count(store.project("default").id) == 2


def test_events_are_counted_with_the_reasons_of_those_that_are_rejected(run, dump, address, key):
    text = json.dumps({"batch": [received("06:30"), read("06:31", None)]}).encode()
    code, out, err = run(
        dump(text, b"", b'{"event": "cut', b"[]", ndjson([sent("06:32")])), *("--url", address, "--key", key)
    )
    assert (code, err) == (0, "")
    assert counted(out) == {"received": 4, "accepted": 2, "duplicates": 0, "rejected": 2}
    reasons = [line.split(None, 2)[:2] for line in out.splitlines()[4:]]
    assert sorted(reasons) == [["1", "invalid_json"], ["1", "missing"]]
    assert "properties.messageId: This field is missing" in out


def test_an_event_that_no_request_can_hold_spoils_no_other(run, dump, address, key):
    large = ndjson([received("06:30", note="x" * 2**16)]).strip()
    code, out, _ = run(dump(large, ndjson([sent("06:31")])), "--url", address, "--key", key)
    assert code == 0
    assert counted(out) == {"received": 2, "accepted": 1, "duplicates": 0, "rejected": 1}
    assert "event_too_large" in out


def test_a_file_of_nothing_usable_is_a_mistake(run, dump, address, key):
    code, out, err = run(dump(ndjson([read("06:31", None)])), "--url", address, "--key", key)
    assert code == 2
    assert counted(out)["rejected"] == 1
    assert err == "Error: None of these events can be used.\n"


def test_the_size_of_batches_and_the_rate_are_kept(run, dump):
    taken = json.dumps({"received": 2, "accepted": 2}).encode()
    lines = ndjson([received(f"06:{minute}") for minute in range(10, 16)])
    packed = dump(gzip.compress(lines), name="events.gz")
    with Scripted((200, {}, taken)) as server:
        began = time.monotonic()
        code, out, _ = run(packed, "--url", server.address, "--key", "wk_1", "--batch", 2, "--rate", "20/s")
    assert time.monotonic() - began >= 6 / 20
    assert (code, counted(out)["accepted"]) == (0, 6)
    batches = [json.loads(body)["batch"] for _, _, body in server.requests]
    assert [len(batch) for batch in batches] == [2, 2, 2]
    assert batches[0][0]["properties"]["messageId"] == "in at 06:10"


def test_what_is_outside_the_eight_is_warned_of(run, dump, address, key):
    code, _, err = run(dump(ndjson([received("06:30") | {"event": "cart"}])), "--url", address, "--key", key)
    assert code == 0
    assert err.startswith("warning: 'cart' is not one of the nine")


def test_the_key_may_come_from_the_environment(run, dump, address, key, monkeypatch):
    monkeypatch.setenv("ANALYTICS_WRITE_KEY", key)
    code, out, _ = run(dump(ndjson([received("06:30")])), "--url", address)
    assert (code, counted(out)["accepted"]) == (0, 1)


def test_a_refused_key_stops_with_the_counts_and_the_next_step(run, dump, address):
    code, out, err = run(dump(ndjson([received("06:30")])), "--url", address, "--key", "wk_unknown")
    assert (code, counted(out)["received"]) == (2, 0)
    assert err.startswith("Error: The write key was refused")
    assert "Stopped after 0 events" in err
    assert err.count("\n") == 1
    assert "wk_unknown" not in err


def test_a_collector_that_stays_away_stops_it(run, dump, monkeypatch):
    monkeypatch.setattr("analytics.sending.client._FIRST_PAUSE_SECONDS", 0.001)
    code, _, err = run(dump(ndjson([received("06:30")])), "--url", f"http://127.0.0.1:{free_port()}", "--key", "wk_1")
    assert code == 2
    assert err.startswith("Error: No program answers at 127.0.0.1")


def test_the_key_is_also_taken_from_a_file_and_the_environment(run, dump, address, key, tmp_path, monkeypatch):
    path, kept = dump(ndjson([received("06:30")])), tmp_path / "key.txt"
    kept.write_text(f"{key}\n")
    assert run(path, "--url", address, "--key-file", kept)[0] == 0
    monkeypatch.setenv("ANALYTICS_WRITE_KEY", key)
    assert run(path, "--url", address)[0] == 0
    monkeypatch.setenv("ANALYTICS_WRITE_KEY", "wk_another")
    assert run(path, "--url", address, "--key-file", kept)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--url", "host", "--key", "wk_1"], "This is not the address"),
        (["--url", "http://host", "--key", "wk 1"], "copy it again"),
        (["--url", "http://host"], "A write key is needed. Put it into ANALYTICS_WRITE_KEY, or into a file"),
        (["--url", "http://host", "--key-file", "no-such-file"], "No such file"),
        (["--url", "http://host", "--key-file", os.devnull], "A write key is needed"),
        (["--url", "http://host", "--key", "wk_1", "--rate", "0"], "'0' is not a rate"),
        (["--url", "http://host", "--key", "wk_1", "--batch", "1001"], "1001 is not in the range"),
    ],
)
def test_a_mistake_is_answered_in_a_line(run, dump, arguments, message):
    code, out, err = run(dump(ndjson([received("06:30")])), *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.startswith("Error: ")


def test_a_file_that_is_none_of_events_is_named(run, dump, address, key):
    code, _, err = run(dump(b"\x89PNG", name="picture.png"), "--url", address, "--key", key)
    assert code == 2
    assert "picture.png: This is a PNG image" in err
