"""Filters are applied last, and a day is a local day."""

import pytest

from analytics.metrics.filters import CHOICES, HOUR
from tests.events_of import delivered, handoff, metrics_of, read, received, report_of, resolved, selection_of, sent

NIGHT = [
    received("23:58"),
    sent("23:59", "m"),
    delivered("2026-01-21 00:01", "m"),
    received("2026-01-21 00:02"),
]


def on(day, **more):
    return {"first_day": day, "last_day": day, **more}


def test_a_pair_is_not_cut_at_the_edge_of_the_period():
    metrics = metrics_of(*NIGHT, **on("2026-01-20"))
    assert metrics["delivery_rate"]["guide"] == {"numerator": 0, "denominator": 1, "value": 0.0}
    assert metrics["delivery_rate"]["ledger"] == {"numerator": 1, "denominator": 1, "value": 1.0}
    assert metrics["reply_rate"]["ledger"]["value"] == 1.0


def test_the_state_of_a_chat_is_not_cut_at_the_edge_of_the_period():
    events = [handoff("23:59", agent="amina"), received("2026-01-21 00:01")]
    assert report_of(*events, **on("2026-01-21"), agents=("amina",), modes=("agent",))["events"]["total"] == 1


def test_a_wait_that_begins_before_the_period_is_not_part_of_it():
    events = [received("23:59"), received("2026-01-21 00:00"), sent("2026-01-21 00:01")]
    assert metrics_of(*events, **on("2026-01-20"))["response_time"]["median_seconds"] == 120.0
    assert metrics_of(*events, **on("2026-01-21"))["response_time"]["median_seconds"] is None


def test_a_filter_by_agent_pairs_with_everybody():
    events = [received("06:30"), sent("06:31", "m"), read("06:32", "m", agent="amina")]
    metrics = metrics_of(*events, agents=("(none)",))
    assert metrics["read_rate"]["ledger"] == {"numerator": 1, "denominator": 1, "value": 1.0}
    assert metrics["read_rate"]["guide"] == {"numerator": 0, "denominator": 1, "value": 0.0}


def test_a_day_begins_at_its_midnight_and_ends_before_the_next():
    events = [
        received("2026-01-19 23:59:59.999999"),
        received("2026-01-20 00:00"),
        received("2026-01-20 23:59:59.999999"),
        received("2026-01-21 00:00"),
    ]
    assert report_of(*events, **on("2026-01-20"))["events"]["total"] == 2
    assert report_of(*events, first_day="2026-01-20")["events"]["total"] == 3
    assert report_of(*events, last_day="2026-01-20")["events"]["total"] == 3


def test_a_day_is_one_of_the_chosen_zone():
    events = [received("2026-01-19 21:00"), received("2026-01-20 20:59"), received("2026-01-20 21:00")]
    assert report_of(*events, **on("2026-01-20", timezone="Africa/Nairobi"))["events"]["total"] == 2
    assert report_of(*events, **on("2026-01-20"))["events"]["total"] == 2
    assert report_of(*events, **on("2026-01-21", timezone="Africa/Nairobi"))["events"]["total"] == 1


@pytest.mark.parametrize(
    ("day", "begin", "end"),
    [
        ("2026-03-29", "2026-03-28 23:00", "2026-03-29 22:00"),  # 23 hours long in Berlin
        ("2026-10-25", "2026-10-24 22:00", "2026-10-25 23:00"),  # 25 hours long
    ],
)
def test_a_day_on_which_clocks_change_runs_from_midnight_to_midnight(day, begin, end):
    events = [received(begin), received(end)]
    found = metrics_of(*events, timezone="Europe/Berlin")["daily_new_contacts"]["first_time_writers"]["by_day"]
    assert list(found) == [day]
    assert report_of(*events, **on(day, timezone="Europe/Berlin"))["events"]["total"] == 1


def test_the_hour_that_clocks_skip_has_no_messages_and_the_one_they_repeat_has_both():
    spring = [received(f"2026-03-29 {hour:02}:30") for hour in (0, 1, 2)]
    assert metrics_of(*spring, timezone="Europe/Berlin")["peak_hours"]["by_hour"][:5] == [0, 1, 0, 1, 1]
    autumn = [received(f"2026-10-25 {hour:02}:30") for hour in (0, 1, 2)]
    assert metrics_of(*autumn, timezone="Europe/Berlin")["peak_hours"]["by_hour"][:5] == [0, 0, 2, 1, 0]


def test_a_zone_may_be_a_quarter_of_an_hour_off():
    assert metrics_of(received("18:14"), timezone="Asia/Kathmandu")["peak_hours"]["by_hour"][23] == 1
    assert metrics_of(received("18:15"), timezone="Asia/Kathmandu")["peak_hours"]["by_hour"][0] == 1


def test_several_agents_countries_and_modes_can_be_chosen():
    events = [
        sent("06:30", agent="amina", country="KE"),
        sent("06:31", agent="brian", country="UG"),
        sent("06:32", country="KE"),
        resolved("06:33", agent="carol", country="TZ", mode="bot"),
    ]
    for filters, total in (
        ({"agents": ("amina", "(none)")}, 2),
        ({"countries": ("KE", "TZ")}, 3),
        ({"modes": ("bot", "agent")}, 4),
        ({"modes": ("bot",)}, 1),
        ({"agents": ("amina", "brian"), "countries": ("UG",)}, 1),
        ({"agents": ("never heard of",)}, 0),
        ({"countries": ("ZZ",)}, 0),
    ):
        assert report_of(*events, **filters)["events"]["total"] == total


def test_the_report_repeats_its_filters():
    filters = {"agents": ("amina",), "countries": ("KE",), "modes": ("bot",)}
    found = report_of(**filters, first_day="2026-01-20", timezone="Africa/Nairobi")["filters"]
    assert found == {
        "from": "2026-01-20",
        "to": None,
        "timezone": "Africa/Nairobi",
        "agent": ["amina"],
        "country": ["KE"],
        "mode": ["bot"],
    }


def test_handoffs_to_an_agent_pass_with_their_event():
    events = [handoff("06:30", agent="amina"), handoff("06:31", "bot"), handoff("06:32", agent="brian")]
    assert selection_of(*events).handoffs.tolist() == [True, True]
    assert selection_of(*events, agents=("brian",)).handoffs.tolist() == [False, True]


def test_weekdays_and_hours_are_those_of_the_chosen_zone():
    """20 January 2026 is a Tuesday; 21:30 UTC is half past midnight on Wednesday in Nairobi."""
    events = [received("08:59"), received("09:00"), received("09:59"), received("21:30"), received("2026-01-27 09:30")]
    for filters, total in (
        ({"weekdays": (1,)}, 5),
        ({"weekdays": (2,)}, 0),
        ({"weekdays": (2,), "timezone": "Africa/Nairobi"}, 1),
        ({"hours": (9,)}, 3),
        ({"hours": (8, 21)}, 2),
        ({"hours": (0,), "timezone": "Africa/Nairobi"}, 1),
        ({"weekdays": (1,), "hours": (12,), "timezone": "Africa/Nairobi"}, 3),
        ({"hours": (9,), "last_day": "2026-01-20"}, 2),
    ):
        assert report_of(*events, **filters)["events"]["total"] == total


def test_a_message_passes_by_the_hour_of_its_sending_a_wait_by_its_beginning_a_conversation_by_its_first_event():
    events = [
        received("08:50"),
        sent("09:10", "m", agent="amina"),
        delivered("10:05", "m"),
        received("10:10"),
        sent("11:00", "n", agent="amina"),
    ]
    at_8, at_9, at_10 = (metrics_of(*events, hours=(hour,)) for hour in (8, 9, 10))
    assert [found["response_time"]["median_seconds"] for found in (at_8, at_9, at_10)] == [1_200.0, None, 3_000.0]
    assert [found["delivery_rate"]["ledger"]["numerator"] for found in (at_8, at_9, at_10)] == [0, 1, 0]
    assert [found["delivery_rate"]["guide"]["numerator"] for found in (at_8, at_9, at_10)] == [0, 0, 1]
    outcomes = [found["service_modes"]["outcomes"]["needed_agent"] for found in (at_8, at_9, at_10)]
    assert outcomes == [1, 0, 0]


def test_of_a_template_pass_its_messages_with_their_statuses_and_the_conversations_that_hold_one():
    events = [
        sent("06:00", "promo", template="promo"),
        delivered("06:01", "promo"),
        received("06:10"),
        handoff("06:11", agent="amina"),
        sent("06:30", "text", agent="amina"),
        read("06:31", "text"),
        resolved("06:40"),
        received("12:00"),  # another conversation
        sent("12:05", "welcome", template="welcome"),
        read("12:06", "no such message"),
    ]
    found = report_of(*events, templates=("promo",))
    assert found["events"]["by_type"] == {
        "message.received": 1,
        "message.sent": 1,
        "message.delivered": 1,
        "agent.handoff": 1,
        "chat.resolved": 1,
    }
    metrics = found["metrics"]
    assert metrics["message_funnel"]["ledger"] == {"sent": 1, "delivered": 1, "read": 1, "replied": 1}
    assert metrics["response_time"]["human"]["median_seconds"] == 1_200.0
    assert metrics["response_time"]["answered"] == 1
    assert metrics["service_modes"]["outcomes"]["needed_agent"] == 1
    both = report_of(*events, templates=("promo", "welcome"))["events"]["by_type"]
    assert both["message.sent"] == both["message.received"] == 2
    assert report_of(*events, templates=("unheard of",))["events"]["total"] == 0
    assert selection_of(*events, templates=("welcome",)).handoffs.tolist() == [False]


def test_of_a_content_type_pass_the_messages_of_both_sides_and_the_conversations_that_hold_one():
    events = [
        received("06:00", "photo", content="image"),
        received("06:01", "words"),
        sent("06:02", "reply", agent="amina"),
        delivered("06:03", "reply"),
        resolved("06:10"),
        received("12:00", "later", chat="other"),
        sent("12:05", "drawing", chat="other", content="image"),
        read("12:06", "drawing"),
        received("18:00", "alone", chat="third"),
    ]
    found = report_of(*events, content_types=("image",))
    assert found["events"]["by_type"] == {
        "message.received": 1,  # the photo, not the words beside it
        "message.sent": 1,
        "message.read": 1,
        "chat.resolved": 1,  # of the conversation with the photo
    }
    assert found["metrics"]["response_time"]["answered"] == 2  # waits of both conversations
    assert found["metrics"]["read_rate"]["ledger"] == {"numerator": 1, "denominator": 1, "value": 1.0}
    assert report_of(*events, content_types=("video",))["events"]["total"] == 0
    assert report_of(*events, content_types=("image",), templates=("promo",))["events"]["total"] == 0


def test_the_report_names_weekdays_hours_and_templates_where_they_are_chosen():
    found = report_of(weekdays=(0, 4), hours=(9,), templates=("promo",))["filters"]
    assert {name: found[name] for name in ("weekday", "hour", "template")} == {
        "weekday": [0, 4],
        "hour": [9],
        "template": ["promo"],
    }


def test_what_a_filter_is_called_in_addresses_frames_and_commands_stays():
    known = [(choice.key, choice.field, choice.option, choice.naming, choice.said, choice.rare) for choice in CHOICES]
    assert known == [
        ("country", "countries", "country", "country", "", False),
        ("team", "agents", "", "", "", False),
        ("agent", "agents", "agent", "agent", "", False),
        ("handled", "modes", "mode", "", "", False),
        ("weekday", "weekdays", "weekday", "", "weekdays", True),
        ("hour", "hours", "hour", "", "hours", True),
        ("template", "templates", "template", "", "", True),
        ("content", "content_types", "content-type", "", "", True),
    ]


def test_an_hour_has_one_or_two_digits():
    assert [HOUR.read(text) for text in ("7", "07", "23")] == ["07", "07", "23"]
    for text in ("24", "007", "7am", "-1"):
        with pytest.raises(ValueError, match=text):
            HOUR.read(text)
