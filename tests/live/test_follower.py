"""A project's stored events, followed while somebody looks at them."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import requests

from analytics.collector.observe import Beside
from analytics.events.contract import Assumptions
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.facts.facts import build_facts
from analytics.facts.rules import Rules
from analytics.live.dataset import as_of
from analytics.live.follower import Follower
from analytics.live.followers import Followers
from analytics.live.rules import KEPT_FROM_MESSAGES, rules_of
from analytics.metrics.filters import Filter
from analytics.metrics.report import report
from analytics.store.database import StoreError
from analytics.store.event_store import open_store
from analytics.store.preferences import preferences_of
from tests.events_of import MUCH_LATER, frame_of, handoff, ndjson, received, sent
from tests.servers import collector


@pytest.fixture
def store(tmp_path):
    store = open_store(f"duckdb:///{tmp_path / 'events.duckdb'}")
    yield store
    store.close()


@pytest.fixture
def project(store):
    return store.create_project("shop")


@pytest.fixture
def live(store, project):
    live = Follower(store, project)
    yield live
    live.stop()


@pytest.fixture
def add(store, project):
    """A function that stores events."""

    def add(*events):
        found = validate([RawLines.from_text(ndjson(events))], Assumptions(now=MUCH_LATER))
        return store.add_import(project.id, found, file="events", digest="")

    return add


def shown(live, events, seconds=10.0):
    """Wait until so many events are shown."""
    until = time.monotonic() + seconds
    while len(live.look().events) != events:
        assert time.monotonic() < until, f"{len(live.look().events)} events are shown, not {events}"
        time.sleep(0.05)
    return live.look()


def wait_until(happened, seconds=10.0):
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_is_stored_is_shown_at_the_first_look(live, add):
    add(received("06:30"), sent("06:31"))
    assert len(live.look().events) == 2


def test_what_comes_later_is_shown_within_seconds_with_the_numbers_of_all_events(live, add):
    events = [received("06:30"), sent("06:31"), received("07:00", user="+254700000001"), sent("07:05")]
    add(*events[:1])
    first = live.look()
    add(*events[1:2])
    shown(live, 2, seconds=5.0)
    add(*events[2:])
    latest = shown(live, 4, seconds=5.0)
    assert report(latest.facts, Filter()) == report(build_facts(frame_of(events)), Filter())
    assert len(first.events) == 1, "what a page shows never changes under it"
    assert latest.token != first.token


def test_nothing_new_is_no_later_version(live, add):
    add(received("06:30"))
    version = live.look() and live.version
    add(received("06:30"))
    time.sleep(2.5)
    assert live.version == version


def test_deleted_test_events_are_gone(live, store, project, add):
    add(received("06:30"), sent("06:31", test=True))
    assert len(live.look().events) == 2
    store.delete_test_events(project.id)
    assert not shown(live, 1).events["test"].any()


def test_other_rules_make_the_facts_anew_and_hold_for_what_comes_later(live, add):
    add(received("06:30"))
    before, version = live.look(), live.version
    assert live.look(Rules()) is before
    agents_first = live.look(Rules(start_mode="agent"))
    assert (agents_first.facts.rules.start_mode, live.version) == ("agent", version + 1)
    add(received("2026-01-21 06:30"))
    assert shown(live, 2).facts.rules.start_mode == "agent"


def test_now_is_the_minute_for_live_data_and_the_newest_event_for_others(live, add):
    add(received("06:30"))
    minute = as_of(live.look())
    now = datetime.now(UTC)
    assert timedelta() <= now - datetime.fromtimestamp(minute / 1e6, UTC) < timedelta(minutes=2)


def test_an_event_that_a_fast_clock_dates_in_the_future_does_not_move_now(live, add):
    clock = datetime.now(UTC)
    add(received("06:30"), received(f"{clock + timedelta(hours=23):%Y-%m-%d %H:%M}", "fast"))
    now = datetime.fromtimestamp(as_of(live.look()) / 1e6, UTC)
    assert now <= datetime.now(UTC) < now + timedelta(minutes=2)


@pytest.mark.parametrize("error", [MemoryError(), KeyError("what"), StoreError("The event store is on fire.")])
def test_an_error_that_nobody_expects_is_told_and_what_comes_after_it_is_shown(live, store, add, error, monkeypatch):
    add(received("06:30"))
    assert len(live.look().events) == 1
    assert live.trouble is None

    def fail(*_):
        raise error

    monkeypatch.setattr(store, "events", fail)
    wait_until(lambda: live.trouble)
    assert "Error" not in live.trouble.reason
    assert len(live.look().events) == 1, "the numbers stay"
    monkeypatch.undo()
    add(sent("06:31"))
    shown(live, 2)
    wait_until(lambda: live.trouble is None)


def test_health_warns_of_a_follower_in_trouble(store, project, add, monkeypatch):
    add(received("06:30"))
    known = Followers()
    follower = known.of(store, project)
    assert known.of(store, project) is follower
    with collector(store, beside=Beside(known.warnings)) as address:
        follower.look()
        assert requests.get(f"{address}/v1/health", timeout=10).json() == {"status": "ok"}
        monkeypatch.setattr(store, "events", lambda *_: 1 / 0)
        wait_until(lambda: follower.trouble)
        answer = requests.get(f"{address}/v1/health", timeout=10)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "warnings": ["follower"]})
    follower.stop()


def test_who_answers_first_is_kept_and_no_longer_found_anew(live, store, project, add):
    add(*(sent("06:30", f"m{number}", agent="amina") for number in range(KEPT_FROM_MESSAGES)))
    version = live.look() and live.version
    until = time.monotonic() + 10
    while preferences_of(store.settings, project.id).found_start_mode is None:
        assert time.monotonic() < until, "it is not kept"
        time.sleep(0.05)
    rules = rules_of(preferences_of(store.settings, project.id))
    assert live.look(rules).facts.rules == rules == Rules(start_mode="agent")
    add(handoff("06:31"))
    assert shown(live, KEPT_FROM_MESSAGES + 1).facts.start_mode == "agent"
    assert live.latest.facts.evidence.mode == "bot"
    assert live.version > version


def test_until_it_is_kept_it_follows_the_events(live, add):
    add(received("06:30"), sent("06:31", agent="amina"))
    assert live.look().facts.start_mode == "agent"
    add(handoff("06:32"))
    found = shown(live, 3)
    assert found.facts.start_mode == "bot"
    assert report(found.facts, Filter()) == report(build_facts(found.events), Filter())
