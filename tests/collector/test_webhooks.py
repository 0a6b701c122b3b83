"""Webhooks: what other systems deliver is verified, stored once, and answered after the commit; on both databases."""

import hashlib
import hmac
import json
import logging
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
import requests
from hypothesis import HealthCheck, given, settings

from analytics.collector.observe import log as request_log
from analytics.settings import Settings
from analytics.store.event_store import open_store_at
from tests import servers
from tests.collector.test_openapi import JSON
from tests.events.adapters.payloads import (
    PHONE,
    USER_ID,
    chatwoot_conversation,
    chatwoot_message,
    cloud,
    conversation,
    received,
    status,
)

APP_SECRET = "an app secret"  # noqa: S105


@pytest.fixture
def store(store_url):
    """An empty store, in turn on each database."""
    store = open_store_at(store_url)
    yield store
    store.close()


@pytest.fixture
def meta(store):
    """A webhook of WhatsApp, as it was shown once."""
    return store.webhooks.create("cloud_api", "Our number", "shop", APP_SECRET)


@pytest.fixture
def deliver(address, meta):
    """A function that delivers a payload as Meta does, signed with the app secret unless told otherwise."""

    def deliver(payload, secret=APP_SECRET, hook=meta, **query):
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        url = f"{address}/v1/webhooks/{hook.hook_id}"
        return requests.post(url, body, headers=headers, params=query, timeout=60)

    return deliver


@pytest.fixture
def names(store):
    """A function that returns the names of the stored events, sorted."""

    def names():
        return sorted(store.events(store.project("shop").id).events["event"].astype(str))

    return names


def challenge(address, hook, token):
    asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    return requests.get(f"{address}/v1/webhooks/{hook.hook_id}", params=asked, timeout=30)


def test_the_challenge_is_answered_for_the_right_token_alone(address, meta, store):
    assert challenge(address, meta, "guessed").status_code == 403
    assert store.keys.all()[0].verified_at is None
    right = challenge(address, meta, meta.verify_token)
    assert (right.status_code, right.text) == (200, "1158201444")
    assert right.headers["content-type"].startswith("text/plain")
    assert store.keys.all()[0].verified_at is not None
    other = store.webhooks.create("cloud_api", "Another", "shop", APP_SECRET)
    assert challenge(address, other, meta.verify_token).status_code == 403


def test_a_session_as_recorded_shuffled_and_doubled_is_stored_once(deliver, names, store):
    session = [
        received(1),
        cloud(statuses=[status("sent", 1)]),
        cloud(statuses=[status("delivered", 1), status("read", 1, recipient_user_id=USER_ID)]),
        received(2, type="hologram"),
        cloud(statuses=[status("failed", 2, errors=[{"code": 131026, "title": "Undeliverable"}])]),
        cloud("message_template_status_update", event="APPROVED"),
    ] * 2
    random.Random(1).shuffle(session)  # noqa: S311
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(deliver, session))
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json()["accepted"] for answer in answers) == 6
    assert sum(answer.json()["duplicates"] for answer in answers) == 6
    assert names() == [
        "message.delivered",
        "message.failed",
        "message.read",
        "message.received",
        "message.received",
        "message.sent",
    ]
    project = store.project("shop").id
    events = store.events(project).events
    assert set(events["user_id"]) == {f"+{PHONE}"}
    assert {"wamid.IN1", "wamid.IN2", "wamid.OUT1"} <= set(events["message_id"])
    assert {each.unread[1:]: each.count for each in store.unread(project)} == {
        ("message type", "hologram"): 2,
        ("field of a message", "text"): 2,
        ("field", "message_template_status_update"): 2,
    }


def test_a_payload_of_3_mb_is_stored_whole(deliver, store):
    statuses = [status("read", number, biz_opaque_callback_data="x" * 200) for number in range(8_000)]
    payload = json.dumps(cloud(statuses=statuses)).encode()
    assert 2_500_000 < len(payload) < 4_000_000
    answers = [deliver(payload) for _ in range(2)]
    assert [(answer.status_code, answer.json()["accepted"]) for answer in answers] == [(200, 8_000), (200, 0)]
    assert store.count(store.project("shop").id) == 8_000


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_the_answer_follows_the_commit(deliver, store, store_url):
    with ThreadPoolExecutor(1) as pool, psycopg.connect(store_url) as holder:
        holder.execute("LOCK TABLE events IN EXCLUSIVE MODE")
        answer = pool.submit(deliver, received())
        with pytest.raises(TimeoutError):
            answer.result(1)
        holder.rollback()
        assert answer.result(30).status_code == 200
    assert store.count(store.project("shop").id) == 1


def test_a_wrong_signature_is_refused_and_nothing_is_stored(deliver, address, meta, store, kept):
    body = json.dumps(received()).encode()
    assert deliver(body, "another").status_code == 401
    url = f"{address}/v1/webhooks/{meta.hook_id}"
    for headers in ({}, {"X-Hub-Signature-256": ""}, {"X-Hub-Signature-256": "sha256=é".encode()}):
        assert requests.post(url, body, headers=headers, timeout=30).status_code == 401
    signed = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    changed = body.replace(b"hi", b"ho")
    assert (
        requests.post(url, changed, headers={"X-Hub-Signature-256": f"sha256={signed}"}, timeout=30).status_code == 401
    )
    assert store.count(store.project("shop").id) == 0
    assert kept() == []
    assert deliver(body).status_code == 200


def test_a_removed_address_and_an_unknown_one_are_refused_at_once(deliver, address, meta, store):
    assert deliver(received()).status_code == 200
    store.keys.revoke(meta.id)
    assert deliver(received(2)).status_code == 401
    assert challenge(address, meta, meta.verify_token).status_code == 401
    assert requests.post(f"{address}/v1/webhooks/unknown", b"{}", timeout=30).status_code == 401
    assert store.count(store.project("shop").id) == 1
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT secret FROM write_keys").scalars().all() == [None]


def test_a_webhook_is_no_write_key_and_a_write_key_no_webhook(address, meta, store):
    batch = {"batch": [], "writeKey": meta.hook_id}
    assert requests.post(f"{address}/v1/capture", json=batch, timeout=30).status_code == 401
    key = store.keys.create("crm", "shop")
    assert requests.post(f"{address}/v1/webhooks/{key}", json=received(), timeout=30).status_code == 401


def test_what_is_no_payload_of_the_system_is_refused_named_and_kept(deliver, kept):
    other = deliver(chatwoot_message())
    assert other.status_code == 400
    assert "Chatwoot" in other.json()["message"]
    assert deliver(b"{").json()["code"] == "invalid_json"
    assert deliver([]).json()["code"] == "no_payload"
    assert [code for code, _ in kept()] == ["invalid_json", "no_payload", "other_system"]


def test_a_payload_posted_as_a_batch_is_recognised_and_named(post, kept):
    for payload, system in ((received(), "WhatsApp Cloud API"), (chatwoot_message(), "Chatwoot")):
        answer = post(payload)
        assert (answer.status_code, answer.json()["code"]) == (400, "other_system")
        assert system in answer.json()["message"]
        assert "Connections" in answer.json()["message"]
    assert [code for code, _ in kept()] == ["other_system"] * 2


def test_what_cannot_be_used_is_kept_and_the_payload_is_taken(deliver, names, kept):
    answer = deliver(cloud(statuses=[status("read"), status("read", 2, recipient_id="12")]))
    assert answer.status_code == 200
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (1, 1)
    assert names() == ["message.read"]
    assert len(kept()) == 1


def test_a_dry_run_stores_nothing(deliver, store):
    assert deliver(received(), dry_run=1).json()["accepted"] == 1
    assert store.count(store.project("shop").id) == 0


def test_the_first_event_is_noted_when_it_comes(deliver, store, meta):
    assert deliver(cloud(statuses=[status("read", recipient_id="12")])).status_code == 200
    (key,) = store.keys.all()
    assert (key.id, key.first_event_at) == (meta.id, None)
    assert key.last_used_at is not None
    assert deliver(received()).status_code == 200
    (key,) = store.keys.all()
    assert key.first_event_at is not None
    deliver(received(2))
    assert store.keys.all()[0].first_event_at == key.first_event_at


def test_limits_and_overload_are_those_of_batches(store, meta):
    body = json.dumps(received()).encode()
    headers = {"X-Hub-Signature-256": f"sha256={hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()}"}

    def answer(**limits):
        with servers.collector(store, replace(Settings(), **limits)) as address:
            return requests.post(f"{address}/v1/webhooks/{meta.hook_id}", body, headers=headers, timeout=30)

    assert answer(max_payload_bytes=100).status_code == 413
    full = answer(max_waiting_bytes=len(body) // 2)
    assert (full.status_code, full.json()["code"]) == (503, "queue_full")
    assert int(full.headers["Retry-After"]) > 0
    assert answer().status_code == 200
    if store.database.path is None:  # PostgreSQL would be connected to anew
        return
    store.close()
    away = answer()
    assert away.status_code == 503
    assert int(away.headers["Retry-After"]) > 0


def test_nothing_secret_is_logged(deliver, address, meta, caplog):
    request_log.setLevel(logging.INFO)
    with caplog.at_level(logging.INFO, logger="analytics"):
        deliver(received())
        deliver(received(), "another")
        challenge(address, meta, meta.verify_token)
    said = "\n".join(str(record.msg) for record in caplog.records)
    assert "/v1/webhooks" in said
    for secret in (meta.hook_id, meta.verify_token, APP_SECRET, PHONE, USER_ID):
        assert secret not in said


def test_payloads_are_counted_by_system(deliver, address):
    deliver(received(type="hologram"))
    said = requests.get(f"{address}/v1/metrics", timeout=30).text
    assert 'collector_payloads_total{system="cloud_api"} 1.0' in said
    assert 'collector_unread_total{system="cloud_api"} 2.0' in said


def test_a_session_of_chatwoot_is_stored(address, store, names):
    hook = store.webhooks.create("chatwoot", "Desk", "shop")
    copy = {"id": 501, "status": "read", "updated_at": "2026-01-20T06:32:00Z"}
    assigned = {"assignee_id": (None, 4), "updated_at": (None, "2026-01-20T06:33:00Z")}
    changes = [
        ({"status": ("pending", "open")}, {"updated_at": 1768891000}),
        ({"status": ("open", "resolved")}, {"updated_at": 1768892000}),
        (assigned, {}),
    ]
    session = [
        {"event": "contact_created", "id": 7, "name": "A", "phone_number": f"+{PHONE}", "account": {"id": 1}},
        chatwoot_message(),
        chatwoot_message("message_created", "outgoing", id=501, created_at="2026-01-20T06:31:00Z"),
        chatwoot_message("message_created", "outgoing", id=502, private=True),
        chatwoot_message("message_updated", "outgoing", id=501, conversation=conversation(messages=[copy])),
        *(chatwoot_conversation("conversation_updated", changed, **more) for changed, more in changes),
    ] * 2
    random.Random(2).shuffle(session)  # noqa: S311
    for payload in session:
        url, headers = f"{address}/v1/webhooks/{hook.hook_id}", {"X-Chatwoot-Timestamp": "1768890000"}
        assert requests.post(url, json=payload, headers=headers, timeout=30).status_code == 200
    assert names() == [
        "agent.handoff",
        "chat.assigned",
        "chat.resolved",
        "contact.created",
        "message.read",
        "message.received",
        "message.sent",
    ]


def test_a_signature_of_chatwoot_is_checked_where_there_is_a_secret(store):
    hook = store.webhooks.create("chatwoot", "Desk", "shop")
    body = json.dumps(chatwoot_message()).encode()

    def post(secret, at="1768890000"):
        signature = hmac.new(secret.encode(), f"1768890000.{body.decode()}".encode(), hashlib.sha256).hexdigest()
        headers = {"X-Chatwoot-Signature": f"sha256={signature}", "X-Chatwoot-Timestamp": at} if secret else {}
        with servers.collector(store) as fresh:
            return requests.post(f"{fresh}/v1/webhooks/{hook.hook_id}", body, headers=headers, timeout=30).status_code

    assert post("") == 200
    store.webhooks.change_secret(hook.id, "s3cret")
    assert [post(""), post("wrong"), post("s3cret", at="1768890001"), post("s3cret")] == [401, 401, 401, 200]


FEW = settings(max_examples=25, suppress_health_check=list(HealthCheck))


@FEW
@given(value=JSON)
def test_whatever_is_delivered_there_is_never_a_5xx(value, deliver):
    for payload in (
        value,
        {"object": "whatsapp_business_account", "entry": value},
        cloud(messages=value, statuses=value),
    ):
        assert deliver(payload).status_code < 500
