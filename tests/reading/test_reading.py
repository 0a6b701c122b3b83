"""Files are read in a child process: the same lines come of it, and whatever becomes of the child is a sentence."""

import gzip
import io
import os
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from analytics.events.dump_error import DumpError
from analytics.events.files.choices import Choices
from analytics.events.files.contents import contents
from analytics.events.files.dump import read_dump
from analytics.events.tables.matching import Matching
from analytics.reading import parent, process
from analytics.reading.parent import look_apart, read_apart
from analytics.simulation import simulate
from tests.events.files.packing import zipped
from tests.reading.hostile import children

EVENT = b'{"type": "track", "event": "message.read", "userId": "+254712345678", "properties": {"messageId": "m1"}}'
TABLE = b"who;when;what\n+254712345678;03/04/2026;read\n+254712345679;13/04/2026;read;too many\n"
FILES = {
    "lines": EVENT + b"\nno event\n\n" + EVENT,
    "packed lines": gzip.compress(EVENT + b"\n" + EVENT),
    "a document": b"[\n" + EVENT + b",\n" + EVENT + b"\n]",
    "a table": TABLE,
    "an archive": zipped({"a.ndjson": EVENT, "b/c.csv": TABLE, "d.json": b"[" + EVENT + b"]"}),
    "letters of Windows": b'{"event": "Gr\xf6\xdfe"}\n',
}
CHOICES = Choices(day_first=True, matching=Matching(columns={"event": "what", "userId": "who", "timestamp": "when"}))


@pytest.fixture(autouse=True, scope="module")
def _no_spare_is_left():
    yield
    process.end_spare()


@pytest.fixture(autouse=True)
def _no_spare_is_started_meanwhile(monkeypatch):
    monkeypatch.setattr(process, "SECONDS_UNTIL_A_SPARE", 60)


@pytest.fixture
def endless(monkeypatch):
    """A child that answers nothing, as one that is lost in a library; it holds as many MiB as it is told."""

    def start(mebibytes=0):
        program = f"""
import socket, time
from analytics.reading.messages import receive, send
parent = socket.socket(fileno=0)
send(parent, {{"ready": True}})
receive(parent)
held = b"1" * ({mebibytes} << 20)
time.sleep(60)
"""
        monkeypatch.setattr(process, "PROGRAM", [sys.executable, "-c", program, "analytics.reading"])
        process.end_spare()

    yield start
    process.end_spare()


@pytest.mark.parametrize("name", FILES)
def test_the_lines_are_those_that_reading_in_this_process_gives(name):
    apart = list(read_apart(io.BytesIO(FILES[name]), choices=CHOICES))
    here = list(read_dump(io.BytesIO(FILES[name]), match=CHOICES.match))
    assert len(apart) == len(here)
    for one, other in zip(apart, here, strict=True):
        assert [one.raw(place) for place in range(len(one))] == [other.raw(place) for place in range(len(other))]
        assert (one.line.dtype, one.index.dtype, one.ends.dtype) == (np.int64, np.int32, np.int64)
        assert (one.line.tolist(), one.index.tolist()) == (other.line.tolist(), other.index.tolist())
        assert (dict(one.problems), one.file, one.unit) == (dict(other.problems), other.file, other.unit)


def test_what_a_file_holds_is_said_as_in_this_process():
    packed = FILES["an archive"]
    assert list(look_apart(io.BytesIO(packed), "a.zip")) == list(contents(io.BytesIO(packed), "a.zip"))


def test_a_file_that_was_deleted_is_still_read_where_it_is_held_open(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(FILES["lines"])
    with path.open("rb") as file:
        path.unlink()
        assert sum(map(len, read_apart(file))) == 4


def test_progress_grows_to_the_whole(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"".join(simulate(50_000, seed=1)))
    heard = []
    assert sum(map(len, read_apart(path, heard.append))) == 50_000
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", gzip.compress(b"{}", mtime=0)[:-4], TABLE], ids=bytes)
def test_what_is_refused_is_refused_in_the_same_words(content):
    with pytest.raises(DumpError) as here:
        list(read_dump(io.BytesIO(content)))
    with pytest.raises(DumpError) as apart:
        list(read_apart(io.BytesIO(content)))
    assert str(apart.value) == str(here.value)
    with pytest.raises(DumpError, match="cannot be read: No such file"):
        list(read_apart(Path("/nowhere")))


def test_a_child_that_dies_is_a_sentence_and_the_next_file_is_read(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"".join(simulate(100_000, seed=1)))
    blocks = read_apart(path)
    next(blocks)
    [child] = children()
    os.kill(child, signal.SIGSEGV)
    with pytest.raises(
        DumpError, match=r"^Reading the file stopped after line [0-9,]+ \(Segmentation fault\)\. .* split it"
    ):
        list(blocks)
    assert sum(map(len, read_apart(io.BytesIO(FILES["lines"])))) == 4


def test_a_child_that_outgrows_its_memory_is_ended(endless, monkeypatch):
    monkeypatch.setattr(parent, "MOST_MORE_BYTES", 2**28)
    endless(mebibytes=400)
    with pytest.raises(DumpError, match=r"^Reading the file takes more than 0.25 GiB of memory: split it"):
        list(read_apart(io.BytesIO(EVENT)))
    assert children() == []


def test_a_child_that_is_silent_for_long_is_ended(endless, monkeypatch):
    monkeypatch.setattr(parent, "MOST_SECONDS_SILENT", 0.5)
    endless()
    beats = []
    with pytest.raises(
        DumpError, match=r"^We stopped reading the file, because nothing more was found for 0 seconds: split it"
    ):
        list(read_apart(io.BytesIO(EVENT), beats.append))
    assert beats
    assert children() == []


def test_a_reading_that_nobody_wants_any_more_is_ended(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"".join(simulate(100_000, seed=1)))
    blocks = read_apart(path)
    next(blocks)
    assert len(children()) == 1
    blocks.close()
    assert children() == []


def test_a_reading_can_be_stopped_by_who_hears_its_progress(endless):
    endless()

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(read_apart(io.BytesIO(EVENT), stop))
    assert children() == []


def test_a_child_that_came_to_an_end_waits_for_the_next_file():
    list(read_apart(io.BytesIO(EVENT)))
    [waiting] = children()
    list(look_apart(io.BytesIO(TABLE)))
    with pytest.raises(DumpError):
        list(read_apart(io.BytesIO(b"")))
    assert children() == [waiting]


def test_two_files_are_read_at_once():
    one, other = (read_apart(io.BytesIO(FILES["an archive"]), choices=CHOICES) for _ in range(2))
    assert next(one).file == next(other).file == "a.ndjson"
    assert len(children()) == 2
    assert len(list(one)) == len(list(other)) == 3
    assert len(children()) == 1
    assert threading.active_count() < 10
