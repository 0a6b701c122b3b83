"""Traffic by country and peak hours."""

from tests.events_of import MARY, contact, metrics_of, received, sent


def test_only_received_messages_are_traffic():
    events = [received("06:30", country="UG"), sent("06:31", country="TZ"), contact("06:32", country="RW")]
    assert metrics_of(*events)["traffic_by_country"] == {"UG": 1}


def test_countries_are_listed_busiest_first_and_then_by_name():
    countries = ("UG", "TZ", "RW", "TZ", "UG", "BI")
    events = [received(f"06:3{minute}", country=country) for minute, country in enumerate(countries)]
    assert list(metrics_of(*events)["traffic_by_country"].items()) == [
        ("TZ", 2),
        ("UG", 2),
        ("BI", 1),
        ("RW", 1),
    ]


def test_peak_hours_are_local_and_all_24():
    events = [received("06:30"), received("06:59:59", "late"), received("21:30", user=MARY), sent("07:00")]
    in_utc = metrics_of(*events)["peak_hours"]
    assert len(in_utc["by_hour"]) == 24
    assert {hour: count for hour, count in enumerate(in_utc["by_hour"]) if count} == {6: 2, 21: 1}
    in_nairobi = metrics_of(*events, timezone="Africa/Nairobi")["peak_hours"]
    assert {hour: count for hour, count in enumerate(in_nairobi["by_hour"]) if count} == {9: 2, 0: 1}
    tuesday, wednesday = in_nairobi["by_weekday_hour"][1:3]
    assert (tuesday[9], wednesday[0]) == (2, 1)


def test_the_week_begins_on_monday():
    grid = metrics_of(received("2026-01-19 00:00"), received("2026-01-25 23:59"))["peak_hours"]["by_weekday_hour"]
    assert [len(day) for day in grid] == [24] * 7
    assert (grid[0][0], grid[6][23]) == (1, 1)
