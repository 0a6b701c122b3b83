"""Self-serve against assisted: events by mode, and what came of each conversation."""

from datetime import timedelta

import pytest

from analytics.metrics.breakdowns import count_handoffs, measure_seconds_to_handoff
from tests.events_of import (
    assigned,
    contact,
    delivered,
    failed,
    handoff,
    metrics_of,
    received,
    resolved,
    selection_of,
    sent,
)

LONG_AFTER = "2026-01-25 06:00"


def outcomes(*events, **options):
    """The outcomes that occur."""
    found = metrics_of(*events, **options)["service_modes"]["outcomes"]
    return {name: count for name, count in found.items() if count and name != "finished_without_agent"}


def test_events_are_counted_by_attributed_mode():
    events = [
        received("06:30"),
        sent("06:31", "m"),
        handoff("06:32"),
        received("06:33"),
        delivered("06:34", "m"),
    ]
    modes = metrics_of(*events)["service_modes"]
    assert modes["bot"] == {"message.received": 1, "message.sent": 1, "message.delivered": 1}
    assert modes["agent"] == {"message.received": 1, "agent.handoff": 1}


@pytest.mark.parametrize(
    "event",
    [
        handoff("06:31"),
        assigned("06:31", "amina"),
        sent("06:31", agent="amina"),
        received("06:31", mode="agent"),
    ],
)
def test_any_event_in_mode_agent_means_that_an_agent_was_needed(event):
    assert outcomes(received("06:30"), event, handoff("06:32", "bot"), resolved("06:33")) == {"needed_agent": 1}


def test_a_status_in_mode_agent_counts_too():
    events = [received("06:30"), sent("06:31", "m"), delivered("06:32", "m", mode="agent"), resolved("06:33")]
    assert outcomes(*events) == {"needed_agent": 1}


def test_an_agent_was_needed_also_while_the_conversation_goes_on():
    assert outcomes(received("06:30"), handoff("06:31")) == {"needed_agent": 1}


def test_what_is_resolved_without_an_agent_after_an_answer_was_solved_by_the_bot():
    assert outcomes(received("06:30"), sent("06:31"), resolved("06:32")) == {"solved_by_bot": 1}


@pytest.mark.parametrize("before", [[], [sent("06:29")], [sent("06:29"), contact("06:29:30")]])
def test_what_is_resolved_without_an_answer_was_closed_unanswered(before):
    assert outcomes(*before, received("06:30"), resolved("06:32")) == {"closed_unanswered": 1}


def test_a_message_that_failed_is_no_answer():
    events = [received("06:30"), sent("06:31", "m"), failed("06:32", "m")]
    assert outcomes(*events, resolved("06:33")) == {"closed_unanswered": 1}
    assert outcomes(*events, as_of=LONG_AFTER) == {"gave_up": 1}


def test_who_spoke_last_into_silence_gave_up():
    assert outcomes(sent("06:30"), received("06:31"), contact("06:32"), as_of=LONG_AFTER) == {"gave_up": 1}


def test_where_we_spoke_last_into_silence_it_ended_quietly():
    assert outcomes(received("06:30"), sent("06:31"), as_of=LONG_AFTER) == {"ended_quietly": 1}


def test_what_is_neither_resolved_nor_silent_goes_on():
    assert outcomes(received("06:30"), sent("06:31")) == {"ongoing": 1}


@pytest.mark.parametrize(("as_of", "outcome"), [("05:59:59", "ongoing"), ("06:00", "ended_quietly")])
def test_silence_begins_after_24_hours(as_of, outcome):
    events = [received("05:59"), sent("06:00")]
    assert outcomes(*events, as_of=f"2026-01-21 {as_of}") == {outcome: 1}


def test_silence_is_a_setting():
    rules, events = {"silence": timedelta(hours=1)}, [received("05:58"), sent("05:59")]
    assert outcomes(*events, as_of="06:59", rules=rules) == {"ended_quietly": 1}
    assert outcomes(*events, as_of="06:58", rules=rules) == {"ongoing": 1}


@pytest.mark.parametrize(("as_of", "outcome"), [("06:29:59", "ongoing"), ("06:30", "gave_up")])
def test_while_the_customer_waits_it_begins_after_72_hours(as_of, outcome):
    assert outcomes(received("06:30"), as_of=f"2026-01-23 {as_of}") == {outcome: 1}


def test_a_conversation_that_another_followed_is_silent_whenever_now_is():
    events = [received("2026-01-17 06:30"), received("2026-01-20 06:30")]
    assert outcomes(*events) == {"gave_up": 1, "ongoing": 1}


def test_a_status_does_not_break_the_silence():
    events = [received("06:29"), sent("06:30", "m"), delivered("2026-01-21 06:30", "m")]
    assert outcomes(*events) == {"ended_quietly": 1}


def test_a_conversation_without_a_word_of_the_customer_has_no_outcome():
    assert outcomes(sent("06:30"), resolved("06:31"), handoff("06:32", chat="b")) == {}


def test_finished_without_an_agent_leaves_out_the_ongoing_ones():
    events = [
        *(received("06:30", f"in {chat}", chat=chat) for chat in "abcd"),
        sent("06:31", "out", chat="a"),
        resolved("06:32", chat="a"),
        sent("06:31", chat="b"),
        assigned("06:31", "amina", chat="c"),
        received("2026-01-23 06:30", chat="e"),
    ]
    found = metrics_of(*events)["service_modes"]["outcomes"]
    assert found == {
        "needed_agent": 1,
        "solved_by_bot": 1,
        "closed_unanswered": 0,
        "gave_up": 1,
        "ended_quietly": 1,
        "ongoing": 1,
        "afterwords": 0,
        "finished_without_agent": 0.5,
    }


def test_while_all_go_on_there_is_nothing_to_divide_by():
    assert metrics_of(received("06:30"))["service_modes"]["outcomes"]["finished_without_agent"] is None


def test_handoffs_to_an_agent_are_told_by_reason_and_step():
    events = [
        handoff("06:30", reason="user_request", step="payment"),
        handoff("06:31", "bot", reason="user_request"),
        handoff("06:32", reason="user_request", step="payment"),
        handoff("06:33"),
    ]
    found = count_handoffs(selection_of(*events))
    assert found.to_dict("records") == [
        {"reason": "user_request", "step": "payment", "count": 2},
        {"reason": "Not given", "step": "Not given", "count": 1},
    ]


def test_the_first_handoff_of_a_conversation_is_timed_from_its_start():
    events = [
        received("06:30"), handoff("06:32"), handoff("06:40"), resolved("06:41"),
        received("06:50"), handoff("06:51", "bot"), resolved("06:52"),
        handoff("07:00"),
    ]  # fmt: skip
    assert measure_seconds_to_handoff(selection_of(*events)).tolist() == [120.0, 0.0]
