"""Health: what the data lack or contradict."""

import pytest

from analytics.facts.attribution import Origin
from analytics.metrics import health
from analytics.metrics.occurring import list_never_seen
from tests.events_of import (
    MARY,
    assigned,
    contact,
    delivered,
    failed,
    handoff,
    read,
    received,
    selection_of,
    sent,
)

STATUSES, NOBODY, CLOCKS, COUNTRY, ELSEWHERE, CONTRADICTED = range(6)


def found(place, *events, **filters):
    finding = health.run_checks(selection_of(*events, **filters))[place]
    return finding.count, finding.of


def test_a_status_whose_message_nobody_sent_is_found():
    assert found(STATUSES, sent("06:30", "a"), delivered("06:31", "a"), read("06:32", "b")) == (1, 2)


def test_a_status_cannot_be_earlier_than_its_message_by_a_second():
    events = [sent("06:30:30", "a"), delivered("06:30:29", "a"), read("06:30:30", "a")]
    assert found(CLOCKS, *events) == (1, 2)


def test_messages_in_assisted_chats_should_name_who_wrote_them():
    events = [sent("06:20"), handoff("06:30"), sent("06:31", agent="ann"), sent("06:32"), sent("06:33", mode="bot")]
    assert found(NOBODY, *events) == (1, 2)


def test_countries_that_are_not_known_are_counted_under_a_filter():
    events = [received("06:30", user="+8811234567890"), received("2026-01-21 06:30")]
    assert found(COUNTRY, *events) == (1, 2)
    assert found(COUNTRY, *events, first_day="2026-01-21") == (0, 1)


def test_customers_who_were_written_to_in_another_chat_while_they_waited_are_counted():
    def wrote_elsewhere(at, **more):
        return found(ELSEWHERE, received("06:30"), sent(at, "elsewhere", chat="other", **more), sent("09:00"))

    assert wrote_elsewhere("06:31") == (1, 1)
    assert wrote_elsewhere("09:01") == (0, 1)  # answered before
    assert wrote_elsewhere("06:31", user=MARY) == (0, 1)
    late = sent("2026-01-21 06:30:01", chat="other")
    assert found(ELSEWHERE, received("06:30"), late) == (0, 1)
    assert found(ELSEWHERE, received("06:30"), sent("06:31", "a", chat="other"), failed("06:32", "a")) == (0, 1)


def test_failures_that_a_receipt_contradicts_are_counted():
    events = [
        sent("06:30", "a"),
        failed("06:31", "a"),
        delivered("06:32", "a"),
        sent("06:33", "b"),
        failed("06:34", "b"),
    ]
    assert found(CONTRADICTED, *events) == (1, 2)


ROUTED = [
    received("06:30"),
    assigned("06:30:10", "amina"),
    handoff("06:40", chat="b"),
    received("06:30", "b", chat="b"),
]


def test_assignments_that_seem_only_to_route_are_noticed():
    both = [*ROUTED, assigned("06:30:05", "ben", chat="b")]
    assert health.proposes_routing(selection_of(*both)) is True
    assert health.proposes_routing(selection_of(*both, rules={"assignments_route": True})) is False
    assert health.proposes_routing(selection_of(*ROUTED)) is False  # half of the chats are not most
    assert health.proposes_routing(selection_of(*ROUTED[:2])) is False  # nobody is passed on


def test_kinds_of_events_of_which_there_is_none_are_named():
    seen = [received("06:30"), sent("06:31", "a"), delivered("06:32", "a"), read("06:33", "a"), handoff("06:34")]
    assert list_never_seen(selection_of(*seen)) == [
        "contact.created",
        "chat.assigned",
        "message.failed",
        "chat.resolved",
    ]


def test_each_value_is_counted_by_where_it_comes_from():
    origins = health.count_origins(
        selection_of(contact("06:00", country="KE"), received("06:30"), sent("06:31", agent="a"))
    )
    assert origins.loc[Origin.EXPLICIT].to_dict() == {"agent": 1, "mode": 0, "country": 1}
    assert origins.loc[Origin.CONTACT, "country"] == 2
    assert origins.sum().to_dict() == {"agent": 3, "mode": 3, "country": 3}


WEEK = [received(f"2026-01-{day:02} 10:{minute:02}", f"{day} {minute}") for day in (5, 12, 19) for minute in range(30)]


@pytest.mark.parametrize(
    ("as_of", "usual"),
    [("2026-01-26 10:00", 1), ("2026-01-26 10:16", 15), ("2026-01-26 11:00", 30)],
)
def test_silence_is_measured_against_the_same_hours_of_the_weeks_before(as_of, usual):
    weeks_of_two = [*WEEK, received("2026-01-26 09:45", "newest")]
    silence = health.measure_silence(selection_of(*weeks_of_two, as_of=as_of))
    assert silence.usual == pytest.approx(usual, abs=1)
    assert silence.is_unusual == (usual > 10)


def test_the_quarter_of_an_hour_in_which_the_newest_event_came_is_not_missed():
    data = *WEEK, received("2026-01-26 10:14", "newest")
    silence = health.measure_silence(selection_of(*data, as_of="2026-01-26 11:00"))
    assert silence.usual == 15  # those from 10:15 to 10:29


def test_a_few_days_say_nothing_of_what_is_usual():
    assert health.measure_silence(selection_of(*WEEK[:30], as_of="2026-01-12 11:00")) is None
