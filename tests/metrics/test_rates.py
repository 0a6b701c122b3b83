"""Read, delivery and reply rate, and the funnel: over event counts, and per message."""

from datetime import timedelta

import pytest

from analytics.facts.timeline import NONE
from analytics.metrics.rates import count_proved
from tests.events_of import MARY, delivered, facts_of, failed, metrics_of, read, received, resolved, selection_of, sent


def rates(*events, **options):
    """The raw and the per-message value of the delivery, the read and the reply rate."""
    metrics = metrics_of(*events, **options)
    return {
        reading: [metrics[rate][reading]["value"] for rate in ("delivery_rate", "read_rate", "reply_rate")]
        for reading in ("guide", "ledger")
    }


def funnels(*events, **options):
    found = metrics_of(*events, **options)["message_funnel"]
    return [list(found[reading].values()) for reading in ("guide", "ledger")]


def test_raw_rates_divide_event_counts():
    events = [
        sent("06:30", "a"),
        sent("06:31", "b"),
        delivered("06:32", "a"),
        read("06:33", "?"),
        read("06:33", "!"),
    ]
    assert rates(*events)["guide"] == [0.5, 1.0, 0.0]


def test_raw_rates_may_pass_all():
    assert rates(received("06:30"), received("06:31"), sent("06:32"))["guide"] == [0.0, 0.0, 2.0]


def test_per_message_statuses_are_joined_by_message_id():
    events = [
        sent("06:30", "a"),
        sent("06:31", "b"),
        delivered("06:32", "a"),
        read("06:33", "?"),
        delivered("06:34", "!"),
    ]
    assert rates(*events)["ledger"] == [0.5, 0.0, 0.0]


def test_a_read_proves_a_delivery_and_a_reply_proves_both():
    events = [
        sent("06:30", "a"), delivered("06:31", "a"),
        sent("06:32", "b"), read("06:33", "b"),
        sent("06:34", "c"), received("06:35"),
        sent("06:36", "d"),
    ]  # fmt: skip
    assert funnels(*events) == [[4, 1, 1, 1], [4, 3, 2, 1]]
    assert rates(*events)["ledger"] == [0.75, 0.5, 0.25]
    assert count_proved(selection_of(*events).message_counts) == {"delivered": 2, "read": 1}


def test_each_inbound_is_credited_to_the_latest_message_before_it():
    events = [
        received("06:29"),
        sent("06:30"),
        sent("06:31"),
        received("06:32"),
        received("06:33"),
        sent("06:34"),
    ]
    assert funnels(*events)[1] == [3, 1, 1, 1]


def test_a_reply_is_credited_whatever_lies_between():
    assert rates(sent("06:30"), resolved("06:31"), received("06:32"))["ledger"][2] == 1.0


def test_a_reply_is_credited_to_the_latest_message_whatever_chat_either_is_in():
    assert rates(sent("06:30"), received("06:31", chat="other"))["ledger"][2] == 1.0
    assert rates(sent("06:30"), sent("06:31", chat="b"), received("06:32"), received("06:33"))["ledger"][2] == 0.5
    assert rates(sent("06:30"), received("06:31", chat="other", user=MARY))["ledger"][2] == 0.0


@pytest.mark.parametrize(
    ("ours", "theirs", "replied"),
    [
        (("n1", "n2"), "n1", [True, False]),
        (("n1", "n2"), None, [False, True]),
        ((None, "n2"), "n1", [True, False]),
        (("n1", None), "n1", [False, True]),
        (("n2", "n2"), "n1", [False, False]),
    ],
)
def test_messages_of_another_number_of_ours_are_passed_over_and_a_missing_one_fits_any(ours, theirs, replied):
    events = [sent(f"06:3{place}", phoneNumberId=number) for place, number in enumerate(ours)]
    facts = facts_of(*events, received("06:40", phoneNumberId=theirs))
    assert (facts.messages.reply != NONE).tolist() == replied


def test_a_message_that_failed_is_passed_over_when_replies_are_credited():
    events = [sent("06:30", "a"), sent("06:31", "b"), failed("06:32", "b", "131026"), received("06:33")]
    metrics = metrics_of(*events)
    assert metrics["message_funnel"]["ledger"] == {"sent": 2, "delivered": 1, "read": 1, "replied": 1}
    assert metrics["delivery_rate"]["undelivered"] == {"failed": 1, "pending": 0, "by_code": {"131026": 1}}


def test_what_is_sent_was_delivered_failed_or_is_pending():
    events = [
        sent("06:30", "a"), failed("06:31", "a", "131026"), sent("06:30", "b"), failed("06:31", "b"),
        sent("06:30", "c"), failed("06:31", "c"), delivered("06:30:30", "c"), sent("06:30", "d"),
        sent("06:30", "e"), failed("06:32", "e", "131026"),
    ]  # fmt: skip
    found = metrics_of(*events)["delivery_rate"]
    assert found["ledger"] == {"numerator": 1, "denominator": 5, "value": 0.2}
    assert found["undelivered"] == {"failed": 3, "pending": 1, "by_code": {"131026": 2, "unknown": 1}}


@pytest.mark.parametrize(("reply", "share"), [("2026-01-21 06:30:00", 1.0), ("2026-01-21 06:30:01", 0.0)])
def test_a_reply_comes_within_24_hours(reply, share):
    assert rates(sent("06:30"), received(reply))["ledger"][2] == share


@pytest.mark.parametrize(("window", "share"), [(60, 1.0), (59, 0.0)])
def test_the_reply_window_is_a_setting(window, share):
    rules = {"reply_window": timedelta(seconds=window)}
    assert rates(sent("06:30"), received("06:31"), rules=rules)["ledger"][2] == share


def test_a_message_counts_on_the_day_it_was_sent():
    events = [sent("23:59", "m"), read("2026-01-21 00:01", "m")]
    assert rates(*events, last_day="2026-01-20") == {"guide": [0.0, 0.0, 0.0], "ledger": [1.0, 1.0, 0.0]}
    assert rates(*events, first_day="2026-01-21") == {"guide": [None] * 3, "ledger": [None] * 3}


def test_a_message_counts_for_its_own_agent_mode_and_country():
    events = [
        sent("06:30", "m", agent="amina", country="UG"),
        read("06:31", "m", agent="brian", mode="bot", country="TZ"),
    ]
    for filters in ({"agents": ("amina",)}, {"modes": ("agent",)}, {"countries": ("UG",)}):
        assert funnels(*events, **filters) == [[1, 0, 0, 0], [1, 1, 1, 0]]


def test_without_messages_there_is_nothing_to_divide_by():
    assert rates(received("06:30")) == {"guide": [None] * 3, "ledger": [None] * 3}
