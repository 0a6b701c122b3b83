"""Breakdowns and trends: the same numbers by one thing or another, and over time."""

import math
from datetime import timedelta

from analytics.facts.timeline import RECEIVED
from analytics.facts.waits import CUSTOMER, HUMAN
from analytics.metrics import breakdowns, intervals, trends
from analytics.metrics.business_hours import Schedule
from analytics.metrics.comparison import selection_to_compare
from analytics.metrics.response_time import median
from analytics.metrics.terms import Terms
from tests.events_of import (
    MARY,
    contact,
    delivered,
    handoff,
    received,
    resolved,
    selection_of,
    sent,
)

TWO_DAYS = [
    contact("2026-01-20 06:00", source="organic"),
    received("2026-01-20 06:30", country="KE"),
    sent("2026-01-20 06:31", "a", template="welcome"),
    delivered("2026-01-20 06:32", "a"),
    received("2026-01-22 06:30", "late", country="UG"),
    sent("2026-01-22 06:40", "b", content="image"),
    received("2026-01-22 06:41", "mary", user=MARY, country="UG"),
]
FIVE_MINUTES = Terms(timedelta(minutes=5))
PERIOD = {"first_day": "2026-01-20", "last_day": "2026-01-22"}
DAYS = ["2026-01-20", "2026-01-21", "2026-01-22"]


def by_day(frame):
    assert [str(day) for day in frame.index] == DAYS
    return frame.to_dict("list")


def test_messages_are_counted_on_every_day_of_the_period():
    assert by_day(trends.count_messages(selection_of(*TWO_DAYS, **PERIOD))) == {
        "received": [1, 0, 2],
        "sent": [1, 0, 1],
    }


def test_an_open_period_is_that_of_the_data():
    assert by_day(trends.count_contacts(selection_of(*TWO_DAYS))) == {
        "new_contacts": [1, 0, 0],
        "first_time_writers": [1, 0, 1],
    }


def test_conversations_are_opened_by_their_first_event_and_closed_by_being_resolved():
    found = by_day(trends.count_opened_and_closed(selection_of(*TWO_DAYS, resolved("2026-01-22 07:00"), **PERIOD)))
    assert found == {"opened": [1, 0, 2], "closed": [0, 0, 1]}


def test_conversations_are_counted_on_the_day_they_began():
    found = by_day(trends.count_conversations(selection_of(*TWO_DAYS, **PERIOD)))
    assert {name: days for name, days in found.items() if any(days)} == {
        "ended_quietly": [1, 0, 0],
        "ongoing": [0, 0, 2],
    }


def test_response_times_are_missing_on_days_without_any():
    found = trends.measure_responses(selection_of(*TWO_DAYS, terms=FIVE_MINUTES, **PERIOD), CUSTOMER)
    assert found["median"].fillna(-1).tolist() == [60.0, -1, 600.0]
    assert found["in_target"].fillna(-1).tolist() == [1.0, -1, 0.0]


def test_a_day_of_waits_that_are_already_too_long_is_a_bad_one():
    selection = selection_of(received("06:30"), as_of="06:36", terms=FIVE_MINUTES)
    found = trends.measure_responses(selection, CUSTOMER)
    assert found["in_target"].tolist() == [0.0]
    assert math.isnan(found["median"].iloc[0])


def test_rates_of_a_day_are_those_of_the_messages_sent_then():
    found = trends.measure_rates(selection_of(*TWO_DAYS, **PERIOD))
    assert found["delivered"].fillna(-1).tolist() == [1.0, -1, 0.0]


def test_waits_are_sorted_by_how_long_they_took():
    events = [
        *(received("06:00", f"in {chat}", chat=chat) for chat in "abcd"),
        sent("06:01", "a", chat="a"),
        sent("06:01:01", "b", chat="b"),
        resolved("06:02", chat="c"),
    ]
    found = breakdowns.count_waits_by_duration(selection_of(*events), CUSTOMER)
    assert {name: count for name, count in found.items() if count} == {
        "under 1 min": 1,
        "1–5 min": 1,
        "no reply": 2,
    }


def test_those_who_wrote_within_24_hours_can_get_a_free_form_reply():
    events = [
        received("2026-01-20 06:30", "long ago", chat="a"),
        received("2026-01-20 06:31", "begins", chat="b"),
        received("2026-01-21 06:31", "writes again", chat="b"),
        handoff("2026-01-21 06:30", chat="c"),
        received("2026-01-20 06:31", "a day before", chat="d"),
    ]
    selection = selection_of(*events, as_of="2026-01-21 06:31")
    assert breakdowns.count_waiting_in_window(selection, CUSTOMER) == 1
    assert breakdowns.count_waiting_in_window(selection, HUMAN) == 0


def test_the_time_to_handoff_runs_from_the_start_of_the_conversation_to_the_first():
    events = [received("06:30"), handoff("06:31"), handoff("06:40"), received("06:30", "b", chat="b")]
    found = breakdowns.measure_seconds_to_handoff(selection_of(*events))
    assert found.tolist() == [60.0]
    assert {name: count for name, count in breakdowns.count_by_duration(found).items() if count} == {"under 1 min": 1}


def test_waits_by_country_come_most_first():
    events = [*TWO_DAYS, sent("2026-01-22 06:45", "to mary", user=MARY)]
    found = breakdowns.waits_by(selection_of(*events, terms=FIVE_MINUTES), CUSTOMER, "country")
    assert found["answered"].to_dict() == {"UG": 2, "KE": 1}
    assert found["median"].to_dict() == {"UG": 420.0, "KE": 60.0}
    assert found["in_target"].to_dict() == {"UG": 0.5, "KE": 1.0}


AT_WORK = [
    *(received("06:30", "a", chat="a"), sent("06:34", "b", chat="a", agent="amina")),  # a Tuesday
    *(received("06:40", "c", chat="b"), sent("06:50", "d", chat="b", agent="amina")),
    *(received("08:00", "e", chat="c"), sent("08:01", "f", chat="c")),
    received("06:45", "g", chat="d"),
]


def test_waits_by_agent_are_in_target_of_all_answered_and_those_who_wait_for_longer():
    found = breakdowns.waits_by(selection_of(*AT_WORK, terms=FIVE_MINUTES), CUSTOMER, "agent")
    assert found["answered"].to_dict() == {"amina": 2, "(none)": 1}
    assert found["in_target"].to_dict() == {"amina": 0.5, "(none)": 0.5}  # one of them still waits


def test_of_an_agent_who_answered_nobody_in_time_nothing_is_in_target():
    events = [received("06:30"), sent("06:40", agent="amina")]
    found = breakdowns.waits_by(selection_of(*events, terms=FIVE_MINUTES), CUSTOMER, "agent")
    assert found["in_target"].to_dict() == {"amina": 0.0}


def test_waits_of_an_agent_whose_id_is_the_name_of_nobody_are_nobodys():
    events = [*AT_WORK, received("08:10", "h", chat="e"), sent("08:11", "i", chat="e", agent="(none)")]
    found = breakdowns.waits_by(selection_of(*events, terms=FIVE_MINUTES), CUSTOMER, "agent")
    assert found["answered"].to_dict() == {"amina": 2, "(none)": 2}


def test_the_share_in_target_by_weekday_and_hour_comes_with_its_cases():
    in_time, cases = breakdowns.count_in_target_by_hour(selection_of(*AT_WORK, terms=FIVE_MINUTES), CUSTOMER)
    assert (in_time[1, 6], cases[1, 6]) == (1, 3)
    assert (in_time[1, 8], cases[1, 8]) == (1, 1)
    assert (in_time.sum(), cases.sum()) == (2, 4)


def test_the_same_selection_on_other_terms_has_other_numbers_and_itself_stays():
    selection = selection_of(*AT_WORK, terms=FIVE_MINUTES)
    early = Terms(hours=Schedule(((0, 6 * 60 + 32),) * 7, "UTC"))
    assert median(selection.with_terms(early), CUSTOMER) == 0.0
    assert median(selection, CUSTOMER) == 240.0
    assert median(selection_of(contact("06:30")), CUSTOMER) is None


def test_messages_by_template_and_content_type_have_rates_per_message():
    by_template = breakdowns.messages_by(selection_of(*TWO_DAYS), "template")
    assert by_template["delivered"].to_dict() == {"welcome": 1.0, "Not given": 0.0}
    by_content = breakdowns.messages_by(selection_of(*TWO_DAYS), "content_type")
    assert by_content["sent"].to_dict() == {"image": 1, "text": 1}


def test_contacts_by_source_count_each_user_once_whatever_else_is_in_the_data():
    events = [
        sent("06:29", test=True),
        contact("06:30", source="organic"),
        contact("06:31", source="ad"),
        contact("06:32", source="ad", user=MARY),
    ]
    found = breakdowns.count_contacts_by_source(selection_of(*events))
    assert found.to_dict() == {"organic": 1, "ad": 1}


def test_who_waits_for_a_person_is_told_by_agent():
    events = [
        handoff("06:30", agent="amina"),
        handoff("06:31", chat="other"),
        sent("06:32", agent="amina", chat="b"),
    ]
    assert breakdowns.count_waiting_by_agent(selection_of(*events)) == {"(none)": 1, "amina": 1}
    assert breakdowns.count_waiting_by_agent(selection_of(*events, handoff("06:33", agent="(none)", chat="c"))) == {
        "(none)": 2,
        "amina": 1,
    }


def test_waits_begin_in_quarters_of_an_hour():
    selection = selection_of(*TWO_DAYS)
    assert len(breakdowns.quarters_of_waits(selection, CUSTOMER)) == 3
    assert len(breakdowns.quarters_of_waits(selection, HUMAN)) == 0
    assert sorted(selection.quarters_of(RECEIVED)) == sorted(breakdowns.quarters_of_waits(selection, CUSTOMER))


def test_without_events_there_are_no_days():
    assert trends.count_messages(selection_of()).empty
    assert trends.measure_rates(selection_of(), "month").empty


TWO_WEEKS = [
    received("2026-01-25 12:00", "sunday"),
    sent("2026-01-25 12:01", "a"),
    received("2026-01-26 12:00", "monday"),
    sent("2026-01-26 12:03", "b"),
    delivered("2026-01-26 12:04", "b"),
    received("2026-02-01 23:30", "next sunday"),
    sent("2026-02-01 23:38", "c"),
    delivered("2026-02-01 23:39", "c"),
    sent("2026-02-01 23:40", "d"),
]
"""25 January 2026 is a Sunday."""


def test_a_week_begins_on_monday_and_its_numbers_are_not_averaged_from_days():
    selection = selection_of(*TWO_WEEKS)
    messages = trends.count_messages(selection, "week")
    assert [(str(week.start_time.date()), str(week.end_time.date())) for week in messages.index] == [
        ("2026-01-19", "2026-01-25"),
        ("2026-01-26", "2026-02-01"),
    ]
    assert messages.to_dict("list") == {"received": [1, 2], "sent": [1, 3]}
    assert trends.measure_responses(selection, CUSTOMER, "week")["median"].tolist() == [60.0, 330.0]
    assert trends.measure_rates(selection, "week")["delivered"].tolist() == [
        1.0,
        2 / 3,
    ]  # a reply proves that the first arrived


def test_a_month_is_one_of_the_chosen_zone():
    assert trends.count_messages(selection_of(*TWO_WEEKS), "month").to_dict("list") == {
        "received": [2, 1],
        "sent": [2, 2],
    }
    later = selection_of(*TWO_WEEKS, timezone="America/New_York", last_day="2026-01-31")
    assert trends.count_messages(later, "month")["received"].tolist() == [2]
    empty = trends.count_contacts(selection_of(*TWO_WEEKS, first_day="2025-11-30", last_day="2026-01-25"), "month")
    assert empty["first_time_writers"].tolist() == [0, 0, 1]


def test_trends_of_a_compared_period_stand_at_the_intervals_of_the_period():
    selection = selection_of(*TWO_WEEKS, first_day="2026-02-01", last_day="2026-02-07", as_of="2026-02-09 12:00")
    before = selection_to_compare(selection, "previous")
    found = trends.count_messages(before)
    assert [str(found.index[0]), str(found.index[-1])] == ["2026-02-01", "2026-02-07"]
    assert found["sent"].tolist() == [1, 1, 0, 0, 0, 0, 0]  # of Sunday 25 and Monday 26 January
    by_week = trends.count_messages(before, "week")
    assert [str(week.start_time.date()) for week in by_week.index] == ["2026-01-26", "2026-02-02"]
    assert by_week["sent"].tolist() == [1, 1]  # Sunday stands beside Sunday


def test_a_year_without_29_february_is_compared_day_by_day():
    events = [received("2023-02-28 12:00", "a"), received("2023-03-01 12:00", "b"), received("2024-03-01 12:00", "c")]
    later = selection_of(received("2022-01-01 12:00"), *events, first_day="2024-02-28", last_day="2024-03-01")
    earlier = selection_to_compare(later, "year")
    assert trends.count_messages(earlier)["received"].tolist() == [1, 1, 0]


def test_days_of_other_weekdays_are_no_zeros():
    sundays = trends.count_messages(selection_of(*TWO_WEEKS, weekdays=(6,)))
    assert [str(day) for day in sundays.index] == ["2026-01-25", "2026-02-01"]
    assert sundays["received"].tolist() == [1, 1]


def test_without_events_trends_are_by_day():
    assert intervals.choose_interval(selection_of().scope) == "day"


def test_undelivered_are_messages_sent_a_day_ago_without_any_sign_of_delivery():
    events = [
        sent("2026-01-20 06:00", "no sign"),
        sent("2026-01-20 06:01", "delivered"),
        delivered("2026-01-20 06:02", "delivered"),
        sent("2026-01-20 08:00", "exactly a day ago"),
        sent("2026-01-20 08:01", "too fresh to tell"),
        contact("2026-01-21 08:00"),
    ]
    selection = selection_of(*events)
    lost = breakdowns.find_undelivered(selection)
    assert selection.facts.events.row[lost].tolist() == [0, 3]
    assert breakdowns.mark_settled(selection).sum() == 3
