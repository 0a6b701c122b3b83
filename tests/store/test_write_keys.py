"""Write keys: shown once, kept as digests, revoked at once."""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from analytics.store.database import StoreError
from analytics.store.event_store import Delivery, RevokedKeysError
from analytics.store.rows import event_rows, rows_of_rejected
from analytics.store.tables import METADATA, write_keys
from tests.events_of import received


@pytest.fixture
def delivery(found):
    """A function that makes a delivery to a project of one event that came with a write key."""

    def make(key):
        now = datetime.now(UTC)
        bad = rows_of_rejected([], key.project, now)
        return Delivery(event_rows(found(received("06:30")).events, key.project, now, write_keys=[None, key.id]), bad)

    return make


def test_a_key_holds_256_random_bits(store):
    key = store.keys.create("crm")
    assert re.fullmatch(r"wk_[A-Za-z0-9_-]{43}", key)
    assert len(base64.urlsafe_b64decode(key[3:] + "=")) == 32
    assert store.keys.create("crm") != key


def test_a_key_is_found_with_its_name_and_project(store):
    before = datetime.now(UTC)
    key = store.keys.create(" crm ", " shop ")
    found = store.keys.find(key)
    assert (found.name, found.project_name, found.project) == ("crm", "shop", store.project("shop").id)
    assert before - timedelta(seconds=1) <= found.created_at <= datetime.now(UTC)
    assert (found.revoked_at, found.last_used_at) == (None, None)
    assert store.keys.all() == [found]


@pytest.mark.parametrize("key", ["", "wk_", "wk_" + "A" * 43, "' OR 1=1 --", "\x00", "é"])
def test_an_unknown_key_is_not_found(key, store):
    store.keys.create("crm")
    assert store.keys.find(key) is None


@pytest.mark.parametrize(("name", "project"), [("", "shop"), (" ", "shop"), ("crm", "")])
def test_a_key_needs_a_name_and_a_project(name, project, store):
    with pytest.raises(StoreError, match="needs a name and a project"):
        store.keys.create(name, project)
    assert store.keys.all() == []
    assert store.projects() == []


def test_keys_are_listed_the_newest_first_whatever_their_project(store):
    for name, project in (("one", "shop"), ("two", "bank"), ("three", "shop")):
        store.keys.create(name, project)
    assert [(key.name, key.project_name) for key in store.keys.all()] == [
        ("three", "shop"), ("two", "bank"), ("one", "shop"),
    ]  # fmt: skip


def test_only_the_digest_is_in_the_database(store):
    key = store.keys.create("crm")
    with store.database.reading() as connection:
        assert connection.scalar(select(write_keys.c.digest)) == hashlib.sha256(key.encode()).hexdigest()
        for table in METADATA.sorted_tables:
            for row in connection.execute(select(table)):
                assert key[3:] not in str(row)


def test_a_revoked_key_is_not_found_any_more_but_listed(store):
    key, other = store.keys.create("crm"), store.keys.create("other")
    store.keys.revoke(store.keys.find(key).id)
    assert store.keys.find(key) is None
    assert store.keys.find(other)
    assert [known.revoked_at is None for known in store.keys.all()] == [True, False]


def test_revoking_twice_keeps_the_first_time(store):
    key_id = store.keys.find(store.keys.create("crm")).id
    store.keys.revoke(key_id)
    (first,) = store.keys.all()
    store.keys.revoke(key_id)
    assert store.keys.all() == [first]


def test_revoking_an_unknown_key_says_where_the_known_ones_are(store):
    with pytest.raises(StoreError, match="no key 'abc': `analytics keys list`"):
        store.keys.revoke("abc")


def test_events_of_a_revoked_key_are_not_kept(store, delivery):
    key = store.keys.find(store.keys.create("crm"))
    store.keys.revoke(key.id)
    with pytest.raises(RevokedKeysError) as refused:
        store.add(delivery(key), {key.id}, {key.id})
    assert refused.value.key_ids == {key.id}
    assert store.count(key.project) == 0


def test_a_used_key_shows_when(store, delivery):
    key = store.keys.find(store.keys.create("crm"))
    before = datetime.now(UTC)
    assert store.add(delivery(key), {key.id}, set()) is None, "all are new"
    assert store.keys.all()[0].last_used_at is None
    assert store.add(delivery(key), {key.id}, {key.id}) == frozenset(), "none is new"
    assert before <= store.keys.all()[0].last_used_at <= datetime.now(UTC)
    assert store.count(key.project) == 1
