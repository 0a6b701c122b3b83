"""The history of imports: who brought which file, and how it is taken out again."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.store.database import StoreError
from tests.events_of import received


def message(number, **more):
    return received("06:30", f"m{number}", **more)


@pytest.fixture
def bring(store, shop, found):
    """A function that imports a file of events into the shop, its digest being its name."""
    return lambda file, *events, who=None: store.add_import(shop, found(*events), file=file, digest=file, who=who)


@pytest.fixture
def ids(store, shop):
    """A function that returns the ids of the messages that are stored."""
    return lambda: sorted(store.events(shop).events["message_id"])


@pytest.fixture
def waiting(store, shop):
    """A function that returns the bytes of rejected events that wait."""
    return lambda: [event.raw for event in store.list_rejected(shop)]


def test_imports_are_listed_the_newest_first_with_who_brought_what(store, shop, bring):
    before = datetime.now(UTC) - timedelta(seconds=1)
    bring("monday.ndjson", message(1), message(2), b"bad", who="ann")
    bring("week.ndjson", message(2), message(3))
    week, monday = store.imports(shop)
    assert (monday.file, monday.who) == ("monday.ndjson", "ann")
    assert (monday.received, monday.stored, monday.duplicates, monday.rejected) == (3, 2, 0, 1)
    assert (week.file, week.who) == ("week.ndjson", None)
    assert (week.received, week.stored, week.duplicates, week.rejected) == (2, 1, 1, 0)
    assert before <= monday.imported_at <= week.imported_at <= datetime.now(UTC)
    assert (monday.undone_at, week.undone_at) == (None, None)


def test_imports_of_other_projects_are_not_listed(store, bring):
    bring("monday.ndjson", message(1))
    assert store.imports(store.create_project("other").id) == []


def test_undoing_removes_what_the_import_stored_and_nothing_else(store, shop, bring, ids, waiting):
    bring("monday.ndjson", message(1), b"bad")
    week = bring("week.ndjson", message(1), message(2), message(3), b"bad", b"worse")
    bring("tuesday.ndjson", message(3), message(4))
    assert store.undo_import(shop, week.id) == 2
    assert ids() == ["m1", "m4"], "m1 was known before the week came, m3 came with the week first"
    assert waiting() == [b"bad"]


def test_an_undone_import_stays_in_the_history(store, shop, bring):
    entry = bring("monday.ndjson", message(1))
    store.undo_import(shop, entry.id)
    (undone,) = store.imports(shop)
    assert (undone.id, undone.stored) == (entry.id, 1)
    assert entry.imported_at <= undone.undone_at <= datetime.now(UTC)


def test_an_import_is_undone_once(store, shop, bring, ids):
    entry = bring("monday.ndjson", message(1))
    store.undo_import(shop, entry.id)
    bring("monday.ndjson", message(1))
    with pytest.raises(StoreError, match=r"^The import of monday\.ndjson was undone on 20\d\d-.* UTC already\.$"):
        store.undo_import(shop, entry.id)
    assert ids() == ["m1"]


def test_an_unknown_import_and_one_of_another_project_cannot_be_undone(store, shop, bring, ids):
    entry = bring("monday.ndjson", message(1))
    for project, import_id in ((shop, "abc"), (store.create_project("other").id, entry.id)):
        with pytest.raises(StoreError, match=f"There is no import '{import_id}': `analytics imports list`"):
            store.undo_import(project, import_id)
    assert ids() == ["m1"]


def test_what_was_undone_can_be_imported_again(store, shop, bring, ids, waiting):
    file = "monday.ndjson", message(1), message(2), b"bad"
    store.undo_import(shop, bring(*file).id)
    assert (ids(), waiting()) == ([], [])
    again = bring(*file)
    assert (again.stored, again.duplicates, again.rejected) == (2, 0, 1)
    assert (ids(), waiting()) == (["m1", "m2"], [b"bad"])


def test_whoever_reads_on_is_told_that_an_import_was_undone(store, shop, bring):
    bring("monday.ndjson", message(1))
    week = bring("week.ndjson", message(2))
    position = store.events(shop).position
    store.undo_import(shop, week.id)
    changes = store.events(shop, position)
    assert changes.everything
    assert list(changes.events["message_id"]) == ["m1"]


def test_many_events_are_undone_as_a_whole(store, shop, bring, ids):
    bring("small.ndjson", message(0))
    large = bring("large.ndjson", *map(message, range(8_000)))
    assert store.undo_import(shop, large.id) == 7_999
    assert ids() == ["m0"]


def test_an_undo_that_fails_removes_nothing(store, shop, bring, ids, waiting, monkeypatch):
    entry = bring("monday.ndjson", message(1), b"bad")

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("analytics.store.event_store.EventStore._delete", fail)
    with pytest.raises(KeyboardInterrupt):
        store.undo_import(shop, entry.id)
    monkeypatch.undo()
    assert (ids(), waiting(), store.imports(shop)) == (["m1"], [b"bad"], [entry])
