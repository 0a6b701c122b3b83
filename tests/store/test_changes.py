"""What came after a position: everything once, in whatever order writers commit."""

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.store.event_store import open_store_at
from analytics.store.rows import event_rows
from analytics.store.tables import events
from tests.events_of import received


def message(number, **more):
    return received("06:30", f"m{number}", **more)


def ids(changes):
    return sorted(changes.events["message_id"])


@pytest.fixture
def read(store, shop):
    """A function that returns the ids of messages that came since it was called last."""
    position = None

    def read():
        nonlocal position
        changes = store.events(shop, position)
        position = changes.position
        return ids(changes)

    return read


def test_at_first_everything_is_new_and_then_only_what_came(store, shop, add, read):
    add(message(1), message(2))
    assert store.events(shop).everything
    assert read() == ["m1", "m2"]
    assert read() == []
    add(message(2), message(3))
    assert read() == ["m3"]
    position = store.events(shop).position
    assert not store.events(shop, position).everything


def test_events_of_other_projects_are_not_seen(store, add, read):
    other = store.create_project("other").id
    add(message(1), project=other)
    assert read() == []
    add(message(2))
    add(message(3), project=other)
    assert read() == ["m2"]


def test_after_a_deletion_everything_is_given_anew(store, shop, add):
    add(message(1), message(2, test=True))
    position = store.events(shop).position
    store.delete_test_events(shop)
    changes = store.events(shop, position)
    assert changes.everything
    assert ids(changes) == ["m1"]
    assert not store.events(shop, changes.position).everything


def test_a_deletion_in_one_project_hides_nothing_of_another(store, shop, add):
    other = store.create_project("other").id
    add(message(1), project=other)
    position = store.events(other).position
    add(message(1, test=True))
    later = store.events(other, position).position
    store.delete_test_events(shop)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), store.database.writing():
            raise ZeroDivisionError
    add(message(2), project=other)
    assert ids(store.events(other, later)) == ["m2"]


def test_a_position_is_good_after_a_restart(store, store_url, shop, found):
    store.add_import(shop, found(message(1)), file="f", digest="")
    position = store.events(shop).position
    store.close()
    again = open_store_at(store_url)
    assert ids(again.events(shop, position)) == []
    again.add_import(shop, found(message(2)), file="f", digest="")
    assert ids(again.events(shop, position)) == ["m2"]
    again.close()


STEPS = st.lists(st.one_of(st.just("read"), st.lists(st.integers(0, 30), min_size=1, max_size=4)), max_size=12)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_interleaving_of_adds_and_reads_yields_every_event_once(steps, store, found, request):
    project = store.create_project(f"{request.node.name} {steps}").id
    already = ids(store.events(project))
    position, seen, added = store.events(project).position, [], set()
    for step in [*steps, "read"]:
        if step == "read":
            changes = store.events(project, position)
            position = changes.position
            seen += ids(changes)
        else:
            added |= {f"m{number}" for number in step}
            store.add_import(project, found(*map(message, step)), file="f", digest="")
    assert sorted(seen) == sorted(added - set(already))


class Writer:
    """One who adds a message and commits when told to."""

    def __init__(self, store, project, frame):
        self._writing = store.database.writing()
        connection = self._writing.__enter__()
        store.database.insert(connection, events, event_rows(frame, project, datetime.now(UTC)))

    def commit(self):
        self._writing.__exit__(None, None, None)

    def fail(self):
        self._writing.__exit__(ZeroDivisionError, ZeroDivisionError(), None)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
class TestWritersThatCommitOutOfOrder:
    @pytest.fixture
    def writer(self, store, shop, found):
        """A function that begins to add messages."""
        return lambda *numbers: Writer(store, shop, found(*map(message, numbers)).events)

    def test_the_one_who_began_first_and_commits_last_is_not_skipped(self, writer, read):
        first, second = writer(1), writer(2)
        second.commit()
        assert read() == ["m2"]
        first.commit()
        assert read() == ["m1"]
        assert read() == []

    def test_every_order_of_three_is_read_once_each(self, writer, read):
        first = writer(1)
        second = writer(2)
        assert read() == []
        third = writer(3)
        third.commit()
        assert read() == ["m3"]
        first.commit()
        fourth = writer(4)
        assert read() == ["m1"]
        second.fail()
        assert read() == []
        fourth.commit()
        assert read() == ["m4"]

    def test_of_two_with_the_same_event_one_waits_and_adds_nothing(self, store, shop, writer, add, read):
        first = writer(1)
        results = []
        waiting = threading.Thread(target=lambda: results.append(add(message(1), message(2))))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        assert read() == []
        first.commit()
        waiting.join()
        assert (results[0].stored, results[0].duplicates) == (1, 1)
        assert read() == ["m1", "m2"]
        assert store.count(shop) == 2

    def test_two_who_add_the_same_events_in_opposite_order_do_not_block_each_other(self, store, shop, found):
        for turn in range(10):
            numbers = [turn * 1000 + number for number in range(300)]
            threads = [
                threading.Thread(
                    target=store.add_import,
                    args=(shop, found(*map(message, order))),
                    kwargs={"file": "f", "digest": ""},
                )
                for order in (numbers, numbers[::-1])
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert store.count(shop) == 300 * (turn + 1)
