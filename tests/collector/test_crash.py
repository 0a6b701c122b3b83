"""No event that was answered 200 is lost, however the collector or its database ends. The full form: `crash.py`."""

import http.client
import json
import signal
import socket
import threading
import time
from urllib.parse import urlsplit

from analytics.store.event_store import open_store_at
from tests.collector.crash import Killed, crash
from tests.events_of import received


def test_on_duckdb_nothing_answered_is_lost_when_the_collector_is_killed(tmp_path):
    found = crash(f"duckdb:///{tmp_path / 'events.duckdb'}", kills=2, longest=0.6)
    assert found.answered > 0
    assert (found.lost, found.repeated) == (0, 0)


def test_on_postgresql_nothing_answered_is_lost_when_both_are_ended_at_once(own_postgres):
    def shake():
        own_postgres.stop("immediate")
        own_postgres.start()

    found = crash(own_postgres.new_database(), kills=2, shake=shake, longest=0.6)
    assert found.answered > 0
    assert (found.lost, found.repeated) == (0, 0)


def test_sigterm_answers_what_has_arrived_and_then_stops(tmp_path):
    url = f"duckdb:///{tmp_path / 'events.duckdb'}"
    store = open_store_at(url)
    key = store.keys.create("drain")
    store.close()
    collector = Killed(url)
    collector.start()
    clients = [Halfway(collector.address, key, number) for number in range(4)]
    ended = threading.Thread(target=collector.stop, args=(signal.SIGTERM,))
    ended.start()
    wait_until_nobody_listens(collector.address)
    for client in clients:
        assert client.finish()["accepted"] == 500
    ended.join()
    store = open_store_at(url)
    assert store.count(store.projects()[0].id) == 2000
    store.close()


class Halfway:
    """A client whose body is being read by the collector, but for its last byte."""

    def __init__(self, address, key, number):
        batch = {"batch": [received("06:30", f"{number}-{place}") for place in range(500)]}
        body = json.dumps(batch).encode()
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self._connection.putrequest("POST", "/v1/capture")
        for name, value in {"X-Write-Key": key, "Content-Length": len(body), "Expect": "100-continue"}.items():
            self._connection.putheader(name, value)
        self._connection.endheaders()
        assert b"100 Continue" in self._connection.sock.recv(1000)
        self._connection.send(body[:-1])
        self._last = body[-1:]

    def finish(self):
        self._connection.send(self._last)
        answer = self._connection.getresponse()
        assert answer.status == 200
        return json.loads(answer.read())


def wait_until_nobody_listens(address):
    for _ in range(600):
        try:
            socket.create_connection(urlsplit(address).netloc.split(":"), timeout=5).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    raise TimeoutError(address)
