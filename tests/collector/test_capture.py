"""`POST /v1/capture`: each row of the contract's tables, asked over HTTP."""

import asyncio
import base64
import gzip
import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from analytics.collector.group_commit import GroupCommit
from analytics.collector.judging import Capture
from analytics.events.judge import MAX_EVENT_BYTES
from tests.events_of import received, sent


def batch(*events):
    return {"batch": list(events)}


def counts(response):
    """What an answer says: status of HTTP, its own, received, accepted, duplicates, rejected."""
    said = response.json()
    names = ("received", "accepted", "duplicates", "rejected")
    assert said["received"] == said["accepted"] + said["duplicates"] + said["rejected"]
    assert len(said["errors"]) == said["rejected"]
    return response.status_code, said["status"], *(said[name] for name in names)


def test_good_events_are_stored(post, stored):
    response = post(batch(received("06:30", "a"), sent("06:31", "b")))
    assert counts(response) == (200, "success", 2, 2, 0, 0)
    assert response.headers["content-type"] == "application/json"
    assert stored() == ["a", "b"]


def test_some_good_events_are_partial_and_the_others_are_kept_with_their_reason(post, stored, kept):
    bad = {"event": "message.read", "userId": "+254712345678"}
    response = post(batch(received("06:30", "a"), received("06:30", "a"), bad))
    assert counts(response) == (200, "partial", 3, 1, 1, 1)
    assert response.json()["errors"] == [
        {
            "index": 2,
            "event": "message.read",
            "field": "timestamp",
            "code": "missing",
            "message": "This field is missing",
        }
    ]
    assert stored() == ["a"]
    assert kept() == [("missing", json.dumps(bad).encode())]


def test_what_is_known_already_is_a_duplicate_and_the_first_stays(post, stored):
    post(batch(received("06:30", "a")))
    assert counts(post(batch(received("07:30", "a"), received("07:31", "b")))) == (200, "success", 2, 1, 1, 0)
    assert stored() == ["a", "b"]


def test_where_every_event_is_rejected_the_request_is_an_error_and_all_are_kept(post, kept):
    response = post(batch(7, {"event": "message.read"}))
    assert counts(response) == (400, "error", 2, 0, 0, 2)
    assert response.json()["code"] == "all_rejected"
    assert [code for code, _ in kept()] == ["missing", "not_an_object"]


def test_names_outside_the_eight_are_stored_with_a_warning(post, store):
    response = post(batch({**received("06:30", "a"), "event": "message.loved"}))
    assert counts(response) == (200, "success", 1, 1, 0, 0)
    assert "message.loved" in response.json()["warnings"][0]
    assert store.count(store.project("shop").id) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b" \n", "empty_body"),
        (b"\xef\xbb\xbf", "empty_body"),
        (b"{", "invalid_json"),
        (b'{"batch": [}', "invalid_json"),
        (b"\xff\xfe{", "invalid_json"),
        (b'{"batch": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "invalid_json"),
        (b"[]", "batch_missing"),
        (b'"text"', "batch_missing"),
        (b"{}", "batch_missing"),
        (b'{"batch": null}', "batch_missing"),
        (b'{"batch": {}}', "batch_missing"),
        (json.dumps(received("06:30")).encode(), "batch_missing"),
        (json.dumps([received("06:30")]).encode(), "batch_missing"),
        (b'{"batch": []}', "batch_empty"),
    ],
)
def test_a_body_that_holds_no_batch_is_told_why_and_kept(body, code, post, kept):
    response = post(body)
    assert (response.status_code, response.json()["status"], response.json()["code"]) == (400, "error", code)
    assert kept() == ([] if code in ("empty_body", "batch_empty") else [(code, body)])


@pytest.mark.parametrize(
    "body",
    [
        '{"writeKey": "KEY", "events": []}',
        '{"writeKey": "KEY", "batch": [{"event": "message.read", "writeKey": "KEY"}]}',
        '["KEY", {"other": "wk_0123456789abcdefghijklmnopqrstuvwxyz-_ABCDE"',
    ],
)
def test_nothing_is_kept_with_a_key_in_it(body, post, key, kept):
    assert post(body.replace("KEY", key).encode()).status_code == 400
    ((_, raw),) = kept()
    assert b"wk_..." in raw
    assert key.encode() not in raw
    assert b"wk_0123" not in raw


def test_nesting_that_only_some_pythons_read_is_refused_and_kept_by_all(post, kept):
    response = post(b'{"batch": ' + b"[" * 5_000 + b"]" * 5_000 + b"}")
    assert (response.status_code, response.json()["status"]) == (400, "error")
    assert response.json()["code"] in ("invalid_json", "all_rejected")
    assert len(kept()) == 1


def test_a_bare_event_and_a_list_are_told_to_wrap_it(post):
    for body in (received("06:30"), [received("06:30")]):
        assert '{"batch": [...]}' in post(body).json()["message"]


@pytest.mark.parametrize(
    "headers",
    [
        lambda key: {"X-Write-Key": key},
        lambda key: {"Authorization": f"Bearer {key}"},
        lambda key: {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()},
        lambda key: {"authorization": f"bearer {key}"},
    ],
)
def test_the_key_may_stand_in_headers(headers, key, post):
    assert post(batch(received("06:30")), headers(key)).status_code == 200


@pytest.mark.parametrize("name", ["writeKey", "write_key"])
def test_the_key_may_stand_in_the_body_where_a_header_wins(name, key, post):
    body = {**batch(received("06:30")), name: key}
    assert post(body, {}).status_code == 200
    assert post(body, {"X-Write-Key": "wk_other"}).status_code == 401


@pytest.mark.parametrize("value", [b"Basic \xff\xfe", b"Basic x", b"Basic", b"Bearer", b"\xff"])
def test_what_is_no_key_in_a_header_is_told_to_be_missing(value, post):
    response = post(batch(received("06:30")), {"Authorization": value})
    assert (response.status_code, response.json()["code"]) == (401, "key_missing")


def test_the_events_of_a_body_without_a_known_key_are_not_looked_at(post):
    response = post(b'{"batch": [' + b"1," * 2_000 + b"1]}", {})
    assert (response.status_code, response.json()["code"]) == (401, "key_missing")


def test_a_key_counts_as_used_though_another_of_its_group_was_revoked(store):
    ours, theirs = (store.keys.find(store.keys.create(name, "shop")) for name in ("ours", "theirs"))
    store.keys.revoke(theirs.id)
    event = json.dumps(received("06:30", "a")).encode()

    async def kept():
        commits = GroupCommit(lambda: store, 10**6, lambda _: None)
        requests = [asyncio.ensure_future(commits.keep(Capture(key, [event]))) for key in (ours, theirs)]
        await asyncio.sleep(0)
        commits.start()
        found = await asyncio.gather(*requests, return_exceptions=True)
        await asyncio.to_thread(commits.stop)
        return found

    with ThreadPoolExecutor(1) as thread:  # a browser test before may have left its loop in this one
        outcome, refused = thread.submit(asyncio.run, kept()).result()
    assert (outcome.accepted, refused.status) == (1, 401)
    used = {key.id: key.last_used_at for key in store.keys.all()}
    assert used[ours.id] is not None
    assert used[theirs.id] is None


def test_the_key_may_not_stand_in_the_address(key, post):
    response = post(batch(received("06:30")), {}, f"/v1/capture?writeKey={key}&write_key={key}")
    assert (response.status_code, response.json()["code"]) == (401, "key_missing")


def test_keys_unknown_and_revoked_get_one_answer_and_nothing_is_stored(key, store, post, stored, kept):
    assert post(batch(received("06:30", "a"))).status_code == 200
    store.keys.revoke(store.keys.all()[0].id)
    answers = [post(batch(received("06:31", "b"), 7)), post(batch(received("06:31", "b"), 7), {"X-Write-Key": "wk_x"})]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert post(batch(received("06:31", "b")), path="/v1/capture?dry_run=1").status_code == 401
    assert stored() == ["a"]
    assert kept() == []
    assert key not in json.dumps(answers[0].json())


@pytest.mark.parametrize("path", ["/v1/capture", "/v1/capture/", "/v1/batch", "/v1/batch/"])
def test_each_path_answers_and_none_redirects(path, post):
    assert post(batch(received("06:30")), path=path).status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "image/png", ""])
def test_any_content_type_will_do(content_type, key, post):
    headers = {"X-Write-Key": key, "Content-Type": content_type}
    assert post(batch(received("06:30")), headers).status_code == 200


def test_a_bom_is_ignored(post):
    assert post(b"\xef\xbb\xbf" + json.dumps(batch(received("06:30"))).encode()).status_code == 200


def test_a_dry_run_answers_and_keeps_nothing(post, stored, kept):
    body = batch(received("06:30", "a"), received("06:30", "a"), 7)
    assert counts(post(body, path="/v1/capture?dry_run=1")) == (200, "partial", 3, 1, 1, 1)
    assert post(b"[]", path="/v1/capture?dry_run=1").status_code == 400
    assert (stored(), kept()) == ([], [])


def test_other_methods_are_refused(address):
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        response = requests.request(method, f"{address}/v1/capture", timeout=10)
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
        assert response.headers["allow"] == "POST"
    assert requests.get(f"{address}/v1/other", timeout=10).json()["code"] == "not_found"


def test_web_pages_are_told_nothing_about_other_origins(address):
    response = requests.options(f"{address}/v1/capture", headers={"Origin": "https://example.com"}, timeout=10)
    assert not [name for name in response.headers if name.startswith("access-control")]


class TestGzip:
    """Bodies that come packed."""

    @pytest.fixture
    def send(self, key, post):
        return lambda body: post(body, {"X-Write-Key": key, "Content-Encoding": "gzip"})

    def test_are_unpacked(self, send, packed):
        assert counts(send(packed(batch(received("06:30"))))) == (200, "success", 1, 1, 0, 0)

    def test_may_have_several_members(self, send):
        text = json.dumps(batch(received("06:30"))).encode()
        assert send(gzip.compress(text[:50]) + gzip.compress(text[50:])).status_code == 200

    @pytest.mark.parametrize("damage", [lambda body: body[:-9], lambda _: b"{}", lambda body: body + b"x"])
    def test_that_are_damaged_are_refused(self, damage, send, packed):
        response = send(damage(packed(batch(received("06:30")))))
        assert (response.status_code, response.json()["code"]) == (400, "invalid_gzip")

    def test_that_are_empty_are_empty(self, send):
        assert send(b"").json()["code"] == "empty_body"
        assert send(gzip.compress(b"")).json()["code"] == "empty_body"

    def test_of_another_kind_are_refused(self, key, post):
        response = post(b"x", {"X-Write-Key": key, "Content-Encoding": "br"})
        assert (response.status_code, response.json()["code"]) == (415, "unsupported_encoding")


class TestLimits:
    """What one request may be."""

    def test_a_batch_holds_at_most_1000_events(self, post, store):
        events = [received("06:30", f"m{number}") for number in range(1_001)]
        response = post(batch(*events))
        assert (response.status_code, response.json()["code"]) == (413, "too_many_events")
        assert counts(post(batch(*events[:1_000]))) == (200, "success", 1_000, 1_000, 0, 0)
        assert store.count(store.project("shop").id) == 1_000

    def test_a_body_has_at_most_10_mib_as_sent(self, post):
        response = post(b" " * (10 * 2**20 + 1))
        assert (response.status_code, response.json()["code"]) == (413, "too_large")

    def test_a_body_without_a_length_is_cut_off_at_the_limit(self, address, key):
        response = requests.post(
            f"{address}/v1/capture", (b" " * 2**20 for _ in range(12)), headers={"X-Write-Key": key}, timeout=30
        )
        assert (response.status_code, response.json()["code"]) == (413, "too_large")

    def test_a_body_has_at_most_20_mib_unpacked(self, key, post):
        packed = gzip.compress(b" " * (20 * 2**20 + 1))
        response = post(packed, {"X-Write-Key": key, "Content-Encoding": "gzip"})
        assert (response.status_code, response.json()["code"]) == (413, "too_large")

    def test_an_event_has_at_most_64_kib(self, post):
        event = received("06:30", "a")
        event["properties"]["pad"] = "x" * MAX_EVENT_BYTES
        assert counts(post(batch(event, received("06:31", "b")))) == (200, "partial", 2, 1, 0, 1)

    def test_an_event_nests_at_most_64_levels(self, post):
        event = received("06:30", "a")
        event["properties"]["deep"] = json.loads("[" * 64 + "]" * 64)
        assert post(batch(event)).json()["errors"][0]["code"] == "nested_too_deeply"


def test_two_projects_in_one_group_keep_their_own_events(address, store, stored):
    keys = {name: store.keys.create("crm", name) for name in ("shop", "bank")}
    event = received("06:30", "a")
    answers = []

    def send(key):
        answers.append(
            requests.post(f"{address}/v1/capture", json=batch(event), headers={"X-Write-Key": key}, timeout=30)
        )

    threads = [threading.Thread(target=send, args=(key,)) for key in keys.values() for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(answer.json()["accepted"] for answer in answers) == 2
    assert sum(answer.json()["duplicates"] for answer in answers) == 14
    assert stored("shop") == stored("bank") == ["a"]


def test_a_large_batch_is_judged_as_a_small_one(post, stored):
    good = [received("06:30", f"m{number:03}") for number in range(500)]
    odd = [{"batch": good[:1]}, received("06:30", "m000"), 7, {**good[1], "userId": "nobody"}]
    response = post(batch(*good, *odd))
    assert counts(response) == (200, "partial", 504, 500, 1, 3)
    assert [error["index"] for error in response.json()["errors"]] == [500, 502, 503]
    assert len(stored()) == 500


def test_health_counters_and_description_answer(address, post):
    post(batch(received("06:30", "a"), 7))
    assert requests.get(f"{address}/v1/health", timeout=10).json() == {"status": "ok"}
    counters = requests.get(f"{address}/v1/metrics", timeout=10).text
    assert 'collector_requests_total{status="200"} 2.0' in counters
    assert 'collector_events_total{outcome="accepted"} 1.0' in counters
    assert 'collector_rejected_events_total{code="not_an_object"} 1.0' in counters
    assert "\ncollector_waiting_requests 0.0\n" in counters
    gauges = dict(line.split(" ") for line in counters.splitlines() if line.count(" ") == 1)
    assert time.time() - float(gauges["collector_last_event_timestamp_seconds"]) < 60
    assert float(gauges["store_bytes"]) > 0
    assert float(gauges["store_free_bytes"]) > 0
    assert requests.get(f"{address}/v1/openapi.json", timeout=10).json()["openapi"].startswith("3.")


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "collector.shop.example:443"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1"},
])  # fmt: skip
def test_counters_are_not_told_to_those_who_ask_for_another_machine(address, headers):
    """As a page of another host does through a name that leads here, or a proxy for anybody."""
    response = requests.get(f"{address}/v1/metrics", headers=headers, timeout=10)
    assert response.status_code == 404
    assert "collector_requests_total" not in response.text


def test_events_are_taken_through_a_proxy(address, key):
    headers = {"X-Write-Key": key, "X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    answer = requests.post(f"{address}/v1/capture", json=batch(received("06:30")), headers=headers, timeout=10)
    assert answer.json()["accepted"] == 1


def test_10_000_events_sent_three_times_by_8_clients_are_counted_once(address, key, store):
    batches = [batch(*(received("06:30", f"m{number}-{place}") for place in range(100))) for number in range(100)]
    sent = batches * 3
    random.Random(1).shuffle(sent)  # noqa: S311

    def client(mine):
        with requests.Session() as session:
            return [
                session.post(f"{address}/v1/capture", json=body, headers={"X-Write-Key": key}, timeout=60).json()
                for body in mine
            ]

    with ThreadPoolExecutor(8) as clients:
        answers = [answer for some in clients.map(client, (sent[place::8] for place in range(8))) for answer in some]
    assert sum(answer["accepted"] for answer in answers) == 10_000
    assert sum(answer["duplicates"] for answer in answers) == 20_000
    assert store.count(store.project("shop").id) == 10_000
