"""Whoever holds the store answers commands of the same user over loopback, and nobody else."""

import json
import logging
import socket
import stat
from pathlib import Path

import pandas as pd
import pytest

from analytics.asking import answering, store_questions
from analytics.asking.answering import Answering
from analytics.asking.ask import asking, find_running
from analytics.asking.running_file import read_running
from analytics.asking.wire import NotProvenError, Wire
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.simulation import simulate
from analytics.store.beside import running_file
from analytics.store.database import StoreError
from analytics.store.event_store import EventStore, open_store_at
from analytics.store.rows import event_frame
from tests.servers import hanging_up, silent


@pytest.fixture
def file(tmp_path):
    return tmp_path / "events.duckdb"


@pytest.fixture
def running(store, file):
    """The process that holds the store: this one."""
    answers = Answering(store, file)
    yield read_running(file)
    answers.stop()
    assert not running_file(file).exists()


@pytest.fixture
def ask(running, file):
    """Asks as another process would: over loopback."""
    assert find_running(file) == running
    with asking(f"duckdb:///{file}") as ask:
        yield ask


def test_a_file_of_events_arrives_as_it_was_validated(ask, store):
    found = validate([RawLines.from_text(b"".join(simulate(2_000, seed=1, bad=0.05)))])
    shop = ask(EventStore.create_project, "shop")
    done = ask(EventStore.add_import, shop.id, found, file="march.ndjson", digest="1f", who="me")
    assert (done.stored, done.duplicates) == (len(found.events), found.duplicates)
    assert ask(EventStore.imports, shop.id) == store.imports(shop.id) == [done]
    assert [each.raw for each in store.list_rejected(shop.id)] == [each.raw for each in found.rejected]
    assert sum(repeat.count for repeat in store.repeats(shop.id)) == found.duplicates > 0
    rows = ask(store_questions.read_project, shop.id).rows
    pd.testing.assert_frame_equal(event_frame(rows, shop.id), store.events(shop.id).events)


def test_an_error_of_the_store_is_the_same_sentence(ask):
    with pytest.raises(StoreError, match=r"^There is no key 'abc': `analytics keys list` shows them all\.$"):
        ask(store_questions.revoke_key, "abc")


def test_what_nobody_foresaw_is_logged_and_not_told(ask, caplog, monkeypatch):
    def fail(_: EventStore) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setitem(store_questions.QUESTIONS, fail.__qualname__, fail)
    with pytest.raises(StoreError, match=r"^The running process could not answer\. Its log says why\.$"):
        ask(fail)
    assert "ZeroDivisionError: inside" in caplog.text


def test_a_question_that_the_running_process_does_not_know_is_of_another_version(ask):
    with pytest.raises(StoreError, match="has another version"):
        ask(EventStore.delete_test_events, 1)


def test_only_its_user_can_read_how_the_process_is_reached(running, file):
    assert stat.S_IMODE(running_file(file).stat().st_mode) == 0o600
    assert running.secret not in repr(Path(file).read_bytes())


@pytest.fixture
def stranger(running):
    """A connection of a program that knows the port and not the secret."""
    with socket.create_connection(("127.0.0.1", running.port)) as stranger:
        yield stranger


REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n\r\n"


@pytest.mark.parametrize("said", [b"", bytes(32), bytes(64) + b"create_key", REQUEST + bytes(64)])
def test_who_does_not_know_the_secret_is_told_nothing(said, stranger, store):
    stranger.sendall(said)
    stranger.shutdown(socket.SHUT_WR)
    heard = b"".join(iter(lambda: stranger.recv(1_000), b""))
    assert len(heard) == (64 if said else 0)  # a random number, and what proves the secret to who knows it
    assert store.keys.all() == []


def test_a_wrong_secret_is_refused(running):
    with Wire(socket.create_connection(("127.0.0.1", running.port))) as wire, pytest.raises(NotProvenError):
        wire.prove_as_command(bytes(32))


def test_no_proof_is_given_twice(running):
    proofs = set()
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", running.port)) as stranger:
            stranger.sendall(bytes(32))
            proofs.add(stranger.recv(64))
    assert len(proofs) == 2


def test_it_is_reached_on_loopback_alone(running):
    assert answering_address(running.port) == {"127.0.0.1"}


def answering_address(port):
    """The addresses at which this machine listens on a port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    mine = [line[1].split(":") for line in lines if line[3] == "0A"]
    return {socket.inet_ntoa(bytes.fromhex(address)[::-1]) for address, at in mine if int(at, 16) == port}


NOBODY = '{"secret": "no hex", "process": 1, "port": %s}'


def claim(file, address, mode=0o600):
    """Leave the file of a process that has ended; its port is somebody else's."""
    port = int(address.rpartition(":")[2])
    running_file(file).write_text(json.dumps({"port": port, "secret": "00" * 32, "process": 1}))
    running_file(file).chmod(mode)


@pytest.fixture
def closed_store(store):
    store.keys.create("crm", "shop")
    store.close()


@pytest.mark.usefixtures("closed_store")
@pytest.mark.parametrize(
    "left", ["", "{", "[]", '{"port": 1}', *(NOBODY % each for each in ('"x"', '"x", "secret": "00"', "1"))]
)
def test_a_file_that_says_nothing_of_use_does_no_harm(left, file):
    running_file(file).write_text(left)
    running_file(file).chmod(0o600)
    with asking(f"duckdb:///{file}") as ask:
        assert len(ask(store_questions.list_keys)) == 1


@pytest.mark.usefixtures("closed_store")
@pytest.mark.parametrize("said", [b"", bytes(1000), b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_another_program_at_the_port_of_a_process_that_has_ended_does_no_harm(said, file):
    with hanging_up(said) as address:
        claim(file, address)
        with asking(f"duckdb:///{file}") as ask:
            assert len(ask(store_questions.list_keys)) == 1


@pytest.mark.usefixtures("closed_store")
def test_a_program_that_says_nothing_is_not_waited_for_long(file, monkeypatch):
    monkeypatch.setattr("analytics.asking.wire._PROOF_SECONDS", 0.1)
    with silent() as address:
        claim(file, address)
        with asking(f"duckdb:///{file}") as ask:
            assert len(ask(store_questions.list_keys)) == 1


def test_a_file_that_others_could_have_written_is_not_believed(running, file):
    assert find_running(file) == running
    running_file(file).chmod(0o644)
    assert find_running(file) is None
    running_file(file).chmod(0o600)


def test_more_connections_than_it_serves_are_closed_and_leave_it_well(running, file):
    idle = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(60)]
    for each in idle:
        each.close()
    for _ in range(50):
        if find_running(file):
            return
    raise AssertionError("it does not answer any more")


def test_a_command_that_goes_while_it_is_answered_leaves_no_traceback(running, caplog):
    with Wire(socket.create_connection(("127.0.0.1", running.port))) as wire:
        wire.prove_as_command(running.key)
        wire.send("EventStore.projects")
    with Wire(socket.create_connection(("127.0.0.1", running.port))) as wire:
        wire.prove_as_command(running.key)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_store_on_postgresql_is_answered_for_by_nobody(postgres, tmp_path):
    store = open_store_at(postgres.new_database())
    answering.answer_for(store)
    store.close()
    assert list(tmp_path.iterdir()) == []
