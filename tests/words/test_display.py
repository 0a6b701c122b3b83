"""Numbers for people: as they stand on a screen and in a terminal."""

import pytest

from analytics.metrics.metric import Reading
from analytics.metrics.report import METRICS
from analytics.words import display

METRIC = {metric.key: metric for metric in METRICS}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0 s"),
        (0.04, "0 s"),
        (0.25, "0.2 s"),
        (1, "1 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (10.4, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (252, "4 min 12 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h"),
        (3629, "1 h"),
        (3631, "1 h 1 min"),
        (5400, "1 h 30 min"),
        (86_399, "1 d"),
        (86_369, "23 h 59 min"),
        (86_400, "1 d"),
        (183_600, "2 d 3 h"),
        (864_000, "10 d"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds, text):
    assert display.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0 %"),
        (0.001, "0.1 %"),
        (0.094, "9.4 %"),
        (0.0996, "10 %"),
        (0.1, "10 %"),
        (0.5, "50 %"),
        (1.25, "125 %"),
    ],
)
def test_a_share_has_a_decimal_below_ten_percent(value, text):
    assert display.share(value) == text


@pytest.mark.parametrize(("number", "text"), [(None, "–"), (0, "0"), (999, "999"), (1234567, "1,234,567")])
def test_a_count_has_thousands_separators(number, text):
    assert display.count(number) == text


def test_a_count_agrees_with_its_noun():
    assert [display.with_noun(number, "agent") for number in (0, 1, 1200)] == ["0 agents", "1 agent", "1,200 agents"]


@pytest.mark.parametrize(("name", "text"), [("payment_issue", "Payment issue"), ("NPS_low", "NPS low"), ("", "")])
def test_a_name_for_machines_reads_as_words(name, text):
    assert display.words(name) == text


@pytest.mark.parametrize(
    ("metric", "reading", "text"),
    [
        ("read_rate", Reading(0.7115, 5012, 7044), "71 % (5,012 of 7,044)"),
        ("read_rate", Reading(None, 0, 0), "– (0 of 0)"),
        ("traffic_by_country", Reading(0.5, 1, 2, "KE"), "KE 50 % (1 of 2)"),
        ("response_time", Reading(252.0), "4 min 12 s"),
        ("daily_new_contacts", Reading(1200), "1,200"),
    ],
)
def test_a_reading_shows_its_name_and_its_parts(metric, reading, text):
    assert display.reading(METRIC[metric], reading) == text


@pytest.mark.parametrize(
    ("metric", "now", "before", "text"),
    [
        ("read_rate", Reading(0.5), Reading(0.45), "+5.0 points"),
        ("read_rate", Reading(0.45), Reading(0.5), "−5.0 points"),
        ("read_rate", Reading(0.5), Reading(0.0), "+50.0 points"),
        ("response_time", Reading(90.0), Reading(60.0), "+50 %"),
        ("daily_new_contacts", Reading(50), Reading(100), "−50 %"),
        ("daily_new_contacts", Reading(100), Reading(100), "unchanged"),
        ("daily_new_contacts", Reading(1001), Reading(1000), "unchanged"),
        ("read_rate", Reading(0.5), Reading(0.50001), "unchanged"),
        ("daily_new_contacts", Reading(5), Reading(0), "–"),
        ("read_rate", Reading(None), Reading(0.5), "–"),
        ("read_rate", Reading(0.5), Reading(None), "–"),
        ("read_rate", Reading(0.5), None, "–"),
        ("traffic_by_country", Reading(0.5, name="KE"), Reading(0.4, name="UG"), "–"),
    ],
)
def test_shares_change_in_points_and_all_else_in_percent(metric, now, before, text):
    assert display.change(METRIC[metric], now, before) == text


@pytest.mark.parametrize(
    ("customer_id", "text"),
    [
        ("+254712345678", "+2547•••••678"),
        ("+4915112345678", "+4915••••••678"),
        ("+1234567", "•••••567"),
        ("+12345678", "+•••••678"),
        ("KE.13491208655302741918", "KE.1349•••1918"),
        ("US.ENT.11815799212886844830", "US.ENT.1181•••4830"),
        ("KE.1349", "KE.1•••9"),
        ("KE.7", "KE.•••"),
        ("254712345678@c.us", "25471•••••••••.us"),
    ],
)
def test_the_middle_of_a_customers_id_is_hidden(customer_id, text):
    assert display.mask_customer(customer_id) == text
