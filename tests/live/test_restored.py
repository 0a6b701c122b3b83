"""The dashboard shows each event once, whatever becomes of the database behind it."""

import time

import pytest

from analytics.events.append import leave_out_known
from analytics.events.contract import Assumptions
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.live.follower import Follower
from analytics.store.event_store import open_store_at
from tests.events_of import MUCH_LATER, frame_of, ndjson, received
from tests.postgres import Postgres


@pytest.fixture(scope="module")
def another_cluster():
    server = Postgres()
    yield server
    server.close()


def import_into(store, *events):
    project = store.create_project("shop")
    found = validate([RawLines.from_text(ndjson(events))], Assumptions(now=MUCH_LATER))
    store.add_import(project.id, found, file="events", digest="")
    return project


def messages(store, project, position=None):
    changes = store.events(project.id, position)
    return sorted(changes.events["message_id"]), changes.position


def test_a_dump_restored_into_a_younger_cluster_is_read_once_and_what_comes_is_followed(postgres, another_cluster):
    old = postgres.new_database()
    postgres.use_up_transactions(old, 3_000)
    store = open_store_at(old)
    import_into(store, received("06:30", "m1"), received("06:31", "m2"))
    store.close()
    store = open_store_at(another_cluster.restore(postgres.dump(old)))
    project = store.project("shop")
    live = Follower(store, project)
    try:
        assert len(live.look().events) == 2
        time.sleep(2.5)
        assert len(live.look().events) == 2
        _, position = messages(store, project)
        assert messages(store, project, position)[0] == []
        import_into(store, received("06:31", "m2"), received("06:32", "m3"))
        assert messages(store, project, position)[0] == ["m3"]
        until = time.monotonic() + 8
        while len(live.look().events) != 3 and time.monotonic() < until:
            time.sleep(0.05)
        assert sorted(live.look().events["message_id"]) == ["m1", "m2", "m3"]
    finally:
        live.stop()
        store.close()


def test_a_database_that_is_replaced_while_it_is_followed_is_read_anew(postgres, another_cluster):
    first = postgres.new_database()
    store = open_store_at(first)
    project = import_into(store, received("06:30", "m1"))
    dump = postgres.dump(first)
    import_into(store, received("06:31", "m2"))
    for server in (postgres, another_cluster):
        _, position = messages(store, project)
        other = open_store_at(server.restore(dump))
        changes = other.events(project.id, position)
        assert changes.everything
        assert list(changes.events["message_id"]) == ["m1"]
        other.close()
    store.close()


def test_events_that_are_known_by_their_key_are_left_out():
    known = frame_of([received("06:30", "m1"), received("06:31", "m2")])
    newer = frame_of([received("06:31", "m2"), received("06:32", "m3")])
    assert list(leave_out_known(known, newer)["message_id"]) == ["m3"]
    assert list(leave_out_known(known, newer[1:])["message_id"]) == ["m3"]
    assert len(leave_out_known(known, known)) == 0
