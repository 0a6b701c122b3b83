"""How a number came about: each sentence's number is counted by hand, and so are the events behind it."""

import pytest

from analytics.facts.waits import HUMAN
from analytics.metrics.account import explain_left_out_of_all
from analytics.metrics.agents import AGENT_PERFORMANCE
from analytics.metrics.contacts import DAILY_NEW_CONTACTS
from analytics.metrics.modes import SERVICE_MODES
from analytics.metrics.rates import DELIVERY_RATE, MESSAGE_FUNNEL, READ_RATE, REPLY_RATE
from analytics.metrics.report import METRICS
from analytics.metrics.response_time import RESPONSE_TIME, explain_left_out
from analytics.metrics.traffic import PEAK_HOURS, TRAFFIC_BY_COUNTRY
from tests.events_of import (
    DAY,
    MARY,
    assigned,
    contact,
    delivered,
    handoff,
    read,
    received,
    resolved,
    selection_of,
    sent,
)


def behind(selection, mask):
    """The places of events in the order of arrival, from 0."""
    return sorted(selection.facts.events.row[mask].tolist())


def starts(sentences):
    """The number and the first words of each sentence."""
    return [" ".join(sentence.split()[:4]) for sentence in sentences]


MESSAGES = (
    sent("06:00", "a"),  # 0
    delivered("06:01", "a"),
    read("06:02", "a"),
    sent("06:10", "b"),  # 3: answered, so read and delivered without a status
    received("06:11", "c"),
    received("06:12", "d"),  # 5: follows another
    read("06:13", "lost"),  # 6: of no message
    sent("07:00", "e"),  # 7: read the day after
    read("2026-01-21 08:00", "e"),  # 8
    sent("2026-01-21 08:30", "f"),  # 9
    delivered("2026-01-21 08:31", "f"),
)
ON_THE_DAY = {"first_day": DAY, "last_day": DAY}


def test_reads_without_a_message_of_other_days_and_proved_ones_make_the_gap():
    selection = selection_of(*MESSAGES, **ON_THE_DAY)
    raw, per_message = (READ_RATE.compute(selection)[reading]["numerator"] for reading in ("guide", "ledger"))
    assert (raw, per_message) == (2, 3)  # of a and of what is lost; a, b by proof and e
    assert starts(READ_RATE.account.gap(selection)) == [
        "1 read has no",
        "1 message was read",
        "1 read had no",
    ]
    later = selection_of(*MESSAGES, first_day="2026-01-21", last_day="2026-01-21")
    assert starts(READ_RATE.account.gap(later)) == ["1 read is of"]


def test_deliveries_are_told_likewise():
    selection = selection_of(*MESSAGES, **ON_THE_DAY)
    assert starts(DELIVERY_RATE.account.gap(selection)) == ["2 deliveries had no"]  # b and e


def test_of_what_customers_wrote_only_the_first_answer_in_time_counts_per_message():
    selection = selection_of(*MESSAGES)
    assert starts(REPLY_RATE.account.gap(selection)) == ["1 received message answers"]
    assert len(MESSAGE_FUNNEL.account.gap(selection)) == 4


def test_the_young_are_still_counting():
    assert starts(READ_RATE.account.left_out(selection_of(*MESSAGES))) == ["4 messages were sent"]
    assert READ_RATE.account.left_out(selection_of(*MESSAGES, as_of="2026-02-01 00:00")) == []


def test_the_events_behind_a_rate_are_what_passes_and_what_its_messages_became():
    selection = selection_of(*MESSAGES, **ON_THE_DAY)
    assert behind(selection, READ_RATE.account.raw(selection)) == [0, 2, 3, 6, 7]
    assert behind(selection, READ_RATE.account.ledger(selection)) == [0, 2, 3, 4, 7, 8]


WAITS = (
    received("06:00", "a"),
    received("06:01", "b"),  # follows
    sent("06:05", "c"),
    received("06:10", "d"),
    resolved("06:20"),  # closes it
    sent("06:30", "e"),
    handoff("07:00", chat="other", user=MARY),
    received("07:05", "f", chat="other", user=MARY),  # still waits at the end
    received("07:30", "g", chat="third", user=MARY),  # for five minutes
)


def test_messages_in_a_row_and_closed_waits_make_the_gap_of_response_times():
    selection = selection_of(*WAITS, as_of="07:35")
    result = RESPONSE_TIME.compute(selection)
    assert (RESPONSE_TIME.guide(result).denominator, RESPONSE_TIME.ledger(result).denominator) == (3, 1)
    assert starts(RESPONSE_TIME.account.gap(selection)) == ["1 message came while", "1 wait ended without"]
    assert starts(RESPONSE_TIME.account.left_out(selection)) == [
        "1 customer has been",
        "1 customer has been",
        "1 wait was closed",
    ]
    assert starts(explain_left_out(selection, HUMAN)) == ["1 customer has been"]
    assert behind(selection, RESPONSE_TIME.account.ledger(selection)) == [0, 3, 7, 8]


def test_contacts_made_twice_are_told():
    selection = selection_of(contact("06:00"), contact("07:00"), contact("08:00", user=MARY))
    assert starts(DAILY_NEW_CONTACTS.account.gap(selection)) == ["1 contact was created"]
    assert behind(selection, DAILY_NEW_CONTACTS.account.ledger(selection)) == [0, 2]


def test_traffic_counts_the_same_in_both_readings():
    selection = selection_of(received("06:00"), received("06:10", user="+88312345678", chat="x"))
    assert TRAFFIC_BY_COUNTRY.account.gap(selection) == []
    assert starts(PEAK_HOURS.account.gap(selection)) == ["Both count the same"]
    assert starts(TRAFFIC_BY_COUNTRY.account.left_out(selection)) == ["1 message is from"]


def test_agents_who_answered_nobody_are_told():
    selection = selection_of(
        received("06:00"), handoff("06:01", agent="ann"), sent("06:02", agent="ann"), assigned("06:03", "bob")
    )
    assert starts(AGENT_PERFORMANCE.account.gap(selection)) == ["1 agent has events,"]
    assert starts(AGENT_PERFORMANCE.account.left_out(selection)) == ["1 event counts for"]
    assert behind(selection, AGENT_PERFORMANCE.account.ledger(selection)) == [0]


def test_ongoing_and_silent_conversations_are_told():
    selection = selection_of(
        received("06:00"), resolved("06:10"), sent("07:00", "b", chat="other"), received("08:00", "c", chat="third")
    )
    assert SERVICE_MODES.account.gap(selection) == [
        "The raw event count says who handled each of 4 events. Per message says how 1 conversation ended."
    ]
    assert starts(SERVICE_MODES.account.left_out(selection)) == [
        "1 conversation is ongoing,",
        "1 conversation has no",
    ]
    assert behind(selection, SERVICE_MODES.account.ledger(selection)) == [0, 1]


def test_test_events_and_what_the_filters_leave_out_are_told_of_every_number():
    selection = selection_of(
        received("06:00"), received("06:30", "t", test=True), received("2026-01-21 06:00"), **ON_THE_DAY
    )
    assert starts(explain_left_out_of_all(selection)) == ["1 event is no", "1 event is outside"]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_of_nothing_nothing_is_told(metric):
    selection = selection_of(received("06:00"), countries=("DE",))
    account = metric.account
    assert not account.raw(selection).any()
    assert not account.ledger(selection).any()
    assert [sentence for sentence in account.gap(selection) if sentence[0].isdigit()] == []
