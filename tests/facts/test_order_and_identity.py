"""Which events count, and in which order they happened."""

from datetime import timedelta

import pytest

from tests.events_of import (
    MARY,
    attributed,
    chats,
    contact,
    conversations,
    delivered,
    event,
    facts_of,
    failed,
    frame_of,
    handoff,
    metrics_of,
    read,
    received,
    report_of,
    resolved,
    sent,
    waits,
)


def test_events_are_ordered_by_time_and_not_by_arrival():
    late_first = [sent("06:35", agent="amina"), received("06:30")]
    assert waits("customer", *late_first) == [("answered", 300.0, "agent", "amina")]


def test_at_one_instant_the_customer_wrote_before_we_replied():
    assert waits("customer", sent("06:30"), received("06:30")) == [("answered", 0.0, "bot", None)]


def test_at_one_instant_a_contact_comes_first_and_a_resolve_last():
    events = [resolved("06:30"), sent("06:30"), received("06:30"), contact("06:30")]
    assert conversations(*events) == [0, 0, 0, 0]
    assert waits("customer", *events) == [("answered", 0.0, "bot", None)]


def test_at_one_instant_a_handoff_comes_before_the_assignment_and_the_message():
    events = [
        sent("06:30"),
        event("chat.assigned", "06:30", chat="chat", agent="brian"),
        handoff("06:30", agent="amina"),
        received("06:30"),
    ]
    assert attributed("mode", *events) == ["agent", "agent", "agent", "bot"]
    assert attributed("agent", *events) == [None, "brian", "amina", None]


def test_at_one_instant_and_of_one_kind_the_event_id_decides_whatever_the_arrival():
    one = sent("06:30", "one", agent="amina")
    two = sent("06:30", "two", agent="brian")
    found = attributed("agent", one, two, resolved("06:31"))[-1]
    assert attributed("agent", two, one, resolved("06:31"))[-1] == found


def test_a_message_event_is_known_by_its_kind_and_message_id():
    again = [
        sent("06:30", "m"),
        sent("06:40", "m"),
        received("06:50", "m"),
        received("06:55", "m", user=MARY),
    ]
    assert report_of(*again)["events"]["by_type"] == {"message.received": 1, "message.sent": 1}


def test_another_event_is_known_by_its_kind_user_chat_and_time():
    different = [
        resolved("06:30"),
        resolved("06:31"),
        resolved("06:30", chat="other"),
        resolved("06:30", user=MARY),
        handoff("06:30"),
    ]
    same = [resolved("06:30", agent="amina"), handoff("06:30", "bot")]
    assert report_of(*different, *same)["events"]["by_type"] == {"agent.handoff": 1, "chat.resolved": 4}


def test_of_two_events_with_one_identity_the_first_to_arrive_counts():
    assert attributed("agent", sent("06:30", "m", agent="amina"), sent("06:20", "m", agent="brian")) == ["amina"]


def test_test_events_are_left_out_before_anything_is_paired():
    events = [received("06:30"), sent("06:31", test=True), sent("06:40"), contact("06:41", test=True)]
    assert waits("customer", *events) == [("answered", 600.0, "bot", None)]
    found = report_of(*events)
    assert found["events"] == {"total": 2, "by_type": {"message.received": 1, "message.sent": 1}}


def test_test_events_count_when_asked_for():
    events = [received("06:30"), sent("06:31", test=True), sent("06:40")]
    assert waits("customer", *events, include_test=True) == [("answered", 60.0, "bot", None)]
    assert report_of(*events, rules={"include_test": True})["events"]["total"] == 3


def test_statuses_of_test_messages_are_left_out_with_them():
    events = [
        delivered("06:29", "m", user=MARY),
        sent("06:30", "m", test=True),
        delivered("06:31", "m"),
        sent("06:32", "n"),
    ]
    assert report_of(*events)["events"]["by_type"] == {"message.sent": 1}
    assert report_of(*events, rules={"include_test": True})["events"]["total"] == 3


def test_names_outside_the_eight_are_no_part_of_chats_totals_or_metrics():
    events = [
        received("06:30"),
        event("menu.opened", "06:31", chat="other", agent="amina"),
        delivered("06:32", "?"),
    ]
    assert report_of(*events)["events"]["total"] == 2
    assert chats(*events) == [0, 0]
    assert list(metrics_of(*events)["agent_performance"]) == ["(none)"]


def test_now_is_the_newest_event_that_counts_also_outside_the_period():
    events = [received("06:30"), contact("06:34"), event("menu.opened", "07:00", chat="chat"), sent("08:00", test=True)]
    within = metrics_of(*events)["response_time"]["within_seconds"]
    assert within == {"60": 0.0, "300": None, "900": None, "3600": None}


@pytest.mark.parametrize(("as_of", "share"), [("07:30", None), ("07:30:01", 0.0)])
def test_a_caller_may_name_a_later_now(as_of, share):
    assert metrics_of(received("06:30"), as_of=as_of)["response_time"]["within_seconds"]["3600"] == share


def test_silence_is_a_setting():
    events = [sent("06:30"), received("07:30")]
    assert conversations(*events) == [0, 0]
    assert conversations(*events, silence=timedelta(hours=1)) == [0, 1]


def test_at_one_instant_a_failure_comes_after_a_read_and_before_a_resolve():
    events = [resolved("06:30"), failed("06:30", "gone", chat="chat"), read("06:30", "gone", chat="chat")]
    frame, facts = frame_of(events), facts_of(*events)
    assert [str(frame["event"].iloc[row]) for row in facts.events.row] == [
        "message.read", "message.failed", "chat.resolved",
    ]  # fmt: skip
