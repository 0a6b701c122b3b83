"""A headline says in plain words what the numbers say."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.ui import headlines, waits

WAITS = {"median_seconds": 360.0, "p90_seconds": 2880.0, "answered": 50, "waiting": 7, "closed_without_reply": 0}
QUARTER = timedelta(minutes=15)
NOBODY = {"median_seconds": None, "p90_seconds": None, "answered": 0, "waiting": 0, "closed_without_reply": 0}


def response_time(human=NOBODY, anyone=NOBODY, within=0.82):
    shares = {"within_seconds": {"900": within}}
    return {"response_time": {**anyone, **shares, "human": {**human, **shares}}}


def test_people_lead_where_anybody_waited_for_one():
    said = headlines.overview(response_time(human=WAITS), QUARTER, 0.8)
    assert said == "82 % of customers got a person within 15 min (target 80 %); 7 are still waiting."
    assert headlines.overview(response_time(anyone=WAITS), QUARTER, 0.8).startswith("82 % of customers got a reply")


@pytest.mark.parametrize(
    ("before", "comparison", "said"),
    [
        (0.78, "previous", "(target 80 %), 4 points better than the period before; 7"),
        (0.83, "week", "(target 80 %), 1 point worse than a week before; 7"),
        (0.821, "year", "(target 80 %), as a year before; 7"),
        (None, "year", "(target 80 %); 7"),
    ],
)
def test_the_share_in_target_is_compared_with_that_of_the_other_period(before, comparison, said):
    now, then = response_time(human=WAITS), response_time(human=WAITS, within=before)
    assert said in headlines.overview(now, QUARTER, 0.8, then, comparison)


@pytest.mark.parametrize(
    ("counts", "wait"),
    [
        ({"answered": 1}, waits.PERSON),
        ({"waiting": 1}, waits.PERSON),
        ({"closed_without_reply": 1}, waits.REPLY),
        ({}, waits.REPLY),
    ],
)
def test_waits_for_a_person_lead_unless_they_were_only_closed(counts, wait):
    assert waits.leading(response_time(human=NOBODY | counts)) is wait


def test_who_waits_is_told_by_who_may_be_answered_freely():
    assert headlines.waiting(1_072, 2).startswith(
        "**1,072 are still waiting:** 2 can be answered freely; for 1,070 WhatsApp asks for a template message"
    )
    assert headlines.waiting(1, 1).startswith("**1 is still waiting:** 1 can be answered freely; for 0")


def test_agents_are_counted_and_those_slower_than_the_target():
    some, none = {"events": {"message.sent": 1}}, {"events": {"message.sent": 0}}
    two = {"agent_performance": {"amina": some, "ben": some, "begun before": none, "(none)": some}}
    assert headlines.agents(two, 1) == "2 active; 1 slower than target."
    assert headlines.agents(two, 0) == "2 active; none slower than target."
    assert headlines.agents(two, None).startswith("2 active; none has the 20 replies it takes")


def test_the_time_to_handoff_has_a_median_and_a_ninth_decile():
    said = headlines.time_to_handoff(np.array([10.0, 20.0, 30.0]))
    assert (
        said == "Half of them within **20 s** of the conversation’s start, 9 in 10 within **28 s** (few cases, n = 3)."
    )
    assert headlines.time_to_handoff(np.array([])) == "No conversation was passed to an agent."


def test_few_cases_are_called_few():
    said = headlines.response_times(WAITS | {"answered": 3}, waits.PERSON)
    assert said == "Half got a person within 6 min; 1 in 10 waited over 48 min (few cases, n = 3)."


def test_assignments_are_told_with_those_that_wait():
    assert headlines.assignments(WAITS) == (
        "50 assignments replied to: half within **6 min**, 9 in 10 within **48 min**. 7 still to be replied to."
    )
    assert headlines.assignments(NOBODY) == "No agent replied to a chat that was assigned to them."


def test_business_hours_are_named():
    said = headlines.response_times(WAITS, waits.PERSON, in_hours=True)
    assert said == "Half got a person within 6 min; 1 in 10 waited over 48 min, business hours alone."


def test_nothing_to_divide_by_is_said_in_words():
    assert headlines.response_times(NOBODY, waits.REPLY) == "Nobody who waited for a reply got one yet."
    nothing = {"value": None, "numerator": 0, "denominator": 0}
    assert headlines.messages({"delivery_rate": {"ledger": nothing}, "read_rate": {"ledger": nothing}}) == (
        "No message was sent."
    )
    assert headlines.agents({"agent_performance": {"(none)": {"replies": 4}}}, 0) == "No event names an agent."


def test_the_commonest_reason_is_named():
    handoffs = pd.DataFrame({"reason": ["payment", "payment", "other"], "count": [20, 11, 69]})
    numbers = {"service_modes": {"outcomes": {"finished_without_agent": 0.58}}}
    said = headlines.bot_and_handoffs(numbers, handoffs)
    assert said == "58 % of conversations finished without an agent; “Other” causes 69 % of handoffs."


def test_the_busiest_hour_is_the_first_of_equals():
    grid = [[0] * 24 for _ in range(7)]
    grid[0][10] = grid[3][4] = 9
    numbers = {"daily_new_contacts": {"unique": {"total": 1904}}, "peak_hours": {"by_weekday_hour": grid}}
    assert headlines.customers(numbers) == "1,904 new contacts; busiest Monday 10:00."
