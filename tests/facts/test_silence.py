"""Which events belong to one conversation, and what lies outside every one."""

import pytest

from tests.events_of import (
    assigned,
    attributed,
    contact,
    conversations,
    delivered,
    failed,
    handoff,
    metrics_of,
    received,
    resolved,
    sent,
)

NEXT_DAY, SECOND_DAY = "2026-01-21 06:30", "2026-01-22 06:30"
THIRD_DAY, EARLIER = "2026-01-23 06:30", "2026-01-23 06:29:59.999999"


@pytest.mark.parametrize(("again", "number"), [(NEXT_DAY, 1), ("2026-01-21 06:29:59.999999", 0)])
def test_24_hours_of_silence_end_a_conversation_in_which_we_spoke_last(again, number):
    assert conversations(received("06:29"), sent("06:30"), contact(again)) == [0, 0, number]


@pytest.mark.parametrize(("again", "number"), [(THIRD_DAY, 1), (EARLIER, 0)])
@pytest.mark.parametrize(
    "events",
    [
        [sent("06:29"), received("06:30")],
        [received("06:28"), sent("06:29"), handoff("06:30")],
        [received("06:27"), handoff("06:28"), sent("06:29"), contact("06:30")],
        [received("06:27"), handoff("06:28"), assigned("06:29", "amina"), sent("06:30", agent="flow 7", mode="bot")],
    ],
    ids=["unanswered", "passed to an agent", "only the bot has written", "a bot with an id has written"],
)
def test_it_takes_72_hours_while_somebody_waits(events, again, number):
    assert conversations(*events, contact(again)) == [0] * len(events) + [number]


@pytest.mark.parametrize(
    "events",
    [
        [received("06:28"), handoff("06:29"), sent("06:30", agent="amina")],
        [received("06:27"), sent("06:28"), handoff("06:29"), handoff("06:30", "bot")],
    ],
    ids=["a person has written", "taken back"],
)
def test_then_24_hours_are_enough_again(events):
    assert conversations(*events, contact(NEXT_DAY)) == [0] * len(events) + [1]


def test_a_message_that_failed_is_no_answer():
    events = [received("06:29"), sent("06:30", "m"), contact(SECOND_DAY)]
    assert conversations(*events) == [0, 0, 1]
    assert conversations(*events, failed("06:31", "m")) == [0, 0, 0, 0]
    assert conversations(*events, failed("06:31", "m"), delivered("06:32", "m")) == [0, 0, 1, 0, 0]


def test_a_resolve_ends_the_latest_conversation_however_long_the_silence():
    events = [
        received("06:29"),
        sent("06:30", agent="amina"),
        resolved("2026-03-01 06:30"),
        contact("2026-03-01 06:31"),
    ]
    assert conversations(*events) == [0, 0, 0, 1]
    assert attributed("agent", *events) == [None, "amina", "amina", None]
    assert attributed("mode", *events) == ["bot", "agent", "agent", "bot"]


def test_after_silence_the_outcome_stays_that_of_silence():
    events = [received("06:29"), sent("06:30"), resolved("2026-03-01 06:30")]
    outcomes = metrics_of(*events)["service_modes"]["outcomes"]
    assert (outcomes["ended_quietly"], outcomes["solved_by_bot"]) == (1, 0)
    assert metrics_of(*events)["service_modes"]["stayed_solved"]["undecided"] == 0


def test_a_further_resolve_counts_as_an_event_alone():
    events = [received("06:29"), sent("06:30", agent="amina"), resolved("06:31"), resolved("06:32")]
    assert conversations(*events) == [0, 0, 0, None]
    assert attributed("agent", *events) == [None, "amina", "amina", None]
    assert attributed("mode", *events) == ["bot", "agent", "agent", "bot"]
    found = metrics_of(*events)
    assert found["agent_performance"]["amina"]["resolved"] == found["agent_performance"]["(none)"]["resolved"] == 1


def test_an_event_outside_every_conversation_may_name_its_agent_and_mode():
    assert conversations(resolved("06:30", agent="amina", mode="agent")) == [None]
    assert attributed("agent", resolved("06:30", agent="amina", mode="agent")) == ["amina"]
    assert attributed("mode", resolved("06:30", agent="amina", mode="agent")) == ["agent"]


def test_a_status_without_its_message_is_of_the_conversation_that_runs():
    late = "2026-01-22 06:29"
    events = [sent("06:29"), received("06:30"), delivered("06:31", "unknown", chat="chat")]
    assert conversations(*events, delivered(late, "other", chat="chat")) == [0, 0, 0, 0]
    assert conversations(sent("06:29"), delivered(NEXT_DAY, "other", chat="chat")) == [0, None]
