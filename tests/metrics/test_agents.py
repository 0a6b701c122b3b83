"""Agent performance, column by column."""

from analytics.facts.waits import HUMAN
from analytics.metrics.agents import count_active_days, count_open_conversations
from analytics.metrics.case_list import list_longest_waits
from analytics.metrics.tally import Page
from analytics.metrics.trends import measure_replies_by_agent
from tests.events_of import MARY, assigned, delivered, handoff, metrics_of, read, received, resolved, selection_of, sent

CHAT = [
    received("06:30"),
    handoff("06:31", agent="amina"),
    sent("06:33", "a1", agent="amina"),
    delivered("06:33:10", "a1"),
    read("06:33:20", "a1"),
    received("06:34"),
    sent("06:35", "a2", agent="amina"),
    handoff("06:36", agent="brian"),
    sent("06:37", "b1", agent="brian"),
    sent("06:38", "auto"),
    handoff("06:39", "bot", agent="brian"),
    resolved("06:40", agent="brian"),
]
OTHER = [assigned("07:00", "amina", user=MARY), resolved("07:01", user=MARY)]


def agents(*events, **options):
    return metrics_of(*events, **options)["agent_performance"]


def test_agents_come_by_name_after_nobody():
    assert list(agents(*OTHER, *CHAT)) == ["(none)", "amina", "brian"]


def test_every_column_counts_by_attributed_agent():
    found = agents(*CHAT, *OTHER)
    assert found["amina"] == {
        "events": {
            "message.received": 1,
            "message.sent": 2,
            "message.delivered": 1,
            "message.read": 1,
            "chat.assigned": 1,
            "agent.handoff": 1,
            "chat.resolved": 1,
        },
        "conversations": 2,
        "messages_sent": 2,
        "replies": 2,  # three minutes and one after a message
        "median_response_seconds": 120.0,
        "p90_response_seconds": 168.0,
        "resolved": 1,
        "handoffs": 1,
        "read_rate": 0.5,
    }
    assert found["brian"] == {
        "events": {"message.sent": 1, "agent.handoff": 2, "chat.resolved": 1},
        "conversations": 1,
        "messages_sent": 1,
        "replies": 1,
        "median_response_seconds": 60.0,
        "p90_response_seconds": 60.0,
        "resolved": 1,
        "handoffs": 1,  # the one back to the bot is none
        "read_rate": 0.0,
    }
    assert found["(none)"]["events"] == {"message.received": 1, "message.sent": 1}
    assert found["(none)"]["replies"] == 0


def test_nothing_is_lost_where_an_agents_id_is_the_name_of_nobody():
    events = [
        received("06:00", chat="a"),
        sent("06:01", chat="a", agent="(none)"),
        received("06:00", "in", user=MARY),
        sent("06:05", user=MARY),
        sent("06:06", user=MARY),
    ]
    found = agents(*events)
    assert list(found) == ["(none)"]
    assert found["(none)"]["events"] == {"message.received": 2, "message.sent": 3}
    assert (found["(none)"]["conversations"], found["(none)"]["messages_sent"]) == (2, 3)
    assert agents(*events, agents=("(none)",)) == found
    assert count_open_conversations(selection_of(*events)) == {"(none)": 2}
    assert count_active_days(selection_of(*events, sent("2026-01-21 06:00", user=MARY, agent="(none)"))) == {
        "(none)": 2
    }


def test_a_reply_may_be_nobodys():
    found = agents(handoff("06:30"), sent("06:31", mode="agent"))
    assert (found["(none)"]["replies"], found["(none)"]["median_response_seconds"]) == (1, 60.0)


def test_the_read_rate_is_per_message_and_a_reply_proves_a_read():
    found = agents(sent("06:30", agent="amina"), received("06:31"))
    assert found["amina"]["read_rate"] == 1.0


def test_a_filter_by_agent_shows_only_that_agent():
    found = agents(*CHAT, *OTHER, agents=("brian",))
    assert list(found) == ["brian"]
    assert found["brian"] == agents(*CHAT, *OTHER)["brian"]


def test_an_agent_whose_conversation_began_in_the_period_is_listed():
    events = [received("23:59"), sent("2026-01-21 00:01", agent="amina")]
    found = agents(*events, last_day="2026-01-20")
    assert (found["amina"]["conversations"], found["amina"]["events"]) == (1, {})
    assert (found["amina"]["messages_sent"], found["amina"]["read_rate"]) == (0, None)


def test_conversations_open_now_are_those_neither_resolved_nor_silent():
    events = [
        assigned("2026-01-18 06:30", "amina", chat="silent"),
        assigned("06:30", "amina", chat="open"),
        received("06:31", chat="open"),
        assigned("06:32", "amina", chat="closed"),
        resolved("06:33", chat="closed"),
        sent("06:34", chat="automatic"),
    ]
    assert count_open_conversations(selection_of(*events)) == {"amina": 1, "(none)": 1}
    assert count_open_conversations(selection_of(*events, agents=("amina",))) == {"amina": 1}
    assert count_open_conversations(selection_of(*events, as_of="2026-01-21 06:34")) == {"amina": 1}
    assert count_open_conversations(selection_of(*events, as_of="2026-01-23 06:31")) == {}


def test_days_with_an_event_of_an_agent_are_those_of_the_chosen_time_zone():
    events = [
        sent("06:00", agent="amina"),
        sent("23:30", agent="amina"),
        *(sent("06:00", agent="brian"), sent("07:00", agent="brian")),
    ]
    assert count_active_days(selection_of(*events)) == {"amina": 1, "brian": 1}
    assert count_active_days(selection_of(*events, timezone="Africa/Nairobi")) == {"amina": 2, "brian": 1}
    assert count_active_days(selection_of(*events, agents=("brian",))) == {"brian": 1}


def test_replies_by_day_and_agent_have_a_number_and_a_median():
    counts, medians = measure_replies_by_agent(selection_of(*CHAT, *OTHER), HUMAN)
    assert counts.to_dict("list") == {"amina": [2], "brian": [1]}
    assert medians.to_dict("list") == {"amina": [120.0], "brian": [60.0]}
    nobody, _ = measure_replies_by_agent(selection_of(sent("06:00")), HUMAN)
    assert nobody.shape == (1, 0)


def test_the_longest_waits_that_pass_lead_to_their_conversations():
    other = [
        handoff("06:00", chat="other", user=MARY),
        sent("06:20", agent="brian", chat="other", user=MARY),
        handoff("06:50", chat="third", user=MARY, agent="amina"),
    ]
    found = list_longest_waits(selection_of(*other, *CHAT, as_of="07:00"), Page(0, 2), HUMAN, b"").frame
    assert found["wait"].tolist() == [1200.0, 600.0]
    assert found["waiting"].tolist() == [False, True]
    brian = selection_of(*other, *CHAT, as_of="07:00", agents=("brian",))
    theirs = list_longest_waits(brian, Page(0, 10), HUMAN, b"").frame
    assert theirs["key"][0] == found["key"][0]
    assert theirs["wait"].tolist() == [1200.0, 60.0]
