"""The full check ticks what is kept, and says what is not, against real collectors."""

from datetime import UTC, datetime

import pytest

from analytics.events import samples
from analytics.events.validate import Validation
from analytics.live.dataset import Dataset
from analytics.metrics.report import METRICS
from analytics.sending.client import Client
from analytics.settings import Settings
from analytics.ui.integration.check import check_sending, check_showing, compare_metrics, view_last_day
from tests.events_of import frame_of
from tests.servers import Scripted, collector, free_port


def ticks(address, key, events):
    with Client(address, key, attempts=1) as client:
        return [(tick.kept, tick.finding) for tick in check_sending(client, events)]


def dataset_of(frame):
    return Dataset.of_file("token", "shop", Validation(frame, []))


def kept(found):
    return [tick for tick, _ in found]


def test_a_collector_that_keeps_its_promises_gets_every_tick(address, store):
    events = samples.make_conversation(test=True)
    found = ticks(address, store.keys.create("check"), events)
    assert kept(found) == [True] * 5
    assert [said for _, said in found[1:3]] == ["it may add events", "all 7 events"]
    project = store.project("default").id
    shown = list(check_showing(lambda: dataset_of(store.events(project).events), events))
    assert [tick.kept for tick in shown] == [True, True]
    assert shown[0].finding == "2 of 2 statuses"
    assert shown[1].finding.startswith("after ")


def test_nothing_is_ticked_where_nobody_answers():
    ((tick, said),) = ticks(f"http://127.0.0.1:{free_port()}", "wk_1", samples.make_conversation(test=True))
    assert tick is False
    assert said.startswith("No program answers")


def test_a_refused_key_is_reached_and_no_more(address):
    found = ticks(address, "wk_unknown", samples.make_conversation(test=True))
    assert kept(found) == [True, False]
    assert found[1][1].startswith("The write key was refused")


def test_what_is_no_collector_is_not_reached():
    with Scripted((200, {}, b"<html>")) as server:
        ((tick, said),) = ticks(server.address, "wk_1", samples.make_conversation(test=True))
    assert (tick, "is not a collector" in said) == (False, True)


def test_an_event_that_is_not_valid_is_named(address, store):
    events = samples.make_conversation(test=True)
    del events[4]["properties"]["messageId"]
    found = ticks(address, store.keys.create("check"), events)
    assert kept(found) == [True, True, False]
    assert found[2][1] == "1 of 7 events are rejected: properties.messageId: This field is missing"


def test_a_collector_that_cannot_store_is_told(store):
    key = store.keys.create("check")
    with collector(store, Settings(requests_per_second=1)) as address:
        found = ticks(address, key, samples.make_conversation(test=True))
    assert kept(found) == [True, True, True, False]
    assert found[3][1].startswith("This key sends too often")


def test_a_collector_that_counts_twice_is_told():
    good = b'{"received": 7, "accepted": 7, "duplicates": 0, "rejected": 0}'
    with Scripted((200, {}, good)) as server:
        found = ticks(server.address, "wk_1", samples.make_conversation(test=True))
    assert found[4] == (False, "7 events were stored twice")


def test_a_dashboard_that_never_shows_them_is_told(monkeypatch):
    monkeypatch.setattr("analytics.ui.integration.check._PATIENCE_SECONDS", 0.2)
    (tick,) = check_showing(lambda: dataset_of(frame_of([])), samples.make_conversation(test=True))
    assert tick.kept is False


def test_a_status_of_another_message_is_told():
    events = samples.make_conversation(test=True)
    events[3]["properties"]["messageId"] = "another"
    joined, _ = check_showing(lambda: dataset_of(frame_of(events)), events)
    assert (joined.kept, joined.finding) == (False, "1 of 2 statuses")


@pytest.mark.parametrize(("test", "moved"), [(True, len(METRICS)), (False, 0)])
def test_all_numbers_move_where_test_events_are_included(test, moved):
    now = datetime.now(UTC)
    before = view_last_day(dataset_of(frame_of([])), now, "UTC", test=test)
    after = view_last_day(dataset_of(frame_of(samples.make_conversation(test=True))), now, "UTC", test=test)
    found = compare_metrics(before, after)
    assert sum(move.moved for move in found) == moved
    assert found[0].after.value == (60.0 if test else None)
