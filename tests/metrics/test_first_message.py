"""How soon after its creation a contact leads to a message: whichever comes first, in any chat of the customer."""

from hypothesis import given, settings

from analytics.facts.timeline import CREATED, RECEIVED, SENT
from analytics.metrics.first_message import TIME_TO_FIRST_MESSAGE, conclude_first_message, tally_first_message
from tests.events_of import (
    MARY,
    contact,
    delivered,
    facts_of,
    read,
    received,
    report_of,
    resolved,
    selection_of,
    sent,
)
from tests.metrics.traffic import traffic


def numbers(*events, **filters):
    selection = selection_of(*events, **filters)
    return conclude_first_message(tally_first_message(selection), selection.scope)


def readings(median, contacts, without=0):
    return {"median_seconds": median, "contacts": contacts, "without_message": without}


def test_the_first_message_counts_whoever_wrote_it():
    assert numbers(contact("06:00"), received("06:10"), sent("06:11"))["guide"] == readings(600.0, 1)
    assert numbers(contact("06:00"), sent("06:01"), received("06:10"))["guide"] == readings(60.0, 1)


def test_a_message_at_the_same_instant_is_the_first_one_before_is_not():
    assert numbers(contact("06:00"), received("06:00"))["guide"] == readings(0.0, 1)
    assert numbers(received("05:59"), contact("06:00"), sent("06:02"))["guide"] == readings(120.0, 1)


def test_what_is_no_message_is_passed_over():
    events = [contact("06:00"), resolved("06:01"), contact("06:02"), sent("06:05", "a"), delivered("06:06", "a")]
    assert numbers(*events, read("06:07", "a"))["unique"] == readings(300.0, 1)


def test_any_chat_of_the_customer_counts_and_nobody_elses():
    events = [contact("06:00"), received("06:30"), sent("06:10", chat="other"), received("06:01", user=MARY)]
    assert numbers(*events)["guide"] == readings(600.0, 1)
    early = [sent("05:00", chat="other"), sent("06:20", "again", chat="other")]
    assert numbers(contact("06:00"), received("06:30"), *early)["guide"] == readings(1_200.0, 1)


def test_each_contact_is_one_of_the_raw_count_the_first_alone_of_its_customer():
    events = [contact("06:00"), contact("06:04"), received("06:05"), contact("07:00", user=MARY)]
    found = numbers(*events)
    assert found == {"guide": readings(180.0, 2, 1), "unique": readings(300.0, 1, 1)}
    selection = selection_of(*events)
    account = TIME_TO_FIRST_MESSAGE.account
    assert account.gap(selection) == [
        "1 contact was created for a customer who had one before, and counts only in the raw event count."
    ]
    assert account.left_out(selection) == ["1 contact has no message after it yet, and is not counted in the median."]
    assert (account.raw(selection).sum(), account.ledger(selection).sum()) == (3, 2)


def test_a_contact_counts_when_it_was_created_whenever_the_message_came():
    events = [contact("2026-01-20 23:59"), received("2026-01-21 00:09")]
    assert numbers(*events, last_day="2026-01-20")["guide"] == readings(600.0, 1)
    assert numbers(*events, first_day="2026-01-21")["guide"] == readings(None, 0)


def test_a_message_after_now_has_not_come_yet():
    events = [contact("2026-01-13 09:00"), received("2026-01-13 09:30"), sent("2026-01-14 09:00")]
    events += [contact("2026-01-13 09:10", user=MARY), received("2026-01-13 11:00", user=MARY)]
    day = {"first_day": "2026-01-14", "last_day": "2026-01-14", "comparison": "previous"}
    then = report_of(*events, **day, as_of="2026-01-14 10:00")["previous"]["time_to_first_message"]
    assert then["guide"] == then["unique"] == readings(1_800.0, 1, 1)
    whole = report_of(*events, **day, as_of="2026-01-15 00:00")["previous"]["time_to_first_message"]
    assert whole["guide"] == readings(4_200.0, 2)


@settings(max_examples=30)
@given(events=traffic())
def test_it_is_what_one_finds_by_looking_through_all_messages(events):
    facts = facts_of(*events)
    kind = facts.events.cells.table["kind"].to_numpy()[facts.events.cells.code]
    of, time = facts.chat_owner[facts.events.chat], facts.events.time
    talked = [(user, at) for user, at, one in zip(of, time, kind, strict=True) if one in (SENT, RECEIVED)]
    took = [
        min((at - created for user, at in talked if user == owner and at >= created), default=None)
        for owner, created, one in zip(of, time, kind, strict=True)
        if one == CREATED
    ]
    found = tally_first_message(selection_of(*events))["guide"]
    assert sorted(found.tolist()) == sorted(-1 if one is None else one for one in took)
