"""Rejected events are kept once, with their reason and their bytes."""

import pytest
from sqlalchemy import select

from analytics.store.tables import rejected_events
from tests.metrics.events_of import received


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
