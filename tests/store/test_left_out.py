"""Optional properties of stored events that could not be used are counted by project, and taken back with an import."""

import json
from dataclasses import replace

import pytest

from analytics.events.judge import Problem
from analytics.events.left_out import LeftOut
from analytics.events.rejected import Rejected
from analytics.store.event_store import open_store_at
from tests.events_of import read, resolved
from tests.store.older_tables import take_back

COUNTRY = LeftOut("message.read", "properties.countryCode", "This must be two letters, such as KE", '"Kenya"')


def kinds(store, shop):
    return {each.left_out: each.count for each in store.left_out(shop)}


def test_what_was_left_out_of_stored_events_is_counted_until_its_import_is_undone(store, shop, add):
    first = add(read("06:30", "m1", country="Kenya"), read("06:31", "m2", country="Uganda"))
    add(read("06:32", "m3", country="Kenya"), resolved("06:33", durationMinutes=-5))
    assert kinds(store, shop) == {
        COUNTRY: 3, LeftOut("chat.resolved", "properties.durationMinutes", "This must be at least 0", "-5"): 1,
    }  # fmt: skip
    store.undo_import(shop, first.id)
    assert kinds(store, shop)[COUNTRY] == 1


@pytest.fixture
def reopened(store, store_url):
    """A function that makes the store one of before properties were left out, and opens it again."""
    opened = []

    def reopen():
        with store.database.writing() as connection:
            take_back(connection, "_add_left_out")
        store.close()
        opened.append(open_store_at(store_url))
        return opened[-1]

    yield reopen
    for again in opened:
        again.close()


def rejected_before(*events):
    """What an older version made of events: all rejected for their country."""
    problem = Problem(COUNTRY.field, "string_pattern_mismatch", COUNTRY.message, "message.read")
    lines = [json.dumps(event).encode() for event in events]
    return [Rejected(line, 0, problem, raw) for line, raw in enumerate(lines)]


def test_rejected_events_that_the_rules_accept_now_are_stored_at_the_upgrade(store, shop, found, reopened, caplog):
    known = read("06:30", "m1")
    before = rejected_before(
        read("06:31", "m2", country="Kenya"), {**known, "properties": {"messageId": "m1", "countryCode": "Kenya"}},
        {**read("06:32", "m3"), "userId": "nobody"},
    )  # fmt: skip
    entry = store.add_import(shop, replace(found(known), rejected=before), file="before.ndjson", digest="")
    opened = reopened()
    assert (
        "project shop: of the events that could not be used, 1 are stored now, 1 were known already, "
        "1 still cannot be used"
    ) in caplog.messages
    assert sorted(opened.events(shop).events["message_id"]) == ["m1", "m2"]
    assert [(reason.field, reason.count) for reason in opened.list_reasons(shop)] == [("userId", 1)]
    assert kinds(opened, shop) == {COUNTRY: 2}
    opened.undo_import(shop, entry.id)
    assert opened.count(shop) == 0


def test_an_event_that_was_ahead_of_its_time_stays_rejected_although_that_time_has_come(store, shop, found, reopened):
    ahead = Problem("timestamp", "timestamp_in_future", "This time is more than 24 h in the future", "message.read")
    (event,) = rejected_before(read("06:31", "m2"))
    store.add_import(shop, replace(found(), rejected=[replace(event, problem=ahead)]), file="before.ndjson", digest="")
    assert [reason.code for reason in reopened().list_reasons(shop)] == ["timestamp_in_future"]
