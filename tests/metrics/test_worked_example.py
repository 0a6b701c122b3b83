"""The guide's seven sample events give the numbers that the project promises, in the promised form."""

import json

from analytics.metrics.report import metric_table
from tests.events_of import contact, delivered, facts_of, handoff, read, received, report_of, resolved, sent, waits

EXAMPLE = [
    contact("06:30", country="KE", source="organic"),
    received("06:30"),
    sent("06:31", "wamid.yyy", agent="agent_456", content="template", template="welcome_v2"),
    delivered("06:31:30", "wamid.yyy"),
    read("06:32", "wamid.yyy"),
    handoff("07:00", agent="agent_456", reason="user_request", step="payment_issue"),
    resolved("08:30", agent="agent_456"),
]
DAY = {"first_day": "2026-01-20", "last_day": "2026-01-20"}
NOTHING = [0] * 24
SIX_O_CLOCK = [0] * 6 + [1] + [0] * 17
NO_TIMES = dict.fromkeys(("median_seconds", "mean_seconds", "p90_seconds"))
NOBODY_WAITS = {
    **NO_TIMES,
    "answered": 0,
    "waiting": 0,
    "never_answered": 0,
    "closed_without_reply": 0,
    "within_seconds": {"60": None, "300": None, "900": None, "3600": None},
}
ONE_MINUTE = {"median_seconds": 60.0, "mean_seconds": 60.0, "p90_seconds": 60.0, "answered": 1}
ALL_IN_TIME = {"60": 1.0, "300": 1.0, "900": 1.0, "3600": 1.0}
ONE_CONTACT = {"total": 1, "by_day": {"2026-01-20": 1}}
ONE_OF_ONE = {"numerator": 1, "denominator": 1, "value": 1.0}
PROMISED = {
    "filters": {
        "from": "2026-01-20",
        "to": "2026-01-20",
        "timezone": "UTC",
        "agent": [],
        "country": [],
        "mode": [],
    },
    "events": {
        "total": 7,
        "by_type": {
            "contact.created": 1,
            "message.received": 1,
            "message.sent": 1,
            "message.delivered": 1,
            "message.read": 1,
            "agent.handoff": 1,
            "chat.resolved": 1,
        },
    },
    "metrics": {
        "response_time": {
            **ONE_MINUTE,
            "waiting": 0,
            "never_answered": 0,
            "closed_without_reply": 0,
            "within_seconds": ALL_IN_TIME,
            "human": {
                **ONE_MINUTE,
                "waiting": 0,
                "never_answered": 0,
                "closed_without_reply": 1,
                "within_seconds": ALL_IN_TIME,
            },
            "every_message": ONE_MINUTE,
        },
        "daily_new_contacts": {
            "guide": ONE_CONTACT,
            "unique": ONE_CONTACT,
            "first_time_writers": ONE_CONTACT,
        },
        "read_rate": {"guide": ONE_OF_ONE, "ledger": ONE_OF_ONE},
        "delivery_rate": {
            "guide": ONE_OF_ONE,
            "ledger": ONE_OF_ONE,
            "undelivered": {"failed": 0, "pending": 0, "by_code": {}},
        },
        "reply_rate": {"guide": ONE_OF_ONE, "ledger": {"numerator": 0, "denominator": 1, "value": 0.0}},
        "message_funnel": {
            "guide": {"sent": 1, "delivered": 1, "read": 1, "replied": 1},
            "ledger": {"sent": 1, "delivered": 1, "read": 1, "replied": 0},
        },
        "traffic_by_country": {"KE": 1},
        "peak_hours": {
            "by_hour": SIX_O_CLOCK,
            "by_weekday_hour": [NOTHING, SIX_O_CLOCK, *[NOTHING] * 5],  # a Tuesday
        },
        "agent_performance": {
            "(none)": {
                "events": {"contact.created": 1, "message.received": 1},
                "conversations": 1,
                "messages_sent": 0,
                "replies": 0,
                "median_response_seconds": None,
                "p90_response_seconds": None,
                "resolved": 0,
                "handoffs": 0,
                "read_rate": None,
            },
            "agent_456": {
                "events": {
                    "message.sent": 1,
                    "message.delivered": 1,
                    "message.read": 1,
                    "agent.handoff": 1,
                    "chat.resolved": 1,
                },
                "conversations": 1,
                "messages_sent": 1,
                "replies": 1,
                "median_response_seconds": 60.0,
                "p90_response_seconds": 60.0,
                "resolved": 1,
                "handoffs": 1,
                "read_rate": 1.0,
            },
        },
        "service_modes": {
            "bot": {"contact.created": 1, "message.received": 1},
            "agent": {
                "message.sent": 1,
                "message.delivered": 1,
                "message.read": 1,
                "agent.handoff": 1,
                "chat.resolved": 1,
            },
            "outcomes": {
                "needed_agent": 1,
                "solved_by_bot": 0,
                "closed_unanswered": 0,
                "gave_up": 0,
                "ended_quietly": 0,
                "ongoing": 0,
                "afterwords": 0,
                "finished_without_agent": 0.0,
            },
            "stayed_solved": {"stayed": 0, "came_back": 0, "undecided": 1, "already_back": 0, "value": None},
        },
        "time_to_first_message": {
            "guide": {"median_seconds": 0.0, "contacts": 1, "without_message": 0},
            "unique": {"median_seconds": 0.0, "contacts": 1, "without_message": 0},
        },
    },
}


def test_the_report_is_the_promised_json_to_the_letter():
    assert json.dumps(report_of(*EXAMPLE, **DAY)) == json.dumps(PROMISED)


def test_six_in_utc_is_nine_in_nairobi():
    nairobi = report_of(*EXAMPLE, **DAY, timezone="Africa/Nairobi")
    assert nairobi["metrics"]["peak_hours"]["by_hour"].index(1) == 9


def test_agent_456_simply_answered_and_the_wait_after_the_handoff_was_closed():
    assert waits("customer", *EXAMPLE) == [("answered", 60.0, "agent", "agent_456")]
    assert waits("human", *EXAMPLE) == [
        ("answered", 60.0, "agent", "agent_456"),
        ("closed", None, "agent", "agent_456"),
    ]


def test_the_handoff_shows_that_a_bot_answers_first():
    assert facts_of(*EXAMPLE, start_mode="found").start_mode == "bot"


def test_the_table_shows_both_readings_of_every_metric():
    table = {row.metric.key: row for row in metric_table(report_of(*EXAMPLE, **DAY)["metrics"])}
    found = {key: (row.guide.value, row.ledger.value) for key, row in table.items()}
    assert found == {
        "response_time": (60.0, 60.0),
        "daily_new_contacts": (1, 1),
        "read_rate": (1.0, 1.0),
        "delivery_rate": (1.0, 1.0),
        "reply_rate": (1.0, 0.0),
        "message_funnel": (1.0, 0.0),
        "traffic_by_country": (1.0, 1.0),
        "peak_hours": (1.0, 1.0),
        "agent_performance": (1, 1),
        "service_modes": (5 / 7, 0.0),
        "time_to_first_message": (0.0, 0.0),
    }
    assert (table["traffic_by_country"].guide.name, table["peak_hours"].guide.name) == ("KE", "06:00")
    assert table["peak_hours"].ledger.name == "Tuesday 06:00"


def test_without_events_every_number_is_nothing_or_missing():
    metrics = report_of(**DAY, comparison="week")["metrics"]
    for rate in ("read_rate", "delivery_rate", "reply_rate"):
        assert metrics[rate]["guide"] == metrics[rate]["ledger"]
        assert metrics[rate]["guide"] == {"numerator": 0, "denominator": 0, "value": None}
    assert metrics["response_time"] == {
        **NOBODY_WAITS,
        "human": NOBODY_WAITS,
        "every_message": {**NO_TIMES, "answered": 0},
    }
    assert metrics["service_modes"]["outcomes"]["finished_without_agent"] is None
    assert metrics["agent_performance"] == metrics["traffic_by_country"] == {}
    assert [row.guide.value for row in metric_table(metrics) if row.metric.unit == "share"] == [None] * 7
