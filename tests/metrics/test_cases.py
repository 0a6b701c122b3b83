"""Cases: the conversations behind a number, searched, in order, and one of them in full."""

import numpy as np
import pytest

from analytics.facts.timeline import NONE
from analytics.facts.waits import CUSTOMER, HUMAN
from analytics.metrics.case import build_story, find_by_key, find_waits_in, open_case
from analytics.metrics.case_list import CaseList, build_case_rows, list_cases
from analytics.metrics.cases import Narrowing, count_matching, find_cases
from analytics.metrics.search import Search, is_short, search
from analytics.metrics.tally import Page
from tests.events_of import JOHN, contact, delivered, handoff, read, received, resolved, selection_of, sent

ANN = "+254799000001"
EVENTS = [
    *(received("06:00", "a"), sent("06:01", "b"), delivered("06:02", "b"), read("06:03", "b"), resolved("06:10")),
    *(received("07:00", "c"), handoff("07:01", reason="payment_issue"), sent("07:31", "d", agent="amina")),
    *(received("08:00", "e", chat="order-77", user=ANN), handoff("08:05", chat="order-77", user=ANN)),
]
SECRET = bytes(32)


def keys_of(selection):
    """The key of each conversation, by its number."""
    everyone = np.arange(len(selection.facts.conversations))
    return build_case_rows(selection, everyone, HUMAN, SECRET)["key"].tolist()


@pytest.fixture(scope="module")
def selection():
    """Three conversations: solved by the bot, answered by Amina after half an hour, waiting for an hour."""
    return selection_of(*EVENTS, as_of="09:05")


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
    listed = list_cases(selection, Page(0, 50), CaseList(order=order, secret=SECRET))
    assert listed.count == 3
    assert listed.frame["key"].tolist() == [keys_of(selection)[number] for number in found]


def test_a_page_holds_its_rows_alone_and_says_how_many_there_are():
    many = [received(f"06:{minute:02}", chat=f"chat {minute}") for minute in range(5)]
    pages = [list_cases(selection_of(*many), Page(first, 2), CaseList(order="newest")) for first in (0, 2, 4, 6)]
    assert [page.count for page in pages] == [5] * 4
    assert [[at.minute for at in page.frame["began"]] for page in pages] == [[4, 3], [2, 1], [0], []]


def test_where_all_else_is_equal_chats_are_in_order_by_their_id_and_then_their_customers():
    told = [received("06:00", f"{user} {chat}", chat=chat, user=user) for chat in "ba" for user in (ANN, JOHN)]
    rows = list_cases(selection_of(*told), Page(0, 50), CaseList(order="newest")).frame
    assert rows["user"].tolist() == [JOHN, ANN, JOHN, ANN]


def test_a_row_says_who_waited_how_long_and_what_came_of_it(selection):
    found = build_case_rows(selection, np.array([2, 0, 1]), HUMAN, SECRET)
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
def test_phones_in_any_writing_parts_of_chats_and_agents_are_found(selection, text, agents, found):
    wanted = Search(text, agents)
    assert np.flatnonzero(search(selection.shard, wanted)).tolist() == found
    assert count_matching(selection, wanted) == len(found)
    assert list_cases(selection, Page(0, 9), CaseList(search=wanted)).count == len(found)


@pytest.mark.parametrize(
    ("text", "short"), [("78", True), ("+25", True), ("678", False), ("or", True), ("ord", False), ("王芳", True)]
)
def test_a_phone_needs_three_digits_and_a_chat_three_characters(text, short):
    assert is_short(text) is short


def test_the_key_of_a_case_tells_nothing_and_leads_back_to_it(selection):
    keys = keys_of(selection)
    assert [find_by_key(selection.shard, key, SECRET) for key in keys] == [0, 1, 2]
    assert not any(part in key for key in keys for part in ("254712345678", "order-77"))
    assert find_by_key(selection.shard, keys[0], bytes([1] * 32)) is None
    assert find_by_key(selection.shard, "no key", SECRET) is None
    assert open_case(selection, "no key", HUMAN, 20, SECRET) is None


def test_a_key_leads_back_to_a_case_that_begins_earlier_by_now(selection):
    key = keys_of(selection)[0]
    more = [*EVENTS, received("05:59", "older")]
    assert find_by_key(selection_of(*more).shard, key, SECRET) == 0


def test_chats_of_two_customers_may_have_the_same_id():
    told = [received("06:00", "a", chat="first"), received("06:01", "b", chat="last")]
    told += [received("07:00", "c", chat="first", user=ANN), received("07:01", "d", chat="last", user=ANN)]
    selection = selection_of(*told)
    opened = [open_case(selection, key, HUMAN, 20, SECRET) for key in keys_of(selection)]
    assert [case.chat_id for case in opened] == ["first", "last", "first", "last"]


def test_a_story_tells_statuses_beside_their_message(selection):
    bot = build_story(selection, 0)
    assert bot["event"].tolist() == ["message.received", "message.sent", "chat.resolved"]
    assert [str(at.time()) for at in bot.loc[1, ["delivered", "read"]]] == ["06:02:00", "06:03:00"]
    assert bot["pause"].tolist() == [0, 60.0, 540.0]
    person = build_story(selection, 1)
    assert person.loc[1, ["to_mode", "handoff_reason"]].tolist() == ["agent", "payment_issue"]


WAIT = ["kind", "state", "seconds", "event"]


def test_waits_name_the_event_that_ended_them_and_some_still_run(selection):
    answered, running = find_waits_in(selection, 1), find_waits_in(selection, 2)
    assert answered[WAIT].to_numpy().tolist() == [[CUSTOMER, "answered", 1860.0, 2], [HUMAN, "answered", 1860.0, 2]]
    assert running[WAIT].to_numpy().tolist() == [[CUSTOMER, "waiting", 3900.0, NONE], [HUMAN, "waiting", 3900.0, NONE]]
    assert running["ended"].isna().all()


def test_a_wait_is_of_the_conversation_it_began_in_and_carried_over_into_the_one_that_ends_it():
    events = [received("06:00"), handoff("06:01"), contact("2026-01-23 06:01")]
    events += [sent("2026-01-23 06:02", agent="amina")]
    chosen = selection_of(*events)
    human = [waits.loc[waits["kind"] == HUMAN] for waits in (find_waits_in(chosen, number) for number in range(2))]
    assert [waits["carried_over"].tolist() for waits in human] == [[False], [True]]
    assert [waits["event"].tolist() for waits in human] == [[NONE], [1]]
    assert {str(waits["ended"].item()) for waits in human} == {"2026-01-23 06:02:00+00:00"}


def test_what_else_they_wrote(selection):
    keys = keys_of(selection)
    of_first, of_last = (open_case(selection, keys[number], HUMAN, 20, SECRET) for number in (0, 2))
    assert of_first.others["key"].tolist() == [keys[1]]
    assert (of_first.others_count, of_last.others_count) == (1, 0)
