"""A headline says in plain words what the numbers say."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.metrics.metric import Reading
from analytics.words import headlines, wait_kinds

WAITS = {"median_seconds": 360.0, "p90_seconds": 2880.0, "answered": 50, "waiting": 7, "closed_without_reply": 0}
QUARTER = timedelta(minutes=15)
NOBODY = {"median_seconds": None, "p90_seconds": None, "answered": 0, "waiting": 0, "closed_without_reply": 0}


SEVEN = wait_kinds.PERSON, 7


def answers(share=0.82, of=50, before=None, comparison=None, wait=wait_kinds.PERSON):
    return headlines.Answers(wait, Reading(share, None, of), before and Reading(before, None, of), comparison)


def test_who_was_answered_in_target_is_told_of_the_period_and_who_waits_of_now():
    said = "82 % of customers reached an agent within 15 min (target 80 %). 7 customers are waiting now."
    assert headlines.overview(answers(), QUARTER, 0.8, SEVEN) == said
    assert headlines.overview(answers(), QUARTER, 0.8, SEVEN, "Yesterday") == f"Yesterday {said}"
    assert headlines.overview(answers(), QUARTER, 0.8, (wait_kinds.PERSON, 1)).endswith(". 1 customer is waiting now.")
    assert headlines.overview(answers(), QUARTER, 0.8, (wait_kinds.PERSON, 0)).endswith(". Nobody is waiting now.")


def test_who_waits_for_something_else_than_what_is_told_is_told_with_it():
    said = headlines.overview(answers(wait=wait_kinds.REPLY), QUARTER, 0.8, SEVEN)
    assert said.endswith("got a reply within 15 min (target 80 %). 7 customers are waiting for a person now.")


def test_few_who_were_answered_or_wait_for_too_long_are_called_few():
    said = headlines.overview(answers(of=2), QUARTER, 0.8, SEVEN)
    assert "within 15 min (target 80 %; few cases, n = 2)." in said


def test_where_nobody_waited_long_enough_it_is_said_of_the_period():
    said = "customer waited for a person long enough to count. 7 customers are waiting now."
    assert headlines.overview(answers(None, 0), QUARTER, 0.8, SEVEN) == f"No {said}"
    assert headlines.overview(answers(None, 0), QUARTER, 0.8, SEVEN, "Today") == f"Today no {said}"


@pytest.mark.parametrize(
    ("before", "comparison", "of", "said"),
    [
        (0.78, "previous", 5_000, "(target 80 %), 4 points better than the period before. 7"),
        (0.83, "week", 50_000, "(target 80 %), 1 point worse than a week before. 7"),
        (0.821, "year", 50, "(target 80 %), the same as a year before. 7"),
        (0.78, "previous", 50, "(target 80 %). 7"),  # chance explains it
        (None, "year", 50, "(target 80 %). 7"),
    ],
)
def test_the_share_in_target_is_compared_with_that_of_the_other_period(before, comparison, of, said):
    found = answers(of=of, before=before, comparison=comparison)
    assert said in headlines.overview(found, QUARTER, 0.8, SEVEN)


@pytest.mark.parametrize(
    ("counts", "wait"),
    [
        ({"answered": 1}, wait_kinds.PERSON),
        ({"waiting": 1}, wait_kinds.PERSON),
        ({"closed_without_reply": 1}, wait_kinds.REPLY),
        ({}, wait_kinds.REPLY),
    ],
)
def test_waits_for_a_person_lead_unless_they_were_only_closed(counts, wait):
    assert wait_kinds.leading_wait({"response_time": {**NOBODY, "human": NOBODY | counts}}) is wait


def test_who_waits_is_told_by_who_can_get_a_free_form_reply():
    assert headlines.waiting(1_072, 2) == (
        "**1,072 customers are still waiting.** 2 can get a free-form reply. "
        "1,070 wrote more than 24 hours ago: you can only send them a template."
    )
    assert headlines.waiting(1, 1) == "**1 customer is still waiting.** 1 can get a free-form reply."
    assert headlines.waiting(1, 0) == (
        "**1 customer is still waiting.** 1 wrote more than 24 hours ago: you can only send them a template."
    )


def test_agents_are_counted_and_those_who_missed_the_target():
    some, none = {"events": {"message.sent": 1}}, {"events": {"message.sent": 0}}
    two = {"agent_performance": {"amina": some, "ben": some, "begun before": none, "(none)": some}}
    assert headlines.agents(two, 1) == "2 agents were active. 1 missed the target."
    assert headlines.agents(two, 0) == "2 agents were active. None missed the target."
    assert headlines.agents(two, None) == "2 agents were active. None has enough replies (20) to compare."


def test_the_time_to_handoff_has_a_median_and_a_ninth_decile():
    said = headlines.time_to_handoff(np.array([10.0, 20.0, 30.0]))
    assert said == (
        "Half of the handoffs came within **20 s** of the start of the conversation, "
        "9 in 10 within **28 s** (few cases, n = 3)."
    )
    assert headlines.time_to_handoff(np.array([])) == "No conversation was passed to an agent."


def test_few_cases_are_called_few():
    said = headlines.response_times(WAITS | {"answered": 3}, wait_kinds.PERSON)
    assert said == (
        "Half of the customers reached an agent within 6 min. 1 in 10 waited more than 48 min (few cases, n = 3)."
    )


def test_assignments_are_told_with_those_that_wait():
    assert headlines.assignments(WAITS) == (
        "Agents replied to 50 assigned chats. Half of these replies came within **6 min**, 9 in 10 within **48 min**. "
        "7 are still without a reply."
    )
    assert headlines.assignments(WAITS | {"answered": 1, "waiting": 0}) == (
        "An agent replied to 1 assigned chat after **6 min**."
    )
    assert headlines.assignments(NOBODY) == "No agent has replied to a chat that was assigned to them."


def test_business_hours_are_named():
    said = headlines.response_times(WAITS, wait_kinds.PERSON, in_hours=True)
    assert said == (
        "Half of the customers reached an agent within 6 min. 1 in 10 waited more than 48 min. Only business hours "
        "count."
    )


def test_nothing_to_divide_by_is_said_in_words():
    assert headlines.response_times(NOBODY, wait_kinds.REPLY) == ("No customer who waited for a reply has got one yet.")
    nothing = {"value": None, "numerator": 0, "denominator": 0}
    assert headlines.messages({"delivery_rate": {"ledger": nothing}, "read_rate": {"ledger": nothing}}) == (
        "No message was sent."
    )
    assert headlines.agents({"agent_performance": {"(none)": {"replies": 4}}}, 0) == "No event names an agent."


def test_the_commonest_reason_is_named():
    handoffs = pd.DataFrame({"reason": ["payment", "payment", "other"], "count": [20, 11, 69]})
    outcomes = {"finished_without_agent": 0.58, "needed_agent": 42, "solved_by_bot": 58, "ongoing": 7, "afterwords": 3}
    said = headlines.bot_and_handoffs({"service_modes": {"outcomes": outcomes}}, handoffs)
    assert said == "58 % of conversations finished without an agent. “Other” caused 69 % of handoffs."
    few = {"service_modes": {"outcomes": {**outcomes, "needed_agent": 4, "solved_by_bot": 5}}}
    assert "finished without an agent (few cases, n = 9). “Other”" in headlines.bot_and_handoffs(few, handoffs)


def test_reasons_that_read_the_same_are_one():
    handoffs = pd.DataFrame({"reason": ["user_request", "fraud", "User request"], "count": [40, 50, 30]})
    outcomes = {"finished_without_agent": 0.58, "needed_agent": 120, "ongoing": 0}
    said = headlines.bot_and_handoffs({"service_modes": {"outcomes": outcomes}}, handoffs)
    assert said.endswith("“User request” caused 58 % of handoffs.")


def test_the_busiest_hour_is_the_first_of_equals():
    grid = [[0] * 24 for _ in range(7)]
    grid[0][10] = grid[3][4] = 90
    numbers = {"daily_new_contacts": {"unique": {"total": 1904}}, "peak_hours": {"by_weekday_hour": grid}}
    assert headlines.customers(numbers) == "1,904 contacts are new. The busiest hour was Monday 10:00."
    grid[0][10], grid[3][4] = 1, 0
    assert headlines.customers(numbers).endswith(". The busiest hour was Monday 10:00 (few cases, n = 1).")
    grid[0][10] = 0
    numbers["daily_new_contacts"]["unique"]["total"] = 1
    assert headlines.customers(numbers) == "1 contact is new. No customer wrote."
    numbers["daily_new_contacts"]["unique"]["total"] = 0
    assert headlines.customers(numbers) == "No contact is new. No customer wrote."


def test_one_message_is_told_as_one():
    reading = {"value": 1.0, "numerator": 1, "denominator": 1}
    said = headlines.messages({"delivery_rate": {"ledger": reading}, "read_rate": {"ledger": reading}})
    assert said == "100 % of 1 message arrived. At least 100 % was read (few cases, n = 1)."
    assert headlines.proofs({"delivered": 1, "read": 0}) == (
        "1 delivery had no receipt. A later read or reply proves it."
    )
    assert headlines.proofs({"delivered": 573, "read": 348}) == (
        "573 deliveries and 348 reads had no receipt. A later read or reply proves them."
    )
    assert headlines.proofs({"delivered": 0, "read": 0}) == "Every delivery and every read had a receipt of its own."


def test_what_was_not_delivered_is_told_of_what_was_sent_so_long_ago():
    assert headlines.not_delivered(0, 0) == "No message of this period was sent more than 24 hours ago."
    assert headlines.not_delivered(0, 9) == "Every message that was sent more than 24 hours ago was delivered."
    assert headlines.not_delivered(3, 60).startswith(
        "**3** of 60 messages sent more than 24 hours ago were not delivered: 5.0 %. The number may"
    )


def test_one_wait_has_no_tenth():
    one = WAITS | {"answered": 1, "median_seconds": 60.0, "p90_seconds": 60.0}
    assert headlines.response_times(one, wait_kinds.PERSON) == "One customer reached an agent after 1 min."
    same = WAITS | {"median_seconds": 0.0, "p90_seconds": 0.0}
    assert headlines.response_times(same, wait_kinds.PERSON) == (
        "At least 9 in 10 customers reached an agent within 0 s."
    )
