"""The check of a store: nothing is wrong with what the program keeps, and what is damaged is named with its place."""

import json

import pytest
from sqlalchemy import text

from analytics.asking.ask import asking
from analytics.cli.check import check
from analytics.store.event_store import open_store_at
from analytics.store.schema import LATEST
from tests.events_of import contact, event, received, resolved, sent

ODD = (
    contact("06:00", source="website", note="kept", name="Añn\x00 \N{SYMBOL FOR NULL}0"),
    received("06:30", "m1", hasMedia=False),
    sent("06:31:30", "m2", agent="a1", test=True),
    resolved("06:36", messageCount=7),
    event("poll.sent", "06:33", question="How?", answers=[1, 2.5, None]),
)

SECOND = "00000000-0000-0000-0000-00000000000a"


def faults(store_url):
    with asking(store_url) as ask:
        return check(ask).faults


def test_nothing_is_wrong_with_an_empty_store(store, store_url):
    store.close()
    assert faults(store_url) == []


def test_nothing_is_wrong_with_what_was_imported_undone_mended_and_tried_again(store, shop, add, store_url):
    add(*ODD, b"{", b"bad")
    undone = add(received("07:00", "m7"), b"worse")
    store.undo_import(shop, undone.id)
    (bad,) = [each for each in store.list_rejected(shop) if each.raw == b"bad"]
    store.try_again(shop, [bad.id], mended={bad.id: json.dumps(received("08:00", "m8")).encode()})
    store.try_again(shop, mended={bad.id: b"still bad"})
    add(received("07:00", "m7"), project=store.create_project("other").id)
    store.keys.create("crm", "shop")
    store.settings.change(shop, {"target_share": 0.5})
    store.close()
    with asking(store_url) as ask:
        findings = check(ask)
    assert findings.faults == []
    assert findings.rows["events"] == len(ODD) + 2
    assert findings.rows["rejected_events"] == 2


DAMAGE = [
    ("UPDATE events SET message_id = 'other' WHERE message_id = 'm1'", "is not the key of what the event says"),
    ("UPDATE events SET user_id = 'nobody' WHERE message_id = 'm1'", "does not read as an event: This is not a phone"),
    ("UPDATE events SET project = 7", "events: 5 are of a project that is not there, such as key "),
    ("UPDATE events SET import_id = 'gone' WHERE test", "events: 1 came with an import that is not there"),
    ("UPDATE imports SET undone_at = imported_at", "events: 5 came with an import that was undone"),
    ("UPDATE rejected_events SET raw = 'worse'", "have a key that is not made of their bytes"),
    ("UPDATE rejected_events SET settled_by = 'nobody'", "are settled by an import that is not there"),
    ("UPDATE imports SET received = 9", "imports: 1 have numbers that do not add up, such as id "),
    ("UPDATE imports SET stored = 1, received = 2", "imports: 1 have more events than they brought"),
    ("UPDATE write_keys SET digest = 'none'", "write_keys: 1 have a digest that is none"),
    ("UPDATE settings SET value = '{'", "settings: the value of target_share of project"),
    (f"INSERT INTO schema_version VALUES ({LATEST})", f"it holds [{LATEST}, {LATEST}] in place of [{LATEST}]"),
]
"""What breaks a store, and what is said of it."""


@pytest.mark.parametrize("store_url", ["duckdb"], indirect=True)
@pytest.mark.parametrize(("damage", "said"), DAMAGE)
def test_what_is_damaged_is_named_with_its_place(damage, said, store, add, store_url):
    break_it(store, add, damage)
    found = faults(store_url)
    assert any(said in each for each in found), found
    assert len(found) <= 1 + len(ODD)


def break_it(store, add, *damage):
    """Fill a store, damage it and close it."""
    add(*ODD, b"bad")
    store.keys.create("crm", "shop")
    store.settings.change(store.project("shop").id, {"target_share": 0.5})
    with store.database.writing() as connection:
        for statement in damage:
            connection.execute(text(statement))
    store.close()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_postgresql_is_checked_by_the_same_rules(store, add, store_url):
    hiding_others = ("message_id = 'other'", "project = 7", "'gone'", "stored = 1")
    chosen = [each for each in DAMAGE if not any(part in each[0] for part in hiding_others)]
    break_it(store, add, *(damage for damage, _ in chosen))
    found = faults(store_url)
    assert [said for _, said in chosen if not any(said in each for each in found)] == []


def test_an_event_that_is_kept_under_two_keys_is_named(store, add, store_url):
    add(*ODD)
    columns = "project, revision, received_at, event, timestamp, user_id, message_id, chat_id, test, content_type"
    copy = f"INSERT INTO events (key, {columns}) SELECT CAST('{SECOND}' AS UUID), {columns} FROM events"
    with store.database.writing() as connection:
        connection.execute(text(f"{copy} WHERE message_id = 'm1'"))
    store.close()
    assert faults(store_url) == [f"events: key {SECOND.replace('-', '')} is not the key of what the event says."]


@pytest.mark.parametrize("store_url", ["duckdb"], indirect=True)
def test_a_block_that_cannot_be_read_is_said_and_nothing_more_is_read(store, add, store_url, tmp_path):
    add(*(received("06:30", f"m{number}") for number in range(3_000)))
    store.close()
    open_store_at(store_url).close()
    path = tmp_path / "events.duckdb"
    data = bytearray(path.read_bytes())
    place = data.index(b"m2999")
    data[place] ^= 0xFF
    path.write_bytes(data)
    (fault,) = faults(store_url)
    assert "cannot be read" in fault
