"""Who waits for what, from when, until when, and in whose hands."""

import pytest

from tests.events_of import (
    assigned,
    contact,
    delivered,
    failed,
    handoff,
    metrics_of,
    received,
    resolved,
    sent,
    waits,
)


def test_a_customer_waits_from_the_first_unanswered_message_to_the_next_of_ours():
    events = [
        received("06:30"), received("06:31"), sent("06:35"), sent("06:36"),
        received("06:40"), sent("06:40:30", agent="amina"),
    ]  # fmt: skip
    assert waits("customer", *events) == [
        ("answered", 300.0, "bot", None),
        ("answered", 30.0, "agent", "amina"),
    ]


def test_a_resolve_closes_a_customers_wait_without_reply():
    events = [received("06:30"), resolved("06:31"), received("06:32"), sent("06:33")]
    assert waits("customer", *events) == [("closed", None, "bot", None), ("answered", 60.0, "bot", None)]


def test_who_got_no_reply_yet_is_waiting():
    assert waits("customer", sent("06:29"), received("06:30"), contact("06:31")) == [("waiting", None, "bot", None)]


def test_a_handoff_or_an_assignment_ends_no_customers_wait():
    events = [
        received("06:30"),
        handoff("06:31"),
        assigned("06:32", "amina"),
        handoff("06:33", "bot"),
        sent("06:34"),
    ]
    assert waits("customer", *events) == [("answered", 240.0, "bot", None)]


@pytest.mark.parametrize("kind", ["customer", "human", "every message"])
def test_a_later_reply_still_answers_with_the_whole_time(kind):
    events = [received("06:30", mode="agent"), sent("2026-01-24 06:30", mode="agent")]
    assert waits(kind, *events) == [("answered", 4 * 86_400.0, "agent", None)]


@pytest.mark.parametrize("kind", ["customer", "human"])
def test_a_customer_who_writes_first_in_a_later_conversation_was_never_answered(kind):
    events = [
        received("06:30", mode="agent"),
        received("2026-01-23 06:30", mode="agent"),
        sent("2026-01-23 06:31", mode="agent"),
    ]
    assert waits(kind, *events) == [("never", None, "bot", None), ("answered", 60.0, "agent", None)]


def test_whoever_began_the_later_conversation_the_wait_ends_with_the_customers_message():
    events = [
        assigned("06:29", "amina"), received("06:30"), contact("2026-01-23 06:30"), received("2026-01-23 07:00"),
    ]  # fmt: skip
    assert waits("customer", *events) == [("never", None, "agent", "amina"), ("waiting", None, "bot", None)]
    assert waits("human", *events) == [("never", None, "agent", "amina")]


@pytest.mark.parametrize(("closed_at", "state"), [("2026-01-23 06:29:59", "closed"), ("2026-01-23 06:30", "never")])
@pytest.mark.parametrize("kind", ["customer", "human"])
def test_what_is_closed_after_72_hours_was_never_answered(kind, closed_at, state):
    events = [received("06:30"), handoff("06:30"), resolved(closed_at)]
    assert waits(kind, *events) == [(state, None, "agent", None)]


def test_a_reply_in_another_chat_is_none():
    assert waits("customer", received("06:30"), sent("06:31", chat="other")) == [("waiting", None, "bot", None)]


def test_a_wait_for_a_human_begins_with_the_handoff_to_agent():
    events = [
        received("06:30"),
        sent("06:31"),
        handoff("06:32"),
        received("06:33"),
        sent("06:35", agent="amina"),
    ]
    assert waits("human", *events) == [("answered", 180.0, "agent", "amina")]


def test_a_wait_for_a_human_begins_with_a_message_in_mode_agent():
    events = [assigned("06:30", "amina"), received("06:31"), received("06:32"), sent("06:33", agent="amina")]
    assert waits("human", *events) == [("answered", 120.0, "agent", "amina")]


def test_a_message_labelled_agent_begins_a_wait_for_a_human():
    assert waits("human", received("06:30", mode="agent")) == [("waiting", None, "bot", None)]


def test_a_message_in_mode_bot_begins_none():
    events = [assigned("06:29", "amina"), received("06:30", mode="bot"), received("06:32", mode="bot")]
    assert waits("human", *events) == []


def test_an_assignment_begins_one_where_the_customer_waits_and_counts_from_their_message():
    events = [received("06:30"), received("06:31"), assigned("06:32", "amina"), sent("06:40", agent="amina")]
    assert waits("human", *events) == [("answered", 600.0, "agent", "amina")]


def test_an_assignment_begins_one_where_only_the_bot_has_answered():
    events = [received("06:30"), sent("06:31"), assigned("06:32", "amina"), sent("06:40", agent="amina")]
    assert waits("human", *events) == [("answered", 480.0, "agent", "amina")]


@pytest.mark.parametrize(
    "events",
    [
        [assigned("06:30", "amina")],
        [received("06:30"), sent("06:31", agent="ben"), assigned("06:32", "amina")],
        [received("06:30"), sent("06:31"), assigned("06:32", "flow 7", mode="bot")],
        [received("06:30"), sent("06:31"), resolved("06:32"), contact("06:33"), assigned("06:34", "amina")],
    ],
    ids=["nobody wrote", "a person has written since", "to a bot", "in an earlier conversation"],
)
def test_an_assignment_begins_none(events):
    later = [wait for wait in waits("human", *events) if wait[0] != "answered"]
    assert later == []


def test_assignments_that_only_route_begin_none():
    events = [received("06:30"), assigned("06:31", "amina")]
    assert waits("human", *events, assignments_route=True) == []
    assert waits("human", *events) == [("waiting", None, "agent", "amina")]


def test_a_handoff_counts_from_the_message_that_was_unanswered_then():
    events = [received("06:30"), handoff("06:32"), sent("06:33"), sent("06:40", agent="amina")]
    assert waits("customer", *events) == [("answered", 180.0, "agent", None)]
    assert waits("human", *events) == [("answered", 600.0, "agent", "amina")]


def test_what_a_bot_sends_ends_no_wait_for_a_human():
    events = [
        handoff("06:30"),
        sent("06:31"),  # "an agent will join you"
        sent("06:32", mode="bot"),
        sent("06:33", agent="flow 7", mode="bot"),
        sent("06:34", agent="amina"),
    ]
    assert waits("human", *events) == [("answered", 240.0, "agent", "amina")]


def test_a_message_labelled_agent_is_human_also_without_a_name():
    assert waits("human", handoff("06:30"), sent("06:31", mode="agent")) == [("answered", 60.0, "agent", None)]


def test_a_handoff_back_to_bot_closes_a_wait_for_a_human():
    events = [handoff("06:30", agent="amina"), handoff("06:31", "bot"), sent("06:32", agent="amina")]
    assert waits("human", *events) == [("closed", None, "agent", "amina")]


def test_a_resolve_closes_a_wait_for_a_human():
    assert waits("human", handoff("06:30"), resolved("06:31")) == [("closed", None, "agent", None)]


def test_a_person_who_simply_answers_ends_one_that_began_with_the_customers():
    assert waits("human", received("06:30"), sent("06:31", agent="amina")) == [("answered", 60.0, "agent", "amina")]
    assert waits("human", received("06:30"), sent("06:31"), sent("06:32", agent="amina")) == []


def test_an_agent_that_settings_call_a_bot_is_no_person():
    events = [received("06:30"), handoff("06:30"), sent("06:31", agent="flow 7"), sent("06:35", agent="amina")]
    assert waits("human", *events, bots=("flow 7",)) == [("answered", 300.0, "agent", "amina")]
    assert waits("customer", *events, bots=("flow 7",)) == [("answered", 60.0, "bot", "flow 7")]


def test_mode_and_agent_of_an_answered_wait_are_those_of_the_reply():
    events = [received("06:30"), assigned("06:31", "amina"), sent("06:32", agent="brian", mode="bot")]
    assert waits("customer", *events) == [("answered", 120.0, "bot", "brian")]


def test_mode_and_agent_of_a_closed_wait_are_the_chats_just_before():
    events = [received("06:30"), assigned("06:31", "amina"), resolved("06:32", agent="brian", mode="bot")]
    assert waits("customer", *events) == [("closed", None, "agent", "amina")]


def test_a_resolve_after_a_long_silence_ends_a_wait_in_the_hands_that_had_it():
    events = [received("06:30"), assigned("06:31", "amina"), resolved("2026-01-25 06:32", agent="brian", mode="agent")]
    assert waits("customer", *events) == [("never", None, "agent", "amina")]


def test_mode_and_agent_of_a_running_wait_are_the_chats_as_of_its_last_event():
    events = [received("06:30"), assigned("06:31", "amina"), received("06:32", agent="brian", mode="bot")]
    assert waits("customer", *events) == [("waiting", None, "agent", "amina")]


def test_after_a_resolve_nobody_has_the_running_wait():
    events = [assigned("06:29", "amina"), received("06:30"), resolved("06:31")]
    assert waits("every message", *events) == [("waiting", None, "bot", None)]


def test_every_message_waits_for_the_next_of_ours_whatever_lies_between():
    events = [
        received("06:30"),
        received("06:31"),
        resolved("06:32"),
        sent("06:33", agent="amina"),
        received("06:34"),
    ]
    assert waits("every message", *events) == [
        ("answered", 180.0, "agent", "amina"),
        ("answered", 120.0, "agent", "amina"),
        ("waiting", None, "agent", "amina"),
    ]


def test_country_and_day_of_a_wait_are_those_of_its_first_event():
    events = [received("23:59", country="UG"), sent("2026-01-21 00:01", country="TZ")]
    first = {"first_day": "2026-01-20", "last_day": "2026-01-20"}
    then = {"first_day": "2026-01-21", "last_day": "2026-01-21"}
    answered = [
        metrics_of(*events, **days, countries=(country,))["response_time"]["answered"]
        for days in (first, then)
        for country in ("UG", "TZ")
    ]
    assert answered == [1, 0, 0, 0]


def test_filters_keep_a_wait_by_its_mode_and_agent():
    events = [received("06:30"), sent("06:31", agent="amina")]
    for filters, answered in (
        ({"agents": ("amina",)}, 1),
        ({"agents": ("(none)",)}, 0),
        ({"modes": ("agent",)}, 1),
        ({"modes": ("bot",)}, 0),
    ):
        assert metrics_of(*events, **filters)["response_time"]["answered"] == answered


def test_an_assignment_waits_for_the_agents_own_first_message():
    events = [
        assigned("06:30", "amina"), sent("06:31"), sent("06:32", agent="ben"), sent("06:33", agent="amina", mode="bot"),
        sent("06:34", agent="amina"), sent("06:35", agent="amina"),
    ]  # fmt: skip
    assert waits("assignment", *events) == [("answered", 240.0, "agent", "amina")]


def test_an_assignment_to_the_same_agent_adds_nothing_and_one_to_another_begins_anew():
    events = [
        assigned("06:30", "amina"),
        assigned("06:31", "amina"),
        assigned("06:32", "ben"),
        sent("06:35", agent="ben"),
    ]
    assert waits("assignment", *events) == [("closed", None, "agent", "amina"), ("answered", 180.0, "agent", "ben")]


def test_an_assignment_to_the_name_of_nobody_begins_nothing():
    events = [assigned("06:30", "(none)"), sent("06:31", mode="agent")]
    assert waits("assignment", *events) == []
    assert waits("assignment", assigned("06:29", "amina"), *events) == [("waiting", None, "agent", "amina")]


def test_after_a_reply_an_assignment_begins_anew():
    events = [assigned("06:30", "amina"), sent("06:31", agent="amina"), assigned("06:40", "amina")]
    assert waits("assignment", *events) == [("answered", 60.0, "agent", "amina"), ("waiting", None, "agent", "amina")]


@pytest.mark.parametrize("end", [resolved("06:31"), handoff("06:31", "bot")])
def test_an_end_before_the_reply_closes_an_assignment(end):
    events = [assigned("06:30", "amina"), end, sent("06:32", agent="amina")]
    assert waits("assignment", *events) == [("closed", None, "agent", "amina")]


def test_a_message_that_failed_answers_nobody():
    events = [
        received("06:30", mode="agent"),
        assigned("06:30", "amina"),
        sent("06:31", "m", agent="amina"),
        failed("06:32", "m"),
        sent("06:35", agent="amina"),
    ]
    for kind in ("customer", "human", "every message", "assignment"):
        assert waits(kind, *events) == [("answered", 300.0, "agent", "amina")]
        assert waits(kind, *events, delivered("06:33", "m")) == [("answered", 60.0, "agent", "amina")]


def test_a_thanks_after_closing_waits_for_nothing():
    events = [
        received("06:30"), sent("06:31"), resolved("06:32"),
        received("06:33"), received("06:34"), resolved("06:35"),
    ]  # fmt: skip
    assert waits("customer", *events) == [("answered", 60.0, "bot", None), ("afterword", None, "bot", None)]
    assert [wait[0] for wait in waits("every message", *events, sent("06:36"))] == ["answered"] * 3
