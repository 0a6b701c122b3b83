"""Sending: what collectors answer comes back as values, what goes wrong in words with the next step."""

import gzip
import json
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from analytics.sending import client as sending_client
from analytics.sending.answer import EventError
from analytics.sending.client import AddressError, Client, KeyFormatError, capture_url
from analytics.sending.trouble import Trouble
from analytics.settings import Settings
from tests.events_of import read, received, sent
from tests.servers import Scripted, collector, dripping, free_port, hanging_up, silent

TAKEN = json.dumps({"status": "success", "received": 1, "accepted": 1, "duplicates": 0, "rejected": 0}).encode()
BUSY = json.dumps({"status": "error", "code": "queue_full", "message": "Too many requests wait."}).encode()


def as_json(*events):
    return [json.dumps(event).encode() for event in events]


@pytest.fixture
def client(store, address):
    with Client(address, store.keys.create("tests")) as client:
        yield client


@pytest.fixture
def impatient(monkeypatch):
    """Pauses are so short that a test need not wait for them."""
    monkeypatch.setattr(sending_client, "_FIRST_PAUSE_SECONDS", 0.001)


def trouble_of(url, key="wk_key", body=b"{}", **more):
    with Client(url, key, **{"attempts": 1, **more}) as client:
        return client.post(body).failure


# What a collector answers


def test_events_are_accepted_once_and_known_after(client, store):
    first = client.send(as_json(received("06:30"), sent("06:31")))
    again = client.send(as_json(received("06:30"), sent("06:31")))
    assert (first.status, first.received, first.accepted, first.duplicates, first.failure) == (200, 2, 2, 0, None)
    assert (again.status, again.received, again.accepted, again.duplicates, again.failure) == (200, 2, 0, 2, None)
    assert first.attempts == 1
    assert 0 < first.seconds < 60
    assert store.count(store.project("default").id) == 2


def test_a_dry_run_judges_and_stores_nothing(client, store):
    assert client.send(as_json(received("06:30")), dry_run=True).accepted == 1
    assert store.count(store.project("default").id) == 0


def test_a_rejected_event_is_named_with_its_field_and_reason(client):
    answer = client.send(as_json(received("06:30"), read("06:32", None)))
    assert (answer.accepted, answer.rejected) == (1, 1)
    assert answer.errors == (EventError(1, "message.read", "properties.messageId", "missing", "This field is missing"),)


def test_a_batch_of_rejected_events_is_judged_and_no_failure(client):
    answer = client.send(as_json(read("06:32", None)))
    assert (answer.status, answer.rejected, answer.failure) == (400, 1, None)


def test_what_a_collector_warns_of_is_told(client):
    (warning,) = client.send(as_json(received("06:30") | {"event": "cart.abandoned"})).warnings
    assert "'cart.abandoned'" in warning


def test_large_bodies_are_gzipped_and_taken(client):
    assert client.send(as_json(*(received(f"06:{minute}") for minute in range(10, 60)))).accepted == 50


def test_small_bodies_go_as_they_are_and_large_ones_packed():
    with Scripted((200, {}, TAKEN)) as server, Client(server.address, "wk_key") as client:
        client.post(b" " * 4_095)
        client.post(b" " * 4_096, dry_run=True)
    (path, headers, body), (dry_path, packed_headers, packed) = server.requests
    assert (path, dry_path) == ("/v1/capture", "/v1/capture?dry_run=1")
    assert "Content-Encoding" not in headers
    assert body == b" " * 4_095
    assert packed_headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == b" " * 4_096
    assert headers["X-Write-Key"] == "wk_key"


# Trying again


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.usefixtures("impatient")
def test_a_busy_collector_is_tried_again_until_it_takes_the_events(status):
    busy = Scripted((status, {}, BUSY), (status, {}, b""), (200, {}, TAKEN))
    with busy as server, Client(server.address, "wk_key") as client:
        answer = client.post(b"{}")
    assert (answer.accepted, answer.attempts, answer.failure) == (1, 3, None)


@pytest.mark.parametrize("status", [400, 401, 404, 405, 413, 415])
def test_what_trying_again_cannot_mend_is_tried_once(status):
    with Scripted((status, {}, BUSY)) as server, Client(server.address, "wk_key") as client:
        assert client.post(b"{}").failure
    assert len(server.requests) == 1


@pytest.mark.usefixtures("impatient")
def test_a_collector_that_stays_away_is_given_up():
    with Client(f"http://127.0.0.1:{free_port()}", "wk_key", attempts=4) as client:
        answer = client.post(b"{}")
    assert (answer.attempts, answer.status, answer.failure.trouble) == (4, None, Trouble.REFUSED)


@pytest.mark.usefixtures("impatient")
def test_a_collector_is_asked_again_no_earlier_than_it_says():
    busy = Scripted((503, {"Retry-After": "1"}, BUSY), (200, {}, TAKEN))
    with busy as server, Client(server.address, "wk_key") as client:
        began = time.monotonic()
        assert client.post(b"{}").accepted == 1
    assert time.monotonic() - began >= 1


@pytest.mark.usefixtures("impatient")
def test_the_time_to_come_back_may_be_a_date():
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    with Scripted((429, {"Retry-After": date}, BUSY)) as server, Client(server.address, "wk_key", attempts=1) as client:
        assert 1 <= client.post(b"{}").retry_after <= 3


def test_nobody_waits_for_minutes():
    with Scripted((429, {"Retry-After": "3600"}, BUSY)) as server, Client(server.address, "wk_key") as client:
        answer = client.post(b"{}")
    assert answer.attempts == 1
    assert answer.failure.next_step.startswith("Wait 60 min")


def test_pauses_double_and_differ():
    pauses = sending_client.pauses()
    first = [next(pauses) for _ in range(12)]
    for number, pause in enumerate(first):
        longest = min(0.5 * 2**number, 30)
        assert longest / 2 <= pause <= longest
    assert len(set(first)) == 12


# What goes wrong, in words


def test_a_name_that_is_not_known():
    failure = trouble_of("http://collector.invalid")
    assert failure.trouble is Trouble.NAME_NOT_FOUND
    assert failure.what == "There is no computer with the name collector.invalid."


def test_nothing_listens():
    port = free_port()
    failure = trouble_of(f"http://127.0.0.1:{port}")
    assert failure.trouble is Trouble.REFUSED
    assert str(failure).startswith(f"No program answers at 127.0.0.1, port {port}. Start the collector")


def test_a_server_without_tls():
    with Scripted((200, {}, TAKEN)) as server:
        failure = trouble_of(server.address.replace("http:", "https:"))
    assert failure.trouble is Trouble.TLS
    assert "https or http" in failure.next_step


def test_no_answer_in_time():
    with silent() as address:
        assert trouble_of(address, answer_seconds=0.2).trouble is Trouble.TIMEOUT


def test_a_connection_that_ends_early():
    with hanging_up() as address:
        assert trouble_of(address).trouble is Trouble.CUT_OFF
    with hanging_up(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{") as address:
        assert trouble_of(address).trouble is Trouble.CUT_OFF


def test_a_key_that_is_not_known(address):
    failure = trouble_of(address, body=sending_client.batch(as_json(received("06:30"))))
    assert failure.trouble is Trouble.KEY
    assert failure.what == "The write key was refused: The write key is unknown or revoked."


def test_a_revoked_key_is_refused(client, store):
    (key,) = store.keys.all()
    store.keys.revoke(key.id)
    assert client.send(as_json(received("06:30"))).failure.trouble is Trouble.KEY


def test_too_many_events_at_a_time(client):
    failure = client.send(as_json(received("06:30")) * 1_001).failure
    assert failure.trouble is Trouble.TOO_LARGE
    assert "1,000 events" in failure.what


def test_a_key_that_sends_too_often(store):
    key = store.keys.create("tests")
    with collector(store, Settings(requests_per_second=0.5)) as address, Client(address, key, attempts=1) as client:
        client.send(as_json(received("06:30")))
        failure = client.send(as_json(received("06:30"))).failure
    assert failure.trouble is Trouble.TOO_OFTEN
    assert failure.next_step.startswith("Wait 2 s")


def test_a_store_that_is_away(address, store):
    key = store.keys.create("tests")
    store.close()
    failure = trouble_of(address, key, sending_client.batch(as_json(received("06:30"))))
    assert failure.trouble is Trouble.UNAVAILABLE
    assert "Each counts once, even if you send it twice" in failure.next_step


def test_a_body_that_is_no_batch(client):
    failure = client.post(b'{"event": "message.read"}').failure
    assert failure.trouble is Trouble.NOT_UNDERSTOOD
    assert '{"batch": [...]}' in failure.what


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ((200, {}, b"<html>"), "it answered 200 OK"),
        ((200, {}, b"[" * 100_000), "it answered 200 OK"),
        ((200, {}, b"null"), "it answered 200 OK"),
        ((401, {}, b"<html>"), "it answered 401 Unauthorized"),
        ((404, {}, b""), "it answered 404 Not Found"),
        ((302, {"Location": "https://elsewhere.example/"}, b""), "it redirects to https://elsewhere.example/"),
    ],
)
def test_an_answer_of_something_else(answer, found):
    with Scripted(answer) as server:
        failure = trouble_of(server.address)
        assert len(server.requests) == 1, "the key goes nowhere else"
    assert failure.trouble is Trouble.NO_COLLECTOR
    assert failure.what.endswith(f"is not a collector: {found}.")


def test_an_answer_is_kept_up_to_64_kib_and_understood_beyond_it():
    error = {"index": 0, "event": None, "field": "userId", "code": "missing", "message": "This field is missing"}
    body = json.dumps({"accepted": 0, "rejected": 1_000, "errors": [error] * 1_000}).encode()
    assert len(body) > 64 * 2**10
    with Scripted((200, {}, body)) as server, Client(server.address, "wk_key") as client:
        answer = client.post(b"{}")
    assert (len(answer.errors), answer.failure) == (1_000, None)
    assert answer.body == body[: 64 * 2**10].decode()


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_an_answer_without_end_is_let_go_of(headers):
    endless = json.dumps({"accepted": 1, "more": "x" * 30 * 2**20}).encode()
    with Scripted((200, headers, gzip.compress(endless, 1) if headers else endless)) as server:
        tracemalloc.start()
        with Client(server.address, "wk_key", attempts=1) as client:
            answer = client.post(b"{}")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert server.requests[0][1]["Accept-Encoding"] == "identity"
    assert answer.failure.trouble is Trouble.NO_COLLECTOR
    assert len(answer.body) == 64 * 2**10
    assert most < 8 * 2**20


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 50, b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 50])
def test_who_answers_a_byte_at_a_time_is_not_waited_for(said):
    with dripping(said) as address, Client(address, "wk_key", attempts=1, answer_seconds=0.5) as client:
        began = time.monotonic()
        answer = client.post(b"{}")
        assert time.monotonic() - began < 2
    assert answer.failure.trouble is Trouble.TIMEOUT


def test_what_does_not_speak_http():
    with hanging_up(b"220 mail.example\r\n\r\n") as address:
        failure = trouble_of(address)
    assert (failure.trouble, failure.what[-23:]) == (Trouble.NO_COLLECTOR, "it does not speak HTTP.")


def test_an_answer_of_odd_values_is_read_as_far_as_it_can_be():
    body = json.dumps({"accepted": "1", "errors": [{"index": None, "event": 1}, 2], "warnings": None}).encode()
    with Scripted((200, {}, body)) as server, Client(server.address, "wk_key") as client:
        answer = client.post(b"{}")
    assert (answer.accepted, answer.warnings, answer.failure) == (0, (), None)
    assert answer.errors == (EventError(0, "1", "", "", ""),)


def test_no_trouble_tells_the_key():
    with Scripted((401, {}, b'{"message": "unknown"}')) as server, Client(server.address, "wk_secret") as client:
        assert "wk_secret" not in repr(client.post(b"{}"))


def test_every_trouble_says_what_to_do():
    names = {"host": "host", "port": 1, "detail": "detail", "wait": "1 s"}
    for trouble in Trouble:
        assert trouble.what.format(**names).endswith(".")
        assert trouble.next_step.format(**names).endswith(".")


# Addresses and keys


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://host", "https://host/v1/capture"),
        (" http://localhost:8501/ ", "http://localhost:8501/v1/capture"),
        ("https://host/v1/batch", "https://host/v1/batch"),
        ("http://[::1]:80/own/path", "http://[::1]:80/own/path"),
    ],
)
def test_an_address_may_leave_out_the_path(url, found):
    assert capture_url(url) == found


@pytest.mark.parametrize(
    "url", ["", "host", "ftp://host", "http://", "http://host:99999", "http://host:0", "http://ho st", "http://[::"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(AddressError, match="This is not the address"):
        capture_url(url)


@pytest.mark.parametrize(
    "url", ["http://key@host", "http://u:p@host/v1/capture", "http://host?key=wk_1", "http://host#k"]
)
def test_an_address_holds_no_secret(url):
    with pytest.raises(AddressError, match="must not hold a key"):
        capture_url(url)


@pytest.mark.parametrize("key", ["", " ", "wk_1 2", "wk_1\n2", "wk_ö", "wk_\x00"])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(KeyFormatError):
        Client("http://host", key)
