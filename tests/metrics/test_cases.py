"""Cases: the conversations behind a number, searched, in order, and one of them in full."""

import numpy as np
import pytest

from analytics.facts.timeline import NONE
from analytics.facts.waits import ANSWERED, CUSTOMER, HUMAN, WAITING
from analytics.metrics.case import build_story, chat_id_of, find_by_key, find_of_same_customer, find_waits_in, key_of
from analytics.metrics.cases import Narrowing, build_case_rows, find_cases, sort_cases
from analytics.metrics.filters import Filter
from analytics.metrics.search import is_short, search
from analytics.metrics.selection import Selection
from tests.events_of import (
    contact,
    delivered,
    facts_of,
    frame_of,
    handoff,
    microseconds,
    read,
    received,
    resolved,
    sent,
)

ANN = "+254799000001"
EVENTS = [
    *(received("06:00", "a"), sent("06:01", "b"), delivered("06:02", "b"), read("06:03", "b"), resolved("06:10")),
    *(received("07:00", "c"), handoff("07:01", reason="payment_issue"), sent("07:31", "d", agent="amina")),
    *(received("08:00", "e", chat="order-77", user=ANN), handoff("08:05", chat="order-77", user=ANN)),
]
SECRET = bytes(32)


@pytest.fixture(scope="module")
def events():
    return frame_of(EVENTS)


@pytest.fixture(scope="module")
def selection():
    """Three conversations: solved by the bot, answered by Amina after half an hour, waiting for an hour."""
    return Selection(facts_of(*EVENTS), Filter(), microseconds("09:05"))


@pytest.mark.parametrize(
    ("narrowing", "found"),
    [
        (Narrowing(), [0, 1, 2]),
        (Narrowing("waiting"), [2]),
        (Narrowing("late"), [1]),
        (Narrowing("handed_off"), [1, 2]),
        (Narrowing("solved_by_bot"), [0]),
        (Narrowing("needed_agent"), [1, 2]),
        (Narrowing(reason="payment_issue"), [1]),
        (Narrowing("solved_by_bot", reason="payment_issue"), []),
        (Narrowing("undelivered"), []),  # nothing is settled within a day
    ],
)
def test_each_kind_holds_the_conversations_its_number_counts(selection, narrowing, found):
    assert find_cases(selection, narrowing).tolist() == found


@pytest.mark.parametrize(("order", "found"), [("longest", [2, 1, 0]), ("newest", [2, 1, 0]), ("handed_off", [2, 1, 0])])
def test_the_longest_wait_the_newest_or_the_last_handoff_comes_first(selection, order, found):
    assert sort_cases(selection, np.array([0, 1, 2]), order, HUMAN).tolist() == found


def test_a_row_says_who_waited_how_long_and_what_came_of_it(events, selection):
    found = build_case_rows(events, selection, np.array([2, 0, 1]), HUMAN)
    assert found["user"].tolist() == [ANN, *["+254712345678"] * 2]
    assert [str(at.time()) for at in found["last"]] == ["08:05:00", "06:10:00", "07:31:00"]
    assert found[["received", "sent"]].to_numpy().tolist() == [[1, 0], [1, 1], [1, 1]]
    assert found["wait"].fillna(-1).tolist() == [3900.0, -1, 1860.0]
    assert found["waiting"].tolist() == [True, False, False]
    assert found["outcome"].tolist() == ["needed_agent", "solved_by_bot", "needed_agent"]
    assert found["agents"].tolist() == [[], [], ["amina"]]
    assert found["reason"].tolist() == ["Not given", "", "payment_issue"]


@pytest.mark.parametrize(
    ("text", "agents", "found"),
    [
        ("+254 712-345 678", (), [0, 1]),
        ("0712345678", (), [0, 1]),
        ("5678", (), [0, 1]),
        ("RDER-77", (), [2]),
        ("ama", ("amina",), [1]),
        ("a", ("amina",), [1]),
        ("78", (), []),
        ("nobody", (), []),
    ],
)
def test_phones_in_any_writing_parts_of_chats_and_agents_are_found(events, selection, text, agents, found):
    assert np.flatnonzero(search(events, selection.facts, text, agents)).tolist() == found


@pytest.mark.parametrize(
    ("text", "short"), [("78", True), ("+25", True), ("678", False), ("or", True), ("ord", False), ("王芳", True)]
)
def test_a_phone_needs_three_digits_and_a_chat_three_characters(text, short):
    assert is_short(text) is short


def test_the_key_of_a_case_tells_nothing_and_leads_back_to_it(events, selection):
    keys = [key_of(events, selection.facts, number, SECRET) for number in range(3)]
    assert [find_by_key(events, selection.facts, key, SECRET) for key in keys] == [0, 1, 2]
    assert not any(part in key for key in keys for part in ("254712345678", "order-77"))
    assert find_by_key(events, selection.facts, keys[0], bytes([1] * 32)) is None
    assert find_by_key(events, selection.facts, "no key", SECRET) is None


def test_a_key_leads_back_to_a_case_that_begins_earlier_by_now(events, selection):
    key = key_of(events, selection.facts, 0, SECRET)
    more = [*EVENTS, received("05:59", "older")]
    assert find_by_key(frame_of(more), facts_of(*more), key, SECRET) == 0


def test_chats_of_two_customers_may_have_the_same_id():
    told = [received("06:00", "a", chat="first"), received("06:01", "b", chat="last")]
    told += [received("07:00", "c", chat="first", user=ANN), received("07:01", "d", chat="last", user=ANN)]
    events, facts = frame_of(told), facts_of(*told)
    assert [chat_id_of(events, facts, number) for number in range(4)] == ["first", "last", "first", "last"]


def test_a_story_tells_statuses_beside_their_message(events, selection):
    bot = build_story(events, selection, 0)
    assert bot["event"].tolist() == ["message.received", "message.sent", "chat.resolved"]
    assert [str(at.time()) for at in bot.loc[1, ["delivered", "read"]]] == ["06:02:00", "06:03:00"]
    assert bot["pause"].tolist() == [0, 60.0, 540.0]
    person = build_story(events, selection, 1)
    assert person.loc[1, ["to_mode", "handoff_reason"]].tolist() == ["agent", "payment_issue"]


WAIT = ["kind", "state", "seconds", "event"]


def test_waits_name_the_event_that_ended_them_and_some_still_run(selection):
    answered, running = find_waits_in(selection, 1), find_waits_in(selection, 2)
    assert answered[WAIT].to_numpy().tolist() == [[CUSTOMER, ANSWERED, 1860.0, 2], [HUMAN, ANSWERED, 1860.0, 2]]
    assert running[WAIT].to_numpy().tolist() == [[CUSTOMER, WAITING, 3900.0, NONE], [HUMAN, WAITING, 3900.0, NONE]]
    assert running["ended"].isna().all()


def test_a_wait_is_of_the_conversation_it_began_in_and_carried_over_into_the_one_that_ends_it():
    events = [received("06:00"), handoff("06:01"), contact("2026-01-23 06:01")]
    events += [sent("2026-01-23 06:02", agent="amina")]
    chosen = Selection(facts_of(*events), Filter())
    human = [waits.loc[waits["kind"] == HUMAN] for waits in (find_waits_in(chosen, number) for number in range(2))]
    assert [waits["carried_over"].tolist() for waits in human] == [[False], [True]]
    assert [waits["event"].tolist() for waits in human] == [[NONE], [1]]
    assert {str(waits["ended"].item()) for waits in human} == {"2026-01-23 06:02:00+00:00"}


def test_what_else_they_wrote(selection):
    assert find_of_same_customer(selection.facts, 0).tolist() == [1]
    assert find_of_same_customer(selection.facts, 2).tolist() == []
