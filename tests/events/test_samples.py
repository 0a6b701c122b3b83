"""Fresh events: valid, new to every store, and of the last hours."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.events import samples
from analytics.events.contract import EVENTS, Assumptions
from analytics.events.judge import ValidEvent, judge

GUIDE = Path(__file__).parents[1] / "data" / "sample-events.ndjson"


def times(events):
    return [datetime.fromisoformat(event["timestamp"]) for event in events]


def test_the_samples_are_those_of_the_guide():
    assert samples.samples() == [json.loads(line) for line in GUIDE.read_text().splitlines()]


def test_a_fresh_conversation_ends_now_and_keeps_its_gaps():
    now = datetime.now(UTC)
    found = times(samples.make_conversation(test=False))
    assert abs(max(found) - now) < timedelta(seconds=5)
    assert [time - found[0] for time in found] == [
        time - times(samples.samples())[0] for time in times(samples.samples())
    ]


def test_no_two_conversations_share_an_id():
    ids = [
        {event["userId"], *(event["properties"].get(name) for name in ("chatId", "messageId")), None}
        for events in (samples.make_conversation(test=True), samples.make_conversation(test=True))
        for event in events
    ]
    assert set.union(*ids[:7]) & set.union(*ids[7:]) == {None}


def test_a_status_keeps_the_message_that_it_is_about():
    events = {event["event"]: event["properties"] for event in samples.make_conversation(test=True)}
    assert events["message.sent"]["messageId"] == events["message.read"]["messageId"]
    assert events["message.sent"]["messageId"] != events["message.received"]["messageId"]
    assert events["message.read"]["readAt"][:4] == str(datetime.now(UTC).year)


@pytest.mark.parametrize("test", [True, False])
def test_events_are_marked_as_a_test_or_not(test):
    assert [event["context"].get("test", False) for event in samples.make_conversation(test=test)] == [test] * 7


@pytest.mark.parametrize("name", EVENTS)
def test_there_is_a_valid_sample_of_each_of_the_nine(name):
    found = judge(samples.as_json([samples.make_sample(name)])[0], Assumptions())
    assert isinstance(found, ValidEvent)
    assert found.envelope.event == name
