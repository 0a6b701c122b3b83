"""Bodies that cost more than they are worth: without a key, packed, and many at a time."""

import contextlib
import gzip
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests

from analytics.settings import Settings
from analytics.store.event_store import open_store_at
from tests import servers
from tests.collector.crash import Killed
from tests.collector.test_overload import opened
from tests.events_of import received

LONG = {"batch": [received("06:30", f"long-{number}") for number in range(500)]}
MIB = 2**20


def packed(body):
    return gzip.compress(json.dumps(body).encode())


def part_of_a_body(key=None, size=60_000):
    """A request with a part of its body, the rest of which never comes."""
    headers = f"X-Write-Key: {key}\r\n" if key else ""
    head = f"POST /v1/capture HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: 1000000\r\n\r\n"
    return head.encode() + b" " * size


@pytest.mark.parametrize("more", [{}, {"sentAt": "2026-01-20T06:30:00Z", "context": {"writeKey": "wk_other"}}])
def test_a_key_before_a_long_batch_is_found(post, key, more):
    body = json.dumps({**more, "writeKey": key, **LONG}).encode()
    assert len(body) > 100_000
    assert post(body, headers={}).json()["accepted"] == 500
    assert post(b"\xef\xbb\xbf" + body, headers={}).json()["duplicates"] == 500
    assert post(gzip.compress(body), headers={"Content-Encoding": "gzip"}).json()["duplicates"] == 500


@pytest.mark.parametrize("body", [LONG, {**LONG, "writeKey": "behind"}, {"writeKey": 7, **LONG}, ["a" * 100_000]])
@pytest.mark.parametrize("gzipped", [False, True])
def test_a_long_body_that_names_no_key_before_its_batch_is_refused_in_words(post, key, body, gzipped):
    raw = json.dumps(body).replace("behind", key).encode()
    headers = {"Content-Encoding": "gzip"} if gzipped else {}
    answer = post(gzip.compress(raw) if gzipped else raw, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
    assert "before the batch" in answer.json()["message"]


@pytest.mark.parametrize("batch", [{"batch": [7]}, LONG], ids=["short", "long"])
@pytest.mark.parametrize("named", ["wk_unknown", "\ud800", "\0"])
def test_a_body_that_names_another_key_is_refused(post, batch, named):
    answer = post({"writeKey": named, **batch}, headers={})
    assert answer.status_code in (400, 401)
    assert answer.json()["code"] in ("unknown_key", "invalid_json")


def test_a_body_without_a_key_is_answered_before_all_of_it_has_come(address):
    with opened(address) as stranger:
        stranger.sendall(part_of_a_body(size=66_000))
        stranger.settimeout(5)
        assert stranger.recv(65_536).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(("members", "status"), [(100, 200), (101, 400)])
def test_a_body_may_have_a_hundred_gzip_members(post, key, members, status):
    body = packed({"batch": [received("06:30", "a")]}) + gzip.compress(b" ") * (members - 1)
    answer = post(body, headers={"X-Write-Key": key, "Content-Encoding": "gzip"})
    assert answer.status_code == status
    assert status == 200 or "more than 100 members" in answer.json()["message"]


def test_bodies_without_a_key_leave_the_budget_to_the_others(store, key):
    with (
        servers.collector(store, replace(Settings(), max_waiting_bytes=MIB)) as address,
        contextlib.ExitStack() as held,
    ):
        for _ in range(4):
            held.enter_context(opened(address)).sendall(part_of_a_body())
        time.sleep(0.2)
        answer = requests.post(f"{address}/v1/capture", b" " * 20_000, timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (503, "queue_full")
        assert int(answer.headers["Retry-After"]) > 0
        known = requests.post(f"{address}/v1/capture", json=LONG, headers={"X-Write-Key": key}, timeout=10)
        assert known.json()["accepted"] == 500


def test_all_bodies_together_have_one_budget_and_give_it_back(store, key):
    small = {"batch": [received("06:30", "small")]}
    with servers.collector(store, replace(Settings(), max_waiting_bytes=300_000, slow_body_seconds=1)) as address:
        post = f"{address}/v1/capture"
        with contextlib.ExitStack() as held:
            for _ in range(4):
                held.enter_context(opened(address)).sendall(part_of_a_body(key))
            time.sleep(0.2)
            busy = requests.post(
                post, packed(LONG), headers={"X-Write-Key": key, "Content-Encoding": "gzip"}, timeout=9
            )
            assert (busy.status_code, busy.json()["code"]) == (503, "queue_full")
            assert requests.post(post, json=small, headers={"X-Write-Key": key}, timeout=9).json()["accepted"] == 1
            time.sleep(1.2)
        assert requests.post(post, json=LONG, headers={"X-Write-Key": key}, timeout=9).json()["accepted"] == 500


@pytest.fixture
def collecting(tmp_path):
    """A collector in a process of its own, and a key for it."""
    url = f"duckdb:///{tmp_path / 'events.duckdb'}"
    store = open_store_at(url)
    key = store.keys.create("crm")
    store.close()
    collector = Killed(url)
    collector.start()
    yield collector, key
    collector.stop()


@pytest.mark.parametrize("with_key", [False, True])
def test_many_bodies_that_unpack_to_much_cost_little_and_hold_up_nobody(collecting, with_key):
    collector, key = collecting
    post, seconds, ended = f"{collector.address}/v1/capture", [], threading.Event()
    bomb = gzip.compress(b" " * 20 * MIB)
    headers = {"Content-Encoding": "gzip"} | ({"X-Write-Key": key} if with_key else {})

    def others():
        with requests.Session() as session:
            while not ended.is_set():
                body = {"batch": [received("06:30", str(len(seconds)))]}
                answer = session.post(post, json=body, headers={"X-Write-Key": key}, timeout=30)
                seconds.append(answer.elapsed.total_seconds() if answer.status_code == 200 else 30)

    requests.post(post, json={"batch": [received("06:30", "a")]}, headers={"X-Write-Key": key}, timeout=30)
    before = collector.peak_memory()
    watching = threading.Thread(target=others)
    watching.start()
    with ThreadPoolExecutor(60) as strangers:
        answers = list(
            strangers.map(
                lambda _: requests.post(post, bomb, headers=headers, timeout=60), range(20 if with_key else 200)
            )
        )
    ended.set()
    watching.join()
    assert {answer.status_code for answer in answers} <= ({400, 503} if with_key else {401})
    assert max(seconds) < 30, "others are served meanwhile"
    assert with_key or collector.peak_memory() - before < 50 * MIB
