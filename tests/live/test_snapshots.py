"""Snapshots of a project's events and facts: used where they hold, and only there."""

import shutil
import time
from contextlib import closing
from types import SimpleNamespace

import pytest
from pandas.testing import assert_frame_equal

from analytics.events.contract import Assumptions
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.facts.facts import build_facts
from analytics.facts.rules import Rules
from analytics.live import snapshots
from analytics.live.follower import Follower
from analytics.metrics.filters import Filter
from analytics.metrics.report import report
from analytics.store.event_store import open_store_at
from tests.events_of import MUCH_LATER, ndjson, received, sent

FIRST = [received("06:30"), sent("06:31"), received("07:00", user="+254700000001")]
LATER = [sent("07:05", user="+254700000001"), received("08:00", user="+254700000002")]


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch):
    monkeypatch.setattr(snapshots, "LEAST_EVENTS", 3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.duckdb"


@pytest.fixture
def opened(path):
    """A function that opens the store anew, as another process would after this one."""
    stores = []

    def opened():
        while stores:
            stores.pop().close()
        stores.append(open_store_at(f"duckdb:///{path}"))
        return stores[0]

    yield opened
    while stores:
        stores.pop().close()


def add(store, events, project="shop"):
    found = validate([RawLines.from_text(ndjson(events))], Assumptions(now=MUCH_LATER))
    return store.add_import(store.create_project(project).id, found, file="events", digest="")


def seen(store, rules=None, *, at_first=False):
    """What a process shows that starts and ends again: at first, or when it has caught up."""
    live = Follower(store, store.project("shop"))
    shown = live.look(rules)
    until = time.monotonic() + 10
    while shown.behind and not at_first:
        assert time.monotonic() < until
        time.sleep(0.05)
        shown = live.look(rules)
    live.stop()
    return shown


def is_mapped(store):
    return snapshots.Snapshots(store, store.project("shop").id).latest() is not None


def says_what_the_store_does(store, shown):
    whole = store.events(store.project("shop").id).events
    assert sorted(shown.events["message_id"].dropna()) == sorted(whole["message_id"].dropna())
    assert report(shown.facts, Filter()) == report(build_facts(whole, shown.facts.rules), Filter())


def test_the_next_process_shows_it_at_once_and_then_what_came_since(opened):
    store = opened()
    add(store, FIRST)
    before = seen(store)
    store = opened()
    assert is_mapped(store)
    assert_frame_equal(seen(store).events, before.events)
    add(store, LATER)
    store = opened()
    assert is_mapped(store)
    at_first = seen(store, at_first=True)
    assert (len(at_first.events), at_first.behind) == (3, True)
    shown = seen(store)
    assert len(shown.events) == 5
    says_what_the_store_does(store, shown)


def test_what_comes_to_another_project_leaves_it_as_it_is(opened):
    store = opened()
    add(store, FIRST)
    seen(store)
    add(store, LATER, project="another shop")
    shown = seen(store)
    assert not shown.behind
    says_what_the_store_does(store, shown)


def test_facts_are_made_anew_where_the_rules_are_others(opened):
    store = opened()
    add(store, FIRST)
    seen(store)
    store = opened()
    shown = seen(store, Rules(start_mode="agent"))
    assert shown.facts.rules.start_mode == "agent"
    says_what_the_store_does(store, shown)


@pytest.mark.parametrize("deleted", ["an import", "test events"])
def test_it_is_removed_with_the_events_that_are(opened, deleted):
    store = opened()
    add(store, FIRST)
    entry = add(store, [{**LATER[0], "context": {"test": True}}])
    seen(store)
    project = store.project("shop").id
    assert store.copy_of(project).exists()
    if deleted == "an import":
        store.undo_import(project, entry.id)
    else:
        store.delete_test_events(project)
    assert not store.copy_of(project).exists()
    shown = seen(store)
    assert len(shown.events) == 3
    says_what_the_store_does(store, shown)


def test_one_of_a_store_that_was_put_back_from_a_copy_is_passed_over(opened, path, tmp_path):
    store = opened()
    add(store, FIRST[:2])
    store.close()
    shutil.copy(path, tmp_path / "saved")
    store = opened()
    add(store, FIRST[2:])
    seen(store)
    store.close()
    shutil.copy(tmp_path / "saved", path)
    store = opened()
    assert not is_mapped(store)
    add(store, LATER[1:])
    assert not is_mapped(store), "as many events, at the same position, are others"
    shown = seen(store)
    says_what_the_store_does(store, shown)


def test_one_of_other_code_or_another_store_is_passed_over(opened, tmp_path, monkeypatch):
    store = opened()
    add(store, FIRST)
    seen(store)
    assert is_mapped(store)
    monkeypatch.setattr(snapshots, "_hash_code", lambda: b"other code")
    assert not is_mapped(store)
    monkeypatch.undo()
    monkeypatch.setattr(snapshots, "LEAST_EVENTS", 3)
    with closing(open_store_at(f"duckdb:///{tmp_path / 'other.duckdb'}")) as other:
        add(other, FIRST)
        shutil.copy(store.copy_of(store.project("shop").id), other.copy_of(other.project("shop").id))
        assert not is_mapped(other)


def test_a_damaged_one_is_said_to_be_removed_and_made_anew(opened, caplog):
    store = opened()
    add(store, FIRST)
    before = seen(store)
    copy = store.copy_of(store.project("shop").id)
    whole = copy.read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        caplog.clear()
        assert not is_mapped(store)
        assert f"{copy.name} is damaged" in caplog.text
        assert not copy.exists()
    assert_frame_equal(seen(store).events, before.events)
    assert is_mapped(store)


def test_what_a_killed_process_had_begun_to_write_is_gone_at_the_next_start(opened, path):
    store = opened()
    add(store, FIRST)
    seen(store)
    begun = path.with_name(f"{store.copy_of(store.project('shop').id).name}.part")
    other = path.with_name("other.duckdb.1.copy.part")
    for file in (begun, other):
        file.write_bytes(b"begun")
    store = opened()
    assert not begun.exists()
    assert other.exists()
    assert is_mapped(store)


def test_none_is_kept_of_few_events_nor_where_the_disk_has_little_room(opened, monkeypatch, caplog):
    store = opened()
    add(store, FIRST)
    monkeypatch.setattr(snapshots, "LEAST_EVENTS", 4)
    seen(store)
    assert not store.copy_of(store.project("shop").id).exists()
    monkeypatch.setattr(snapshots, "LEAST_EVENTS", 3)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1))
    assert len(seen(store).events) == 3
    assert not store.copy_of(store.project("shop").id).exists()
    assert "little room" in caplog.text


def test_postgresql_keeps_none(postgres):
    with closing(open_store_at(postgres.new_database())) as store:
        add(store, FIRST)
        assert store.copy_of(store.project("shop").id) is None
        assert len(seen(store).events) == 3
