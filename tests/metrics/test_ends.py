"""What became of messages: delivered, failed or pending, which add up to sent under every filter."""

import pytest
from hypothesis import given, settings

from analytics.facts.facts import build_facts
from analytics.metrics import ends, trends
from analytics.metrics.selection import Selection
from tests.events_of import delivered, failed, frame_of, read, received, selection_of, sent
from tests.metrics.traffic import filters, traffic

TRAFFIC = [
    sent("06:30", "arrived", template="welcome"), delivered("06:31", "arrived"),
    sent("06:32", "read", template="welcome"), read("06:33", "read"),
    sent("06:34", "wrong number", template="promo"), failed("06:35", "wrong number", 131026),
    sent("06:36", "capped", template="promo"), failed("06:37", "capped", 131049),
    sent("06:38", "capped too", template="promo", user="+14165550123"),
    failed("06:39", "capped too", "131049", user="+14165550123"),
    sent("06:40", "no reason", template="promo"), failed("06:41", "no reason"),
    sent("06:42", "on its way", template="welcome"),
]  # fmt: skip


def test_each_message_is_delivered_failed_or_pending():
    found = ends.measure_ends(selection_of(*TRAFFIC))
    assert found == {"sent": 7, "delivered": 2, "failed": 4, "pending": 1}


@pytest.mark.parametrize("proof", [delivered, read])
@pytest.mark.parametrize("at", ["06:30:30", "06:40"])
def test_a_delivery_or_a_read_before_or_after_it_outweighs_a_failure(proof, at):
    found = ends.measure_ends(selection_of(sent("06:30", "m"), failed("06:35", "m", 131026), proof(at, "m")))
    assert (found["delivered"], found["failed"]) == (1, 0)


def test_a_reply_proves_nothing_of_a_message_that_failed():
    found = ends.measure_ends(selection_of(sent("06:30", "m"), failed("06:31", "m", 131026), received("06:35")))
    assert (found["delivered"], found["failed"], found["pending"]) == (0, 1, 0)


def test_failures_are_counted_by_code_and_one_without_a_code_is_unknown():
    assert ends.count_failures(selection_of(*TRAFFIC)).to_dict() == {"131049": 2, "131026": 1, "unknown": 1}


def test_ends_by_template_and_by_country_have_their_commonest_failure():
    selection = selection_of(*TRAFFIC)
    found = ends.ends_by(selection, "template")
    assert found.index.tolist() == ["promo", "welcome"]
    assert found.to_numpy().tolist() == [[4, 0, 4, 0], [3, 2, 0, 1]]
    assert ends.failures_by(selection, "template").to_dict() == {"promo": "131049"}
    assert ends.ends_by(selection, "country")["failed"].to_dict() == {"KE": 3, "CA": 1}


def test_what_was_not_delivered_stands_on_the_day_when_it_was_sent():
    events = [sent("2026-01-20 23:59", "m"), failed("2026-01-21 00:01", "m", 131026), sent("2026-01-21 06:00", "n")]
    found = trends.measure_not_delivered(selection_of(*events), "day")
    assert found.to_numpy().tolist() == [[1, 0], [0, 1]]


@settings(max_examples=30)
@given(events=traffic(), chosen=filters)
def test_the_three_ends_add_up_to_sent_under_every_filter(events, chosen):
    frame = frame_of(events)
    selection = Selection(build_facts(frame), chosen, frame=frame)
    found = ends.measure_ends(selection)
    assert found["delivered"] + found["failed"] + found["pending"] == found["sent"] == int(selection.messages.sum())
    assert min(found.values()) >= 0
    assert found["failed"] == int(ends.count_failures(selection).sum())
    for part in ("template", "country"):
        assert ends.ends_by(selection, part).sum().to_dict() == found
