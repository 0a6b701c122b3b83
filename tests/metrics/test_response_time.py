"""How long customers wait: averages, shares in time, and what is left out of them."""

from datetime import timedelta

import pytest

from analytics.facts.waits import CUSTOMER, HUMAN
from analytics.metrics import trends
from analytics.metrics.business_hours import Schedule
from analytics.metrics.metric import Reading
from analytics.metrics.response_time import count_never_answered, share_in_target
from analytics.metrics.terms import Terms
from tests.events_of import handoff, metrics_of, received, report_of, resolved, selection_of, sent


def response_time(*events, **options):
    return metrics_of(*events, **options)["response_time"]


def chat(name, begin, reply=None, **more):
    """A chat of one question and one reply."""
    asked = received(begin, f"in {name}", chat=name)
    return [asked, sent(reply, f"out {name}", chat=name, **more)] if reply else [asked]


# 30, 60, 90 and 1000 seconds
FOUR = [
    *chat("a", "06:30", "06:30:30"),
    *chat("b", "06:30", "06:31"),
    *chat("c", "06:30", "06:31:30"),
    *chat("d", "06:30", "06:46:40"),
]


def test_median_mean_and_p90_interpolate_linearly():
    found = response_time(*FOUR)
    assert found["median_seconds"] == 75.0
    assert found["mean_seconds"] == 295.0
    assert found["p90_seconds"] == pytest.approx(90 + 0.7 * 910)  # between the third and the fourth
    assert found["answered"] == 4


def test_answered_within_counts_those_on_the_dot():
    assert response_time(*FOUR)["within_seconds"] == {"60": 0.5, "300": 0.75, "900": 0.75, "3600": 1.0}


def test_who_waits_for_less_than_the_target_is_undecided():
    found = response_time(*FOUR, *chat("e", "06:40"), as_of="06:50")  # ten minutes so far
    assert found["within_seconds"] == {"60": 2 / 5, "300": 3 / 5, "900": 3 / 4, "3600": 1.0}
    assert (found["answered"], found["waiting"]) == (4, 1)


def test_who_waits_exactly_as_long_as_the_target_is_undecided():
    found = response_time(*chat("a", "06:30"), as_of="06:31")
    assert found["within_seconds"]["60"] is None
    found = response_time(*chat("a", "06:30"), as_of="06:31:01")
    assert found["within_seconds"]["60"] == 0.0


def test_closed_waits_stand_beside_the_share_and_not_in_it():
    found = response_time(*FOUR, *chat("e", "06:30"), resolved("08:30", chat="e"))
    assert found["closed_without_reply"] == 1
    assert found["within_seconds"]["60"] == 0.5


def test_waits_for_a_human_are_shown_beside():
    found = response_time(
        received("06:30"), sent("06:30:05"), handoff("06:31"), received("06:32"), sent("06:36", agent="amina")
    )
    assert (found["median_seconds"], found["human"]["median_seconds"]) == ((5 + 240) / 2, 300.0)
    assert found["human"]["within_seconds"] == {"60": 0.0, "300": 1.0, "900": 1.0, "3600": 1.0}


def test_every_message_counts_each_message_to_the_next_of_ours():
    found = response_time(received("06:30"), received("06:31"), resolved("06:31:30"), sent("06:32"), received("06:33"))
    assert found["every_message"] == {
        "median_seconds": 90.0,
        "mean_seconds": 90.0,
        "p90_seconds": 60 + 0.9 * 60,
        "answered": 2,
    }
    assert (found["answered"], found["closed_without_reply"], found["waiting"]) == (0, 1, 1)


@pytest.mark.parametrize(("as_of", "waiting", "never"), [("2026-01-23 06:29:59", 1, 0), ("2026-01-23 06:30", 0, 1)])
def test_from_72_hours_on_who_waits_was_never_answered(as_of, waiting, never):
    found = response_time(*FOUR, *chat("e", "06:30"), as_of=as_of)
    assert (found["waiting"], found["never_answered"], found["answered"]) == (waiting, never, 4)
    assert found["within_seconds"]["3600"] == 4 / 5


def test_when_a_wait_counts_as_never_answered_is_a_setting():
    found = response_time(*chat("e", "06:30"), as_of="07:30", rules={"never_answered": timedelta(hours=1)})
    assert (found["waiting"], found["never_answered"]) == (0, 1)


NEVER = [
    *chat("no reply", "06:30"),
    *chat("thanks", "06:30", "06:31"),
    received("06:32", "thank you", chat="thanks"),
    sent("06:29", chat="campaign"),
    *chat("campaign", "06:30"),
]


def test_never_answered_is_shown_in_two():
    selection = selection_of(*NEVER, as_of="2026-01-24 06:30")
    assert count_never_answered(selection, CUSTOMER) == {"no_reply": 2, "last_word": 1}


def test_for_a_person_only_a_persons_answer_makes_it_a_last_word():
    events = [received("06:30"), sent("06:31"), handoff("06:32"), received("06:33")]
    selection = selection_of(*events, as_of="2026-01-24 06:30")
    assert count_never_answered(selection, HUMAN) == {"no_reply": 1, "last_word": 0}
    assert count_never_answered(selection, CUSTOMER) == {"no_reply": 0, "last_word": 1}


def test_last_words_can_be_left_out_of_those_judged():
    found = {
        counts: response_time(*NEVER, as_of="2026-01-24 06:30", terms=Terms(last_word_counts=counts))
        for counts in (True, False)
    }
    assert [found[counts]["within_seconds"]["60"] for counts in (True, False)] == [1 / 4, 1 / 3]
    assert found[True]["never_answered"] == found[False]["never_answered"] == 3


MORNINGS = Schedule(((8 * 60, 12 * 60),) * 5 + (None, None), "Africa/Nairobi")
"""From 5:00 to 9:00 UTC."""


def test_the_target_of_the_terms_is_told_beside_the_others():
    found = response_time(*FOUR, terms=Terms(timedelta(seconds=80)))
    assert found["within_seconds"] == {"60": 0.5, "80": 0.5, "300": 0.75, "900": 0.75, "3600": 1.0}
    of = selection_of(*FOUR, terms=Terms(timedelta(seconds=80)))
    assert share_in_target(of, CUSTOMER) == Reading(0.5, 2, 4)


def test_in_business_hours_only_open_time_counts_of_answered_and_of_open_waits():
    events = [
        *chat("over noon", "08:50", "09:20"),  # 10 minutes of it before closing
        *chat("over night", "2026-01-20 08:59", "2026-01-21 05:04"),  # 1 and 4 minutes
        *chat("at night", "20:00", "20:30"),
        *chat("open", "2026-01-21 08:40"),
    ]
    found = response_time(*events, as_of="2026-01-21 13:00", terms=Terms(timedelta(minutes=15), MORNINGS))
    assert found["median_seconds"] == 300.0
    assert found["mean_seconds"] == 300.0
    assert found["within_seconds"] == {"60": 0.25, "300": 0.5, "900": 0.75, "3600": 1.0}
    assert response_time(*events, as_of="2026-01-21 13:00")["median_seconds"] == 1_800.0


def test_business_hours_hold_for_the_compared_period_and_the_agents_too():
    events = [
        *chat("a", "2026-01-20 08:50", "2026-01-20 09:20", agent="amina", mode="agent"),
        received("2026-01-21 08:50", mode="agent"),
        sent("2026-01-21 09:20", agent="amina"),
    ]
    found = report_of(
        *events, first_day="2026-01-21", last_day="2026-01-21", comparison="previous", terms=Terms(hours=MORNINGS)
    )
    assert found["previous"]["response_time"]["median_seconds"] == 600.0
    assert found["metrics"]["agent_performance"]["amina"]["median_response_seconds"] == 600.0


def test_trends_count_open_time():
    selection = selection_of(*chat("a", "08:50", "09:20"), terms=Terms(timedelta(minutes=10), MORNINGS))
    found = trends.measure_responses(selection, CUSTOMER)
    assert (found["median"].tolist(), found["in_target"].tolist()) == ([600.0], [1.0])
