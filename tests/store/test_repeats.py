"""Repeats: what came again is counted by name and by the fields in which it differs from what is stored."""

import pytest

from analytics.collector.judging import Capture, judge_captures
from tests.events_of import ndjson, received, sent


@pytest.fixture
def bring(store):
    """A function that brings events in one delivery each, as the collector does, and returns what came again."""
    key = store.keys.find(store.keys.create("crm"))

    def bring(*deliveries):
        for events in deliveries:
            capture = Capture(key, ndjson(events).splitlines())
            store.add(judge_captures([capture], key.project).delivery, {key.id}, set())
        return [(found.event, found.fields, found.count) for found in store.repeats(key.project)]

    return bring


ONE = received("06:30", "m")


def test_without_repeats_there_is_nothing_to_tell(bring):
    assert bring([ONE], [received("06:31", "n")]) == []


def test_the_same_again_differs_in_nothing(bring):
    assert bring([ONE], [ONE, sent("06:31")], [ONE]) == [("message.received", (), 2)]


def test_what_differs_is_told_by_field_and_comes_first(bring):
    other = received("06:40", "m", agent="ann")
    assert bring([ONE], [ONE], [other], [other]) == [
        ("message.received", ("timestamp", "agentId"), 2),
        ("message.received", (), 1),
    ]


@pytest.mark.parametrize("many", [0, 500], ids=["few", "many"])
def test_repeats_within_a_delivery_count_too(bring, many):
    others = [received("06:45", f"x{number}") for number in range(many)]
    assert bring([ONE, ONE, received("06:40", "m"), *others]) == [
        ("message.received", ("timestamp",), 1),
        ("message.received", (), 1),
    ]


def test_a_file_tells_what_it_repeats_of_itself_and_of_the_store(store, shop, add):
    add(ONE, ONE, sent("06:31"))
    add(ONE, received("06:30", "m", agent="ann"), sent("06:31", content="image"))
    assert [(found.event, found.fields, found.count) for found in store.repeats(shop)] == [
        ("message.received", ("agentId",), 1),
        ("message.sent", ("contentType",), 1),
        ("message.received", (), 2),
    ]


def test_many_repeats_are_compared_at_once(store, shop, add):
    events = [received("06:30", f"m{number}") for number in range(6_000)]
    add(*events)
    add(*events[:-1], received("06:35", "m5999"))
    assert [(found.fields, found.count) for found in store.repeats(shop)] == [(("timestamp",), 1), ((), 5_999)]
