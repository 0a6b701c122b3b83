"""Who waits now is told whenever the wait began, with what is left of WhatsApp's 24 hours."""

from analytics.facts.waits import CUSTOMER, HUMAN
from analytics.metrics import trends
from analytics.metrics.tally import Page
from analytics.metrics.waiting import Waiting, WaitingList, count_running, count_waiting_now, list_waiting
from analytics.words import headlines
from tests.events_of import MARY, assigned, handoff, microseconds, received, selection_of, sent

EVENTS = [
    received("2026-01-20 06:00", "first", country="KE"),
    handoff("2026-01-20 06:10"),
    assigned("2026-01-20 06:20", "amina"),
    received("2026-01-20 06:30", "again", country="KE"),
    received("2026-01-21 05:00", "mary", user=MARY, country="UG"),
]
NOW = "2026-01-21 06:00"


def waiting(kind, **filters):
    found = list_waiting(selection_of(*EVENTS, as_of=NOW, **filters), Page(0, 9), WaitingList(kind)).frame
    return found.assign(since=found["since"].dt.strftime("%Y-%m-%d %H:%M"))[
        ["since", "waited", "left", "agent", "country"]
    ].values.tolist()


def test_the_window_counts_from_the_customers_latest_message_the_wait_from_its_first():
    john = ["2026-01-20 06:00", 86_400.0, 1_800.0, "amina", "KE"]
    assert waiting(HUMAN) == [john]
    assert waiting(CUSTOMER) == [
        ["2026-01-20 06:00", 86_400.0, 1_800.0, "amina", "KE"],
        ["2026-01-21 05:00", 3_600.0, 82_800.0, "(none)", "UG"],
    ]


def test_the_period_does_not_matter_other_filters_do():
    assert len(waiting(CUSTOMER, first_day="2026-01-21")) == 2
    assert [row[-1] for row in waiting(CUSTOMER, countries=("UG",))] == ["UG"]


def test_a_later_now_moves_the_times_on():
    selection = selection_of(*EVENTS, as_of=NOW)
    asked = WaitingList(HUMAN, microseconds("2026-01-21 06:30:01"))
    assert list_waiting(selection, Page(0, 9), asked).frame[["waited", "left"]].values.tolist() == [[88_201.0, -1.0]]
    assert count_waiting_now(selection, asked) == Waiting(1, 0)
    assert count_waiting_now(selection, WaitingList(HUMAN)) == Waiting(1, 1)


def test_who_was_only_passed_on_and_never_wrote_has_no_window():
    selection = selection_of(handoff("2026-01-20 06:10"), sent("2026-01-20 06:00", "a"))
    found = list_waiting(selection, Page(0, 9), WaitingList(HUMAN)).frame
    assert found["left"].isna().tolist() == [True]


def test_the_headline_tells_whose_window_closes_soon():
    assert headlines.waiting_now(Waiting(4, 1)) == ("4 customers are waiting. 1 reply window closes in the next hour.")
    assert headlines.waiting_now(Waiting(9, 2)).endswith(" 2 reply windows close in the next hour.")
    assert headlines.waiting_now(Waiting(0, 0)) == "Nobody is waiting."
    assert headlines.waiting_now(Waiting(1, 0)) == ("1 customer is waiting. No reply window closes in the next hour.")


def test_how_many_run_is_counted_whenever_they_began():
    selection = selection_of(*EVENTS, as_of=NOW, first_day="2026-01-21")
    assert (count_running(selection, CUSTOMER), count_running(selection, HUMAN)) == (2, 1)
    assert count_running(selection_of(*EVENTS, as_of=NOW, countries=("UG",)), CUSTOMER) == 1


def test_who_writes_after_now_has_not_waited_yet():
    selection = selection_of(received("2026-01-20 08:00", "early"), as_of="2026-01-20 06:00")
    found = list_waiting(selection, Page(0, 9), WaitingList(CUSTOMER)).frame
    assert found["waited"].tolist() == [0.0]


def test_how_many_ran_at_the_end_of_each_day_is_counted_whenever_they_began():
    events = [
        received("2026-01-19 23:00", "old"),
        received("2026-01-20 06:00", "mary", user=MARY),
        sent("2026-01-20 07:00", "to mary", user=MARY),
        sent("2026-01-21 08:00", "to john"),
        received("2026-01-22 06:41", "mary again", user=MARY),
        received("2026-01-22 06:42", "john again"),
    ]
    found = trends.count_waiting(selection_of(*events, first_day="2026-01-20", last_day="2026-01-22"), CUSTOMER)
    assert found.index.astype(str).tolist() == ["2026-01-20", "2026-01-21", "2026-01-22"]
    assert found.tolist() == [1, 0, 2]
    assert trends.count_waiting(selection_of(*events, countries=("UG",)), CUSTOMER).sum() == 0
    assert trends.count_waiting(selection_of(*events), HUMAN).tolist() == [0, 0, 0, 0]


def test_the_most_urgent_can_get_a_free_form_reply_for_the_least_time():
    times = {"late": "20 06:00", "most": "21 00:00", "least": "20 10:00", "later": "20 05:00"}
    told = [
        received(f"2026-01-{at}", name, chat=name, user=f"+25479900000{n}")
        for n, (name, at) in enumerate(times.items())
    ]
    told.append(handoff("2026-01-20 05:30", chat="silent", user="+254799000009"))
    found = list_waiting(selection_of(*told, as_of="2026-01-21 09:00"), Page(0, 9), WaitingList(CUSTOMER)).frame
    assert found["since"].dt.strftime("%d %H:%M").tolist() == ["20 10:00", "21 00:00", "20 05:00", "20 06:00"]
