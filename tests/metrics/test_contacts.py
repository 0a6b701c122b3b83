"""New contacts: events, distinct users, and first-time writers."""

from tests.events_of import MARY, contact, metrics_of, received

EVENTS = [
    contact("2026-01-20 08:00"),
    contact("2026-01-20 09:00", chat="other"),
    contact("2026-01-21 08:00"),
    contact("2026-01-21 09:00", user=MARY),
    received("2026-01-21 10:00"),
    received("2026-01-22 10:00"),
]


def test_the_guide_counts_every_contact_created():
    assert metrics_of(*EVENTS)["daily_new_contacts"]["guide"] == {
        "total": 4,
        "by_day": {"2026-01-20": 2, "2026-01-21": 2},
    }


def test_a_user_is_new_once_on_the_day_of_the_first_one():
    found = metrics_of(*EVENTS)["daily_new_contacts"]["unique"]
    assert found == {"total": 2, "by_day": {"2026-01-20": 1, "2026-01-21": 1}}


def test_who_was_met_before_the_period_is_not_new_in_it():
    found = metrics_of(*EVENTS, first_day="2026-01-21")["daily_new_contacts"]
    assert (found["guide"]["total"], found["unique"]["total"]) == (2, 1)


def test_a_user_writes_for_the_first_time_once():
    found = metrics_of(*EVENTS)["daily_new_contacts"]["first_time_writers"]
    assert found == {"total": 1, "by_day": {"2026-01-21": 1}}
    assert metrics_of(*EVENTS, first_day="2026-01-22")["daily_new_contacts"]["first_time_writers"]["total"] == 0


def test_an_import_of_contacts_makes_no_writers():
    assert metrics_of(*EVENTS[:4])["daily_new_contacts"]["first_time_writers"] == {"total": 0, "by_day": {}}


def test_days_are_local_and_in_order():
    events = [received("2026-01-21 03:00", user=MARY), received("2026-01-20 22:00")]
    found = metrics_of(*events, timezone="Africa/Nairobi")["daily_new_contacts"]["first_time_writers"]
    assert found["by_day"] == {"2026-01-21": 2}
    found = metrics_of(*events, timezone="UTC")["daily_new_contacts"]["first_time_writers"]
    assert list(found["by_day"].items()) == [("2026-01-20", 1), ("2026-01-21", 1)]
