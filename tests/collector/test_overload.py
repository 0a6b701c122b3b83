"""A collector under strain: slow, greedy and many clients, and a store that does not answer."""

import gzip
import socket
import threading
import time
from dataclasses import replace
from urllib.parse import urlsplit

import psycopg
import requests

from analytics.settings import Settings
from analytics.store.event_store import open_store_at
from tests import servers
from tests.collector.crash import Killed
from tests.events_of import received


def batch(*names):
    return {"batch": [received("06:30", name) for name in names]}


def opened(address):
    """A raw connection to a server."""
    place = urlsplit(address)
    return socket.create_connection((place.hostname, place.port), timeout=30)


def begun(key):
    """A request whose body never comes."""
    return (
        f"POST /v1/capture HTTP/1.1\r\nHost: localhost\r\nX-Write-Key: {key}\r\nContent-Length: 100\r\n\r\n{{".encode()
    )


def test_a_slow_body_is_given_up_with_its_connection(store, key):
    with servers.collector(store, replace(Settings(), slow_body_seconds=0.3)) as address, opened(address) as slow:
        slow.sendall(begun(key))
        slow.settimeout(3)
        answer = b"".join(iter(lambda: slow.recv(65_536), b""))  # to its end, which comes at once
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"slow_body" in answer


def test_slow_clients_do_not_slow_the_others(store, key):
    with servers.collector(store, Settings()) as address:
        slow = [opened(address) for _ in range(100)]
        for connection in slow:
            connection.sendall(begun(key))
        with requests.Session() as session:
            for number in range(20):
                answer = session.post(
                    f"{address}/v1/capture", json=batch(str(number)), headers={"X-Write-Key": key}, timeout=10
                )
                assert answer.status_code == 200
        for connection in slow:
            connection.close()


def test_a_key_beyond_its_rate_is_told_when_to_come_back(store, key):
    with servers.collector(store, replace(Settings(), requests_per_second=2.0)) as address:
        answers = [
            requests.post(f"{address}/v1/capture", json=batch(str(number)), headers={"X-Write-Key": key}, timeout=10)
            for number in range(6)
        ]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all(answer.headers["Retry-After"] == "1" for answer in refused)
    assert refused[0].json()["code"] == "rate_limited"


def test_where_too_much_waits_clients_are_asked_to_come_back(store, key):
    with servers.collector(store, replace(Settings(), max_waiting_bytes=10)) as address:
        answer = requests.post(f"{address}/v1/capture", json=batch("a"), headers={"X-Write-Key": key}, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (503, "queue_full")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_gzip_bomb_is_refused_in_bounded_memory(tmp_path):
    url = f"duckdb:///{tmp_path / 'events.duckdb'}"
    store = open_store_at(url)
    key = store.keys.create("crm")
    store.close()
    collector = Killed(url)
    collector.start()
    bomb = gzip.compress(b" " * 200 * 2**20)
    headers = {"X-Write-Key": key, "Content-Encoding": "gzip"}
    try:
        requests.post(f"{collector.address}/v1/capture", json=batch("a"), headers={"X-Write-Key": key}, timeout=30)
        before = collector.peak_memory()
        answer = requests.post(f"{collector.address}/v1/capture", bomb, headers=headers, timeout=30)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert collector.peak_memory() - before < 50 * 2**20
    finally:
        collector.stop()


def test_while_the_store_is_away_clients_are_asked_to_come_back_and_nothing_answered_is_lost(own_postgres):
    url = own_postgres.new_database()
    store = open_store_at(url)
    key = store.keys.create("crm", "shop")
    answered, statuses, stop = [], set(), threading.Event()

    def client(mine):
        number = 0
        while not stop.is_set():
            name = f"{mine}-{number}"
            answer = requests.post(f"{address}/v1/capture", json=batch(name), headers={"X-Write-Key": key}, timeout=60)
            statuses.add((answer.status_code, "Retry-After" in answer.headers))
            if answer.status_code == 200:
                answered.append(name)
            number += 1

    with servers.collector(store) as address:
        clients = [threading.Thread(target=client, args=(number,)) for number in range(4)]
        for thread in clients:
            thread.start()
        time.sleep(0.5)
        own_postgres.stop("immediate")
        time.sleep(1.5)
        away = requests.get(f"{address}/v1/health", timeout=30)
        own_postgres.start()
        before = len(answered)
        until = time.monotonic() + 30
        while len(answered) < before + 20 and time.monotonic() < until:
            time.sleep(0.1)
        stop.set()
        for thread in clients:
            thread.join()
    assert away.status_code == 503
    assert int(away.headers["Retry-After"]) > 0
    assert statuses == {(200, False), (503, True)}
    assert len(answered) >= before + 20, "it recovers by itself"
    assert set(answered) <= set(store.events(store.project("shop").id).events["message_id"])
    store.close()


def test_health_knows_that_posts_are_not_stored_although_the_store_answers(own_postgres):
    url = own_postgres.new_database()
    store = open_store_at(url)
    key = store.keys.create("crm", "shop")

    def post(name):
        return requests.post(f"{address}/v1/capture", json=batch(name), headers={"X-Write-Key": key}, timeout=60)

    with servers.collector(store) as address:
        assert post("a").status_code == 200
        with psycopg.connect(url) as another:
            another.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
            refused, away = post("b"), requests.get(f"{address}/v1/health", timeout=30)
            assert store.answers()
        assert refused.status_code == away.status_code == 503
        assert refused.json() == away.json()
        until = time.monotonic() + 30
        while requests.get(f"{address}/v1/health", timeout=30).status_code != 200:
            assert time.monotonic() < until
        assert post("c").status_code == 200
    store.close()


def test_no_key_and_no_phone_number_is_logged(store, key, caplog):
    caplog.set_level("INFO")
    with servers.collector(store, Settings()) as address:
        bad = {**received("06:30", "a"), "userId": "0712345678"}
        for body in (batch("a"), {"batch": [bad]}, [bad]):
            requests.post(f"{address}/v1/capture", json=body, headers={"X-Write-Key": key}, timeout=10)
    lines = [record.msg for record in caplog.records if record.name == "analytics.collector.requests"]
    assert [line["status"] for line in lines] == [200, 400, 400]
    logged = " ".join(record.getMessage() for record in caplog.records)
    for secret in (key, "254712345678", "0712345678"):
        assert secret not in logged
