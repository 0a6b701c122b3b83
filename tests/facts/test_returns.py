"""What follows a closed conversation: a thanks that needs no answer, or the customer who comes back."""

from datetime import timedelta

import pytest

from tests.events_of import MARY, assigned, contact, failed, handoff, metrics_of, received, resolved, sent

CLOSED = [received("06:28"), sent("06:29"), resolved("06:30")]
THANKS = [received("06:40", "thanks"), resolved("06:41")]
LATER = "2026-02-20 06:30"


def outcomes(*events, **options):
    return metrics_of(*events, **options)["service_modes"]["outcomes"]


def stayed(*events, **options):
    found = metrics_of(*events, **options)["service_modes"]["stayed_solved"]
    return {name: count for name, count in found.items() if count and name != "value"}


def test_a_thanks_that_is_closed_again_is_an_afterword():
    found = outcomes(*CLOSED, *THANKS)
    assert (found["afterwords"], found["solved_by_bot"], found["closed_unanswered"]) == (1, 1, 0)
    assert found["finished_without_agent"] == 1


@pytest.mark.parametrize(
    "events",
    [
        [received("06:40"), received("06:41"), received("06:42"), resolved("06:43")],
        [received("06:40"), sent("06:41"), resolved("06:42")],
        [received("06:40"), handoff("06:41"), resolved("06:42")],
        [received("06:40"), assigned("06:41", "amina"), resolved("06:42")],
        [received("06:40")],
        [received("2026-01-21 06:30:01"), resolved("2026-01-21 06:31")],
    ],
    ids=["three messages", "answered", "passed on", "assigned", "not closed", "a day later"],
)
def test_what_needs_more_is_none(events):
    assert outcomes(*CLOSED, *events)["afterwords"] == 0


@pytest.mark.parametrize(
    "events",
    [
        [sent("06:35"), *THANKS],
        [received("06:40"), sent("06:41", "m"), failed("06:42", "m"), resolved("06:43")],
        [received("2026-01-21 06:30"), resolved("2026-01-21 06:31")],
        [received("06:40", chat="other"), resolved("06:41", chat="other")],
    ],
    ids=["below a survey", "our answer failed", "exactly a day later", "in another chat"],
)
def test_these_are(events):
    assert outcomes(*CLOSED, *events)["afterwords"] == 1


def test_a_resolve_that_ended_nothing_will_do():
    assert outcomes(resolved("06:30"), *THANKS)["afterwords"] == 1


def test_it_is_another_customers_resolve_that_does_not():
    closed = resolved("06:30", user=MARY)
    found = outcomes(closed, *THANKS)
    assert (found["afterwords"], found["closed_unanswered"]) == (0, 1)


@pytest.mark.parametrize(
    ("as_of", "became"), [("2026-01-27 06:29:59", {"undecided": 1}), ("2026-01-27 06:30", {"stayed": 1})]
)
def test_after_seven_days_without_the_customer_it_stayed_solved(as_of, became):
    assert stayed(*CLOSED, as_of=as_of) == became


@pytest.mark.parametrize(
    ("back", "became"),
    [("2026-01-27 06:30", {"came_back": 1}), ("2026-01-27 06:30:01", {"stayed": 1})],
)
def test_who_writes_again_within_seven_days_came_back(back, became):
    assert stayed(*CLOSED, received(back), as_of=LATER) == became


def test_who_is_back_already_is_told_before_it_is_decided():
    assert stayed(*CLOSED, received("08:00", chat="other")) == {"undecided": 1, "already_back": 1}


@pytest.mark.parametrize(
    "events",
    [
        [sent("07:00", chat="b"), received("07:01", chat="b")],
        [*THANKS],
        [contact("07:00", chat="b")],
        [received("07:00", chat="b", user=MARY)],
    ],
    ids=["we wrote first", "a thanks", "not a word", "somebody else"],
)
def test_nobody_came_back(events):
    assert stayed(*CLOSED, *events, as_of=LATER) == {"stayed": 1}


def test_the_days_are_a_setting():
    rules = {"stay": timedelta(days=1)}
    assert stayed(*CLOSED, received("2026-01-22 06:30"), as_of=LATER, rules=rules) == {"stayed": 1}


def test_it_is_of_the_agent_who_resolved():
    events = [received("06:28"), sent("06:29", agent="amina"), resolved("06:30", agent="brian")]
    assert stayed(*events, agents=("amina",)) == {}
    assert stayed(*events, agents=("brian",)) == {"undecided": 1}
