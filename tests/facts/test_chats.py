"""Which chat an event belongs to, and where a conversation begins and ends."""

from tests.events_of import (
    JOHN,
    MARY,
    assigned,
    attributed,
    chats,
    contact,
    conversations,
    delivered,
    facts_of,
    handoff,
    metrics_of,
    read,
    received,
    resolved,
    sent,
    waits,
)


def test_a_status_belongs_to_the_chat_of_its_message():
    assert chats(sent("06:30", "m", chat="a"), received("06:31", chat="b"), read("06:32", "m")) == [0, 1, 0]


def test_the_chat_of_its_message_wins_over_the_one_a_status_names():
    assert chats(sent("06:30", "m", chat="a"), received("06:31", chat="b"), read("06:32", "m", chat="b")) == [
        0,
        1,
        0,
    ]


def test_a_status_may_come_before_its_message():
    assert chats(read("06:29", "m"), sent("06:30", "m", chat="a"), sent("06:31", chat="b")) == [0, 0, 1]


def test_a_status_of_an_unknown_message_belongs_to_the_chat_it_names():
    assert chats(sent("06:30", chat="a"), sent("06:31", chat="b"), read("06:32", "?", chat="b")) == [0, 1, 1]


def test_a_status_without_message_and_chat_belongs_to_the_users_only_chat():
    assert chats(sent("06:30", chat="a"), sent("06:31", chat="a", user=MARY), read("06:32", "?")) == [0, 1, 0]


def test_where_the_user_has_several_chats_such_a_status_has_one_of_its_own():
    events = [sent("06:30", chat="a"), sent("06:31", chat="b"), read("06:32", "?"), delivered("06:32", "!")]
    assert chats(*events) == [0, 1, 2, 2]


def test_where_the_user_has_no_chat_such_a_status_has_one_of_its_own():
    assert chats(read("06:32", "?"), sent("06:30", chat="a", user=MARY)) == [0, 1]


def test_one_chat_id_used_by_two_users_is_two_chats():
    events = [received("06:30"), sent("06:31", user=MARY, agent="amina"), resolved("06:32", user=MARY)]
    assert chats(*events) == [0, 1, 1]
    assert waits("customer", *events) == [("waiting", None, "bot", None)]


def test_chats_know_their_owner():
    facts = facts_of(received("06:30"), received("06:31", user=MARY), read("06:32", "?", user=MARY))
    owners = facts.chat_owner[facts.events.chat]
    assert dict(zip(facts.events.row.tolist(), owners.tolist(), strict=True)) == {0: 1, 1: 0, 2: 0}
    assert sorted([JOHN, MARY]) == [MARY, JOHN]  # the order of the codes


def test_a_status_belongs_to_the_message_of_its_id_whichever_customer_it_names():
    events = [sent("06:30", "m", agent="amina"), read("06:31", "m", user="UG.1349AB")]
    assert chats(*events) == [0, 0]
    assert attributed("agent", *events) == ["amina", "amina"]
    assert attributed("country", *events) == ["KE", "KE"]
    assert attributed("country", sent("06:30", "m", user="+14165550123"), read("06:31", "m")) == ["CA", "CA"]
    assert metrics_of(*events)["read_rate"]["ledger"]["value"] == 1.0


def test_chats_that_statuses_alone_name_are_none():
    events = [sent("06:30", chat="a"), read("06:31", "?", chat="b"), read("06:32", "!")]
    assert chats(*events) == [0, 1, 0]


def test_a_reply_of_another_user_is_no_reply():
    assert metrics_of(sent("06:30"), received("06:31", user=MARY))["reply_rate"]["ledger"]["value"] == 0.0


def test_a_conversation_ends_with_the_resolve_inclusive():
    events = [
        received("06:30"),
        sent("06:31"),
        resolved("06:32"),
        received("06:33"),
        resolved("06:34"),
        resolved("06:35"),
    ]
    assert conversations(*events) == [0, 0, 0, 1, 1, None]


def test_a_conversation_ends_when_24_hours_pass_without_an_event():
    events = [sent("06:30"), sent("2026-01-21 06:29:59"), sent("2026-01-22 06:29:59")]
    assert conversations(*events) == [0, 0, 1]


def test_chats_have_conversations_of_their_own():
    assert conversations(received("06:30", chat="a"), received("06:31", chat="b"), sent("06:32", chat="a")) == [0, 1, 0]


def test_a_status_does_not_prolong_a_conversation():
    events = [sent("06:30", "m"), read("20:00", "m"), delivered("21:00", "?"), sent("2026-01-21 06:30")]
    assert conversations(*events) == [0, 0, 0, 1]


def test_a_status_belongs_to_the_conversation_of_its_message_however_late():
    events = [sent("06:30", "m"), resolved("06:31"), sent("06:32"), read("2026-01-25 06:30", "m")]
    assert conversations(*events) == [0, 0, 1, 0]


def test_a_status_of_an_unknown_message_begins_no_conversation():
    events = [read("06:29", "?"), sent("06:30"), resolved("06:31"), read("06:32", "!"), sent("06:33")]
    assert conversations(*events) == [None, 0, 0, None, 1]


def test_statuses_alone_are_no_conversation():
    facts = facts_of(read("06:29", "?"), delivered("06:28", "?"))
    assert len(facts.conversations) == len(facts.conversations.last) == 0
    assert facts.events.conversation.tolist() == [-1, -1]


def test_the_day_of_a_conversation_is_that_of_its_first_event():
    night = [received("23:59"), sent("2026-01-21 00:01"), resolved("2026-01-21 00:02")]
    days = {"first_day": "2026-01-20", "last_day": "2026-01-20"}
    assert metrics_of(*night, **days)["service_modes"]["outcomes"]["solved_by_bot"] == 1
    days = {"first_day": "2026-01-21", "last_day": "2026-01-21"}
    assert metrics_of(*night, **days)["service_modes"]["outcomes"]["solved_by_bot"] == 0


def test_the_country_of_a_conversation_is_that_of_its_first_event():
    events = [received("06:30", country="UG"), sent("06:31", country="TZ")]
    assert metrics_of(*events, countries=("UG",))["service_modes"]["outcomes"]["ongoing"] == 1
    assert metrics_of(*events, countries=("TZ",))["service_modes"]["outcomes"]["ongoing"] == 0


def test_the_agent_filter_keeps_a_conversation_with_any_event_of_theirs():
    events = [
        received("06:30"),
        assigned("06:31", "amina"),
        handoff("06:32", "bot", agent="brian"),
        resolved("06:33"),
    ]
    for agent, kept in (("amina", 1), ("brian", 1), ("(none)", 1), ("carol", 0)):
        assert metrics_of(*events, agents=(agent,))["service_modes"]["outcomes"]["needed_agent"] == kept


def test_the_mode_filter_keeps_conversations_by_whether_they_needed_an_agent():
    events = [
        received("06:30", chat="a"), handoff("06:31", chat="a"), resolved("06:32", chat="a"),
        received("06:30", chat="b", message_id="b"), sent("06:31", chat="b"), resolved("06:32", chat="b"),
    ]  # fmt: skip
    of_bot = metrics_of(*events, modes=("bot",))["service_modes"]["outcomes"]
    of_agent = metrics_of(*events, modes=("agent",))["service_modes"]["outcomes"]
    assert (of_bot["needed_agent"], of_bot["solved_by_bot"]) == (0, 1)
    assert (of_agent["needed_agent"], of_agent["solved_by_bot"]) == (1, 0)


def test_contacts_count_as_events_of_a_conversation():
    assert conversations(contact("06:30"), received("2026-01-21 06:29")) == [0, 0]
