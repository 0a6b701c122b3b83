"""Reasons are in plain words that say what to do, and never repeat what an event holds."""

import json

import pytest

UNREADABLE = "We cannot read this time. Example: 2026-01-20T06:30:00Z"
WRITE_IT = "Write it like 2026-01-20T06:30:00Z"

REQUIRED = [
    ("message.read", {"messageId": None}, "This field is missing"),
    ("message.read", {"messageId": ""}, "This is empty"),
    ("message.read", {"messageId": 7}, "This must be a text in double quotes"),
    ("message.sent", {"direction": "inbound"}, "This must be 'outbound'"),
]
OPTIONAL = [
    ("message.read", {"countryCode": "KEN"}, "This must be two letters, such as KE"),
    ("message.read", {"serviceMode": "human"}, "This must be 'bot' or 'agent'"),
    ("message.received", {"hasMedia": "yes"}, "This must be true or false, without quotes"),
    ("chat.resolved", {"messageCount": "12"}, "This must be a whole number, without quotes and decimals"),
    ("chat.resolved", {"messageCount": 1.5}, "This must be a whole number, without quotes and decimals"),
    ("chat.resolved", {"messageCount": -1}, "This must be at least 0"),
    ("chat.resolved", {"messageCount": 2**31}, "This must be less than 2,147,483,648"),
    ("chat.resolved", {"durationMinutes": "9"}, "This must be a number, without quotes"),
    ("chat.resolved", {"durationMinutes": -0.5}, "This must be at least 0"),
    ("message.read", {"readAt": [1]}, "We cannot read this time. Example: 2026-01-20T06:30:00Z"),
]


@pytest.mark.parametrize(("name", "properties", "message"), REQUIRED)
def test_a_property_that_is_wrong_is_named_with_what_it_should_be(name, properties, message, event_of, validated):
    (reject,) = validated(event_of(name, properties)).rejected
    assert (reject.problem.field, reject.problem.message) == (f"properties.{next(iter(properties))}", message)


@pytest.mark.parametrize(("name", "properties", "message"), OPTIONAL)
def test_so_is_an_optional_one_that_is_left_out(name, properties, message, event_of, validated):
    (left_out,) = validated(event_of(name, properties)).left_out_properties
    assert (left_out.field, left_out.message) == (f"properties.{next(iter(properties))}", message)


def test_a_number_that_no_float_holds_is_said_to_be_one(event_of, validated):
    line = json.dumps(event_of("chat.resolved", {"durationMinutes": 7})).replace("7}", "1e400}").encode()
    (left_out,) = validated(line).left_out_properties
    assert left_out.message == "This number is too large for a 64-bit float"


@pytest.mark.parametrize(
    ("time", "message"),
    [
        (1768890600, f"This is a Unix time in seconds. {WRITE_IT}"),
        (1768890600.25, f"This is a Unix time in seconds. {WRITE_IT}"),
        (1768890600000, f"This is a Unix time in milliseconds. {WRITE_IT}"),
        ("1768890600000", f"This is a Unix time in milliseconds. {WRITE_IT}"),
        (1768890600000000, f"This is a Unix time in microseconds. {WRITE_IT}"),
        (1768890600000000000, f"This is a Unix time in nanoseconds. {WRITE_IT}"),
        (10**30, UNREADABLE),
        (7, UNREADABLE),
        (True, UNREADABLE),
        ("2026-01-20", UNREADABLE),
        ([1768890600], UNREADABLE),
    ],
)
def test_a_time_that_is_a_number_is_called_by_its_form(time, message, event_of, validated):
    (reject,) = validated(event_of(timestamp=time)).rejected
    assert (reject.problem.field, reject.problem.message) == ("timestamp", message)


SECOND_VALUE = "a second value after the end: write each value on its own line, or all of them in one list [ … ]"
JSON_FAULTS = [
    ('{"event": "x", "userId": "+2547', "it ends too early: export it again", None),
    ('{"event": "x",}', "a comma with nothing after it", 15),
    ('{"event": ["é", ]}', "a comma with nothing after it", 17),
    ('{"event": "x"},', "a comma after the end: with one event per line no commas are needed", 15),
    ('{"event": "x"} {"event": "y"}', SECOND_VALUE, 16),
    ('{"event": "x"}}', "more text after the end", 15),
    ("{'event': 'x'}", "a key that is not in double quotes", 2),
    ('{"event": NaN}', "invalid value (NaN, None and single quotes are not JSON)", 11),
    ('{"event": \'x\'}', "invalid value (NaN, None and single quotes are not JSON)", 11),
    ('{"event" "x"}', "a colon is missing after a key", 10),
    ('{"event": "x" "userId": "y"}', "a comma or a closing bracket is missing", 15),
    ('{"event": 01}', "a number that is not written correctly", 12),
    ('{"event": "C:\\x"}', "an unknown escape: write a backslash as \\\\", 15),
    ('{"event": "a\tb"}', "a tab, line break or other control character within a text: write it as \\t or \\n", 13),
    ('{"event": "\\ud800"}', "half of a character: \\ud800 to \\udfff must come in pairs", 18),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message", "column"), JSON_FAULTS)
def test_a_line_that_is_no_json_is_told_why_and_in_which_column(line, message, column, validated):
    _, reject = validated(b"{}", line.encode()).rejected
    assert (reject.problem.code, reject.problem.message) == ("invalid_json", f"Not valid JSON: {message}")
    assert reject.problem.column == column


@pytest.mark.parametrize("name", ["events", "data", "messages"])
@pytest.mark.parametrize("size", [1, 1_000], ids=["small", "beyond an event"])
def test_a_batch_under_another_key_is_told_the_right_one(name, size, event_of, validated):
    found = validated({name: [event_of()] * size, "sentAt": "2026-01-20T06:30:00Z"})
    assert [(reject.problem.field, reject.problem.code, reject.problem.message) for reject in found.rejected] == [
        (name, "batch_misnamed", f"A list of events must have the key batch: rename {name}")
    ]


@pytest.mark.parametrize("event", [{"events": 7}, {"events": {}}, {"event": "x", "events": []}, {"orders": []}])
def test_what_is_no_misnamed_batch_is_judged_as_an_event(event, validated):
    (reject,) = validated(event).rejected
    assert (reject.problem.code, reject.problem.message) == ("missing", "This field is missing")
