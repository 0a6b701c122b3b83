"""How long customers wait: averages, shares in time, and what is left out of them."""

import pytest

from tests.metrics.events_of import handoff, metrics_of, received, resolved, sent


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
