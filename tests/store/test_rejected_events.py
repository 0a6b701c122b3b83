"""Rejected events are kept once, with their reason and their bytes, until they are mended or can be used."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from analytics.events.contract import Assumptions
from analytics.events.judge import Problem
from analytics.events.raw_lines import RawLines
from analytics.events.rejected import Rejected
from analytics.events.rejects import to_ndjson
from analytics.events.validate import validate
from analytics.store.arrivals import Moment, find_arrivals
from analytics.store.event_store import Delivery
from analytics.store.rejected import RetryResult
from analytics.store.rows import event_rows, rows_of_rejected
from analytics.store.tables import rejected_events
from tests.events_of import MUCH_LATER, contact, received


@pytest.fixture
def rejected(store):
    """A function that returns what is kept of rejected events, in the order of their lines."""

    def rejected(*names):
        with store.database.reading() as connection:
            columns = [rejected_events.c[name] for name in names]
            return [tuple(row) for row in connection.execute(select(*columns).order_by(rejected_events.c.line))]

    return rejected


def test_a_rejected_event_is_kept_with_its_reason_and_its_place(add, rejected):
    bad = {**received("06:30"), "userId": "0712345678"}
    entry = add(received("06:29"), bad, b"{")
    assert (entry.received, entry.stored, entry.rejected) == (3, 1, 2)
    assert rejected("line", "index", "event", "field", "code", "import_id") == [
        (2, 0, "message.received", "userId", "phone_no_country_code", entry.id),
        (3, 0, None, "", "invalid_json", entry.id),
    ]


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe", b"caf\xe9", b'{"a": "\x00"}', b'"', b"\\x41", b"a,b\t;'", "日本".encode(), b"x" * 70_000]
)
def test_its_bytes_are_as_they_arrived(raw, add, rejected):
    add(raw)
    assert rejected("raw") == [(raw,)]


def test_the_same_bytes_are_kept_once_in_a_project(add, rejected, store):
    assert add(b"bad", b"worse", b"bad").rejected == 3
    assert add(b"bad", b"worst").rejected == 2
    assert sorted(rejected("raw")) == [(b"bad",), (b"worse",), (b"worst",)]
    add(b"bad", project=store.create_project("other").id)
    assert len(rejected("raw")) == 4


def test_the_same_file_twice_adds_nothing_and_says_so(add, rejected, store, shop):
    file = received("06:30"), received("06:31"), b"bad"
    assert add(*file).stored == 2
    again = add(*file)
    assert (again.received, again.stored, again.duplicates, again.rejected) == (3, 0, 2, 1)
    assert store.count(shop) == 2
    assert len(rejected("raw")) == 1


# Why they wait


def test_reasons_are_counted_the_commonest_first(add, store, shop):
    phone = "phone_no_country_code", "userId"
    add(*({**received(f"06:3{number}"), "userId": "0712345678"} for number in range(3)), b"{", b"bad", b"worse")
    add(contact("06:30", user="0712345678"))
    reasons = store.list_reasons(shop)
    assert [(reason.code, reason.field, reason.event, reason.count) for reason in reasons] == [
        (*phone, "message.received", 3),
        ("invalid_json", "", None, 2),
        ("invalid_json", "", None, 1),
        (*phone, "contact.created", 1),
    ]
    assert [reason.message for reason in reasons[1:3]] == [
        "Not valid JSON: invalid value (NaN, None and single quotes are not JSON)",
        "Not valid JSON: it ends too early: export it again",
    ]
    assert store.list_reasons(store.create_project("other").id) == []


def test_a_reason_says_when_it_was_met_first_and_last(add, store, shop):
    add(b"bad")
    add(b"worse")
    (reason,) = store.list_reasons(shop)
    first, last = (entry.imported_at for entry in reversed(store.imports(shop)))
    assert (reason.first_seen, reason.last_seen) == (first, last)


def test_the_events_of_a_reason_come_in_pages(add, store, shop):
    add(*(b"bad %d" % number for number in range(5)), b"{}", received("06:30"))
    by_code = {reason.code: reason for reason in store.list_reasons(shop)}
    pages = [
        [event.raw for event in store.list_rejected(shop, by_code["invalid_json"], first=first, most=2)]
        for first in (0, 2, 4, 6)
    ]
    assert pages == [[b"bad 0", b"bad 1"], [b"bad 2", b"bad 3"], [b"bad 4"], []]
    (other,) = store.list_rejected(shop, by_code["missing"])
    assert (other.line, other.raw, other.problem.code) == (6, b"{}", "missing")
    assert len(store.list_rejected(shop)) == 6
    assert store.list_rejected(shop, {other.id, "unknown"}) == [other]


# Tried again


@pytest.fixture
def waiting(store, shop):
    """A function that returns the bytes of rejected events that wait."""
    return lambda: [event.raw for event in store.list_rejected(shop)]


@pytest.fixture
def ids(store, shop):
    """A function that returns the ids of the messages that are stored."""
    return lambda: sorted(store.events(shop).events["message_id"])


NOW = Assumptions(now=MUCH_LATER)
KENYA = Assumptions(now=MUCH_LATER, country="KE")


def bad(number, **more):
    """A message whose sender is good in Kenya alone."""
    return received("06:30", f"m{number}", **more) | {"userId": "0712345678"}


def text(event):
    return json.dumps(event).encode()


def test_events_tried_again_are_stored_or_rejected_with_their_newer_reason(add, store, shop, waiting, ids):
    add(bad(1), bad(2), received("06:30", "m3"), bad(3), bad(4) | {"timestamp": "2026-01-20 at noon"}, b"{")
    position = store.events(shop).position
    assert store.try_again(shop, None, KENYA) == RetryResult(stored=2, duplicates=1, rejected=2)
    assert ids() == ["m1", "m2", "m3"]
    assert sorted(store.events(shop, position).events["message_id"]) == ["m1", "m2"]
    assert waiting() == [text(bad(4) | {"timestamp": "2026-01-20 at noon"}), b"{"]
    assert store.try_again(shop, None, KENYA) == RetryResult(stored=0, duplicates=0, rejected=2)


def test_an_event_that_is_rejected_for_something_else_now_says_so(add, store, shop):
    add(bad(1) | {"timestamp": "2026-01-20T06:30:00"})
    (before,) = store.list_reasons(shop)
    assert store.try_again(shop, before, KENYA) == RetryResult(0, 0, 1)
    (after,) = store.list_reasons(shop)
    assert (before.field, after.field, after.count) == ("userId", "timestamp", 1)
    assert store.try_again(shop, after, replace(KENYA, zone=UTC)) == RetryResult(1, 0, 0)


def test_those_of_a_reason_or_of_some_ids_are_tried_and_no_other(add, store, shop, ids):
    add(bad(1), bad(2), contact("06:31", user="0712345678"))
    first, second, _ = store.list_rejected(shop)
    assert store.try_again(shop, [second.id], KENYA).stored == 1
    assert ids() == ["m2"]
    (reason, _) = sorted(store.list_reasons(shop), key=lambda reason: reason.event, reverse=True)
    assert store.try_again(shop, reason, KENYA).stored == 1
    assert ids() == ["m1", "m2"]
    assert store.try_again(shop, [first.id], KENYA) == RetryResult(0, 0, 0)


def test_a_mended_event_is_stored_where_it_came_from(add, store, shop, waiting, ids):
    entry = add(b"cut", received("06:31", "m2"))
    (event,) = store.list_rejected(shop)
    mended = {event.id: text(received("06:30", "m1"))}
    assert store.try_again(shop, [event.id], NOW, mended) == RetryResult(1, 0, 0)
    assert (ids(), waiting()) == (["m1", "m2"], [])
    assert store.undo_import(shop, entry.id) == 2, "the mended event goes with the import that brought it"


def test_an_event_of_a_write_key_stays_its(store, shop, found):
    key = store.keys.find(store.keys.create("CRM", "shop"))
    now = datetime.now(UTC)
    rows = rows_of_rejected(found(bad(1)).rejected, shop, now, write_keys=[None, key.id])
    store.add(Delivery(event_rows(found().events, shop, now), rows), {key.id}, set())
    since = Moment(store.events(shop).position.partition("@")[2], now)
    store.try_again(shop, None, KENYA)
    assert list(find_arrivals(store, key, since).events["message_id"]) == ["m1"]


def test_an_event_that_is_mended_and_still_bad_is_kept_in_its_newer_form(add, store, shop, waiting):
    add(b"cut", b"other")
    event, _ = store.list_rejected(shop)
    better = text(bad(1))
    assert store.try_again(shop, [event.id], NOW, {event.id: better}) == RetryResult(0, 0, 1)
    assert sorted(waiting()) == sorted([b"other", better])
    newer = next(event for event in store.list_rejected(shop) if event.raw == better)
    assert (newer.line, newer.problem.field, newer.problem.event) == (1, "userId", "message.received")
    assert store.try_again(shop, [newer.id], NOW, {newer.id: b"cut"}) == RetryResult(0, 0, 1)
    assert sorted(waiting()) == [b"cut", b"other"]


def test_two_of_one_identity_are_stored_once(add, store, shop, waiting, ids):
    add(bad(1), bad(1, chat="other"))
    assert store.try_again(shop, None, KENYA) == RetryResult(stored=1, duplicates=1, rejected=0)
    assert (ids(), waiting()) == (["m1"], [])


def test_what_only_a_table_showed_still_holds_until_it_is_mended(store, shop, found, ids):
    event = text(received("06:30", "1.23457E+15"))
    rounded = Rejected(2, 0, Problem("messageId", "id_precision_lost", "Id rounded", "message.received"), event)
    store.add_import(shop, replace(found(), rejected=[rounded]), file="messages.csv", digest="")
    assert store.try_again(shop, None, NOW) == RetryResult(0, 0, 1)
    assert store.list_reasons(shop)[0].code == "id_precision_lost"
    assert store.try_again(shop, None, NOW, {rounded.id: text(received("06:30", "m1"))}) == RetryResult(1, 0, 0)
    assert ids() == ["m1"]


def test_trying_again_is_done_as_a_whole_or_not_at_all(add, store, shop, waiting, ids, monkeypatch):
    add(bad(1), b"cut")
    before = waiting()

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("analytics.store.rejected._keep_mended", fail)
    mended = {event.id: b"cut again" for event in store.list_rejected(shop)[1:]}
    with pytest.raises(KeyboardInterrupt):
        store.try_again(shop, None, KENYA, mended)
    monkeypatch.undo()
    assert (waiting(), ids()) == (before, [])


def test_many_are_tried_again_as_a_whole(add, store, shop, waiting):
    add(*map(bad, range(2_500)), b"cut")
    assert store.try_again(shop, None, KENYA) == RetryResult(2_500, 0, 1)
    assert (store.count(shop), waiting()) == (2_500, [b"cut"])


# Mended in their file


def rejects_of(store, shop):
    return list(to_ndjson(store.list_rejected(shop)))


def mend(line):
    return line.replace(b'"0712345678"', b'"+254712345678"').rstrip()


def test_the_mended_file_of_rejects_leaves_none(add, store, shop, waiting, ids):
    add(received("06:29", "m0"), bad(1), bad(2), bad(3))
    entry = add(*map(mend, rejects_of(store, shop)))
    assert (entry.stored, entry.rejected) == (3, 0)
    assert (ids(), waiting()) == (["m0", "m1", "m2", "m3"], [])


def test_what_is_still_bad_in_it_waits_once_with_its_newer_reason(add, store, shop, ids):
    add(bad(1), bad(2), bad(3))
    first, second, third = rejects_of(store, shop)
    entry = add(mend(first), mend(second).replace(b"2026-01-20T", b"yesterday"), third.rstrip())
    assert (entry.stored, entry.rejected) == (1, 2)
    assert [reason.count for reason in store.list_reasons(shop)] == [1, 1]
    assert {reason.field for reason in store.list_reasons(shop)} == {"userId", "timestamp"}
    add(*(mend(line.replace(b"yesterday", b"2026-01-20T")) for line in rejects_of(store, shop)))
    assert (ids(), store.list_reasons(shop)) == (["m1", "m2", "m3"], [])


def test_the_file_that_was_mended_may_come_again_and_adds_nothing(add, store, shop, waiting, ids):
    file = received("06:29", "m0"), bad(1)
    add(*file)
    add(*map(mend, rejects_of(store, shop)))
    again = add(*file)
    assert (again.stored, again.duplicates, again.rejected) == (0, 1, 1)
    assert (ids(), waiting()) == (["m0", "m1"], [])


def test_undoing_the_mended_file_has_them_wait_again(add, store, shop, waiting, ids):
    add(bad(1))
    mended = add(*map(mend, rejects_of(store, shop)))
    assert store.undo_import(shop, mended.id) == 1
    assert (ids(), waiting()) == ([], [text(bad(1))])


def test_a_mended_file_settles_nothing_in_another_project(add, store, shop, waiting):
    add(bad(1))
    add(*map(mend, rejects_of(store, shop)), project=store.create_project("other").id)
    assert waiting() == [text(bad(1))]


# The same file, read otherwise


def test_the_same_file_read_with_what_it_lacked_leaves_what_is_still_bad(store, shop, waiting, ids):
    lines = [text(event) + b"\n" for event in (bad(1), bad(2) | {"timestamp": "noon"})]

    def add(assumptions, digest="digest"):
        read = validate([RawLines.from_text(b"".join(lines))], assumptions)
        return store.add_import(shop, read, file="f", digest=digest)

    add(NOW)
    assert len(waiting()) == 2
    second = add(KENYA)
    assert (second.stored, second.rejected) == (1, 1)
    assert (ids(), waiting()) == (["m1"], [lines[1].rstrip()])
    store.undo_import(shop, second.id)
    assert (ids(), len(waiting())) == ([], 2)
    add(KENYA, digest="another file")
    assert len(waiting()) == 2, "of another file it is not known what became of them"


def test_an_event_mended_to_nothing_is_judged_as_it_came(add, store, shop, waiting):
    add(b"cut")
    (event,) = store.list_rejected(shop)
    assert store.try_again(shop, None, NOW, {event.id: b" "}) == RetryResult(0, 0, 1)
    assert waiting() == [b"cut"]


def test_nothing_to_try_again_is_no_mistake(store, shop):
    assert store.try_again(shop) == RetryResult(0, 0, 0)
