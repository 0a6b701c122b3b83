"""Which agent, mode and country an event counts for, and how we know."""

import pytest

from analytics.events.identity import identity, occurrence
from tests.events_of import (
    JOHN,
    MARY,
    assigned,
    attributed,
    contact,
    delivered,
    facts_of,
    handoff,
    metrics_of,
    microseconds,
    origins,
    read,
    received,
    resolved,
    sent,
)


def test_a_conversation_begins_in_bot():
    assert attributed("mode", contact("06:30"), received("06:31"), sent("06:32")) == ["bot", "bot", "bot"]


def test_teams_without_a_bot_begin_in_agent():
    assert attributed("mode", contact("06:30"), received("06:31"), start_mode="agent") == ["agent", "agent"]


def test_the_mode_an_event_names_is_its_mode():
    assert attributed("mode", received("06:30", mode="agent"), resolved("06:31", mode="agent")) == [
        "agent",
        "agent",
    ]


def test_a_handoff_sets_the_chats_mode_and_counts_in_the_new_one():
    events = [
        received("06:30"),
        handoff("06:31"),
        received("06:32"),
        handoff("06:33", "bot"),
        received("06:34"),
    ]
    assert attributed("mode", *events) == ["bot", "agent", "agent", "bot", "bot"]


def test_an_assignment_sets_the_chats_mode_to_agent():
    assert attributed("mode", received("06:30"), assigned("06:31", "amina"), received("06:32")) == [
        "bot",
        "agent",
        "agent",
    ]


def test_a_message_with_an_agent_sets_the_chats_mode_to_agent():
    assert attributed("mode", received("06:30"), sent("06:31", agent="amina"), received("06:32")) == [
        "bot",
        "agent",
        "agent",
    ]


def test_a_message_without_an_agent_leaves_the_chats_mode():
    assert attributed("mode", handoff("06:30"), sent("06:31"), received("06:32")) == [
        "agent",
        "agent",
        "agent",
    ]
    assert attributed("mode", sent("06:31"), received("06:32")) == ["bot", "bot"]


@pytest.mark.parametrize(
    "setting",
    [
        assigned("06:31", "amina", mode="bot"),
        sent("06:31", agent="flow 7", mode="bot"),
    ],
)
def test_a_service_mode_on_an_assignment_or_a_message_with_an_agent_wins_over_what_it_sets(setting):
    assert attributed("mode", handoff("06:30"), setting, received("06:32")) == ["agent", "bot", "bot"]


def test_a_handoff_sets_the_mode_it_leads_to_and_a_service_mode_labels_it_alone():
    assert attributed("mode", handoff("06:31", mode="bot"), received("06:32")) == ["bot", "agent"]
    assert attributed("mode", handoff("06:31", "bot", mode="agent"), received("06:32")) == ["agent", "bot"]


def test_assignments_that_only_route_name_the_agent_and_set_no_mode():
    events = [received("06:30"), assigned("06:31", "amina"), received("06:32")]
    assert attributed("mode", *events, assignments_route=True) == ["bot", "bot", "bot"]
    assert attributed("agent", *events, assignments_route=True) == [None, "amina", "amina"]


@pytest.mark.parametrize(
    "naming",
    [assigned("06:31", "flow 7"), handoff("06:31", agent="flow 7"), sent("06:31", agent="flow 7")],
)
def test_the_id_of_a_bot_labels_its_own_events_alone(naming):
    events = [assigned("06:30", "amina"), naming, received("06:32")]
    kept = None if naming["event"] == "agent.handoff" else "amina"
    assert attributed("agent", *events, bots=("flow 7",)) == ["amina", "flow 7", kept]
    assert attributed("mode", *events, bots=("flow 7",))[1] == "bot"


@pytest.mark.parametrize("naming", [assigned("06:31", "flow 7", mode="bot"), sent("06:31", agent="flow 7", mode="bot")])
def test_so_does_one_that_says_that_it_is_a_bot(naming):
    events = [assigned("06:30", "amina"), naming, received("06:32")]
    assert attributed("agent", *events) == ["amina", "flow 7", "amina"]


def test_the_service_mode_of_a_handoff_says_nothing_about_the_agent_it_names():
    assert attributed("agent", handoff("06:30", agent="amina", mode="bot"), received("06:31")) == ["amina", "amina"]


def test_an_agent_that_settings_call_a_bot_may_say_otherwise():
    assert attributed("mode", sent("06:30", agent="flow 7", mode="agent"), bots=("flow 7",)) == ["agent"]


@pytest.mark.parametrize(
    "other",
    [
        received("06:31", mode="agent"),
        sent("06:31", mode="agent"),
        contact("06:31", mode="agent"),
        read("06:31", "?", mode="agent"),
    ],
)
def test_a_service_mode_on_another_event_labels_that_event_alone(other):
    assert attributed("mode", received("06:30"), other, received("06:32")) == ["bot", "agent", "bot"]


def test_a_status_has_the_mode_of_its_message_and_not_of_the_chat():
    events = [sent("06:30", "m"), handoff("06:31"), delivered("06:32", "m"), read("06:33", "m", mode="agent")]
    assert attributed("mode", *events) == ["bot", "agent", "bot", "agent"]


def test_a_status_of_an_unknown_message_has_the_mode_and_agent_of_the_chat_at_its_time():
    events = [
        read("06:29", "?"),
        assigned("06:30", "amina"),
        delivered("06:31", "?"),
        resolved("06:32"),
        delivered("06:33", "!"),
    ]
    assert attributed("mode", *events) == ["bot", "agent", "agent", "agent", "bot"]
    assert attributed("agent", *events) == [None, "amina", "amina", "amina", None]


def test_after_a_resolve_the_next_conversation_begins_in_bot_and_with_nobody():
    events = [assigned("06:30", "amina"), resolved("06:31"), received("06:32")]
    assert attributed("mode", *events) == ["agent", "agent", "bot"]
    assert attributed("agent", *events) == ["amina", "amina", None]


def test_after_24_hours_of_silence_the_next_conversation_begins_in_bot_and_with_nobody():
    events = [assigned("06:30", "amina"), received("2026-01-21 06:30")]
    assert attributed("mode", *events) == ["agent", "bot"]
    assert attributed("agent", *events) == ["amina", None]


def test_the_agent_an_event_names_is_its_agent_and_only_three_kinds_set_it():
    events = [
        received("06:30", agent="amina"),
        received("06:31"),
        resolved("06:32", agent="brian"),
        received("06:33"),
    ]
    assert attributed("agent", *events) == ["amina", None, "brian", None]


@pytest.mark.parametrize(
    "setting", [assigned("06:30", "amina"), handoff("06:30", agent="amina"), sent("06:30", agent="amina")]
)
def test_an_assignment_a_handoff_and_a_message_with_an_agent_set_the_chats_agent(setting):
    assert attributed("agent", setting, received("06:31"), resolved("06:32")) == ["amina"] * 3


def test_a_handoff_to_agent_that_names_nobody_clears_the_chats_agent():
    events = [assigned("06:30", "amina"), handoff("06:31"), received("06:32")]
    assert attributed("agent", *events) == ["amina", None, None]


def test_a_handoff_to_bot_clears_the_chats_agent():
    events = [assigned("06:30", "amina"), handoff("06:31", "bot"), received("06:32")]
    assert attributed("agent", *events) == ["amina", None, None]


def test_a_handoff_to_bot_counts_for_the_agent_it_names_and_still_clears_the_chats():
    events = [assigned("06:30", "amina"), handoff("06:31", "bot", agent="amina"), received("06:32")]
    assert attributed("agent", *events) == ["amina", "amina", None]


def test_an_automatic_message_is_nobodys_even_in_an_agents_chat():
    events = [assigned("06:30", "amina"), sent("06:31", "m"), read("06:32", "m"), received("06:33")]
    assert attributed("agent", *events) == ["amina", None, None, "amina"]


def test_a_status_counts_for_the_agent_of_its_message():
    events = [
        sent("06:30", "m", agent="amina"),
        assigned("06:31", "brian"),
        read("06:32", "m"),
        delivered("06:33", "m", agent="carol"),
    ]
    assert attributed("agent", *events) == ["amina", "brian", "amina", "carol"]


def test_who_is_nobody_is_kept_and_can_be_chosen():
    metrics = metrics_of(received("06:30"), sent("06:31", agent="amina"), agents=("(none)",))
    assert list(metrics["agent_performance"]) == ["(none)"]
    assert metrics["agent_performance"]["(none)"]["events"] == {"message.received": 1}


def test_an_agent_whose_id_is_the_name_of_nobody_is_nobody():
    events = [
        received("06:00", chat="a"),
        sent("06:01", chat="a", agent="(none)"),
        received("06:05", user=MARY),
        sent("06:05:30", user=MARY),
        sent("06:06", user=MARY),
    ]
    assert attributed("agent", *events) == [None] * 5
    assert attributed("mode", *events) == ["bot"] * 5
    assert facts_of(*events).agents.tolist() == []


def test_who_is_assigned_to_the_name_of_nobody_stays_with_whom_they_are():
    events = [assigned("06:30", "amina"), assigned("06:31", "(none)"), received("06:32")]
    assert attributed("agent", *events) == ["amina", "amina", "amina"]
    assert attributed("agent", *events[1:]) == [None, None]
    assert attributed("mode", *events[1:]) == ["agent", "agent"]


def test_the_country_of_the_event_comes_first():
    assert attributed("country", contact("06:30", country="UG"), received("06:31", country="TZ")) == [
        "UG",
        "TZ",
    ]


def test_then_that_of_the_latest_contact_over_all_time_and_all_chats():
    events = [
        received("06:30"),
        contact("06:31", country="UG"),
        contact("06:33", country="TZ", chat="other"),
        contact("06:34"),
        contact("06:32", country="RW"),
    ]
    assert attributed("country", *events) == ["TZ", "UG", "TZ", "TZ", "RW"]


def test_of_contacts_at_one_instant_the_event_id_decides_and_not_the_arrival():
    in_chats = {"a": "UG", "b": "TZ", "c": "RW", "d": "BI"}
    events = [contact("06:30", chat=chat, country=country) for chat, country in in_chats.items()]
    last = max(in_chats, key=lambda chat: identity("contact.created", occurrence(JOHN, chat, microseconds("06:30"))))
    for arrived in (events, events[::-1]):
        assert attributed("country", *arrived, received("06:31"))[-1] == in_chats[last]


def test_a_contact_of_another_user_says_nothing():
    assert attributed("country", contact("06:30", country="UG", user=MARY), received("06:31")) == ["UG", "KE"]


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("+254712345678", "KE"),
        ("+14165550123", "CA"),
        ("+12125550123", "US"),
        ("+77012345678", "KZ"),
        ("+79161234567", "RU"),
        ("+447781123456", "GG"),
        ("+447400123456", "GB"),
        ("+999123456", None),
        ("+80012345678", None),
    ],
)
def test_last_comes_the_region_of_the_phone_number(phone, country):
    assert attributed("country", received("06:30", user=phone)) == [country]


def test_where_nothing_tells_the_country_it_is_unknown():
    metrics = metrics_of(received("06:30", user="+999123456"), received("06:31", message_id="ke"))
    assert metrics["traffic_by_country"] == {"KE": 1, "Unknown": 1}
    only = metrics_of(received("06:30", user="+999123456"), received("06:31", message_id="ke"), countries=("Unknown",))
    assert only["traffic_by_country"] == {"Unknown": 1}


def test_a_status_has_the_country_of_its_message():
    events = [sent("06:30", "m", country="UG"), delivered("06:31", "m"), read("06:32", "m", country="TZ")]
    assert attributed("country", *events) == ["UG", "UG", "TZ"]
    assert origins("country", *events) == ["explicit", "message", "explicit"]


def test_each_value_keeps_where_it_comes_from():
    events = [
        received("06:30"),
        sent("06:31", "m", agent="amina"),
        received("06:32", mode="bot", country="UG"),
        delivered("06:33", "m"),
        sent("06:34"),
    ]
    assert origins("mode", *events) == ["start", "state", "explicit", "message", "state"]
    assert origins("agent", *events) == ["nowhere", "explicit", "state", "message", "nowhere"]
    assert origins("country", *events) == ["phone", "phone", "explicit", "phone", "phone"]
    assert origins("country", contact("06:29", country="UG"), received("06:30")) == ["explicit", "contact"]
    assert origins("country", received("06:30", user="+999123456")) == ["nowhere"]
