"""When an event happened: RFC 3339 with an offset, plausible, and never replaced by now."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.events.timestamps import instants_of


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-20T06:30:00Z", "2026-01-20T06:30:00"),
        ("2026-01-20t06:30:00z", "2026-01-20T06:30:00"),
        ("2026-01-20 06:30:00Z", "2026-01-20T06:30:00"),
        ("2026-01-20T06:30:00+03:00", "2026-01-20T03:30:00"),
        ("2026-01-20T06:30:00-05:45", "2026-01-20T12:15:00"),
        ("2026-01-20T06:30:00-00:00", "2026-01-20T06:30:00"),
        ("2026-01-20T06:30:00.5Z", "2026-01-20T06:30:00.500000"),
        ("2026-01-20T06:30:00.000Z", "2026-01-20T06:30:00"),
        ("2026-01-20T06:30:00.123456789Z", "2026-01-20T06:30:00.123456"),
        ("2026-01-20T06:30:00.999999999z", "2026-01-20T06:30:00.999999"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00"),
        ("2009-01-01T00:00:00Z", "2009-01-01T00:00:00"),
        ("2009-01-01T03:00:00+03:00", "2009-01-01T00:00:00"),
        ("2026-03-02T12:00:00Z", "2026-03-02T12:00:00"),  # 24 h after the validation
    ],
)
def test_a_time_is_read_to_the_microsecond_in_utc(text, instant, event_of, validated, counts):
    found = validated(event_of(timestamp=text))
    assert counts(found) == (1, 0, 0)
    (time,) = found.events["timestamp"]
    assert time.isoformat() == instant + "+00:00"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-01-20T06:30:00", "timestamp_no_offset"),
        ("2026-01-20T06:30:00.123", "timestamp_no_offset"),
        ("2026-01-20T06:30:00.1234567891Z", "timestamp_invalid"),
        ("2026-01-20T06:30:00.Z", "timestamp_invalid"),
        ("2026-01-20", "timestamp_invalid"),
        ("2026-01-20T06:30Z", "timestamp_invalid"),
        ("20260120T063000Z", "timestamp_invalid"),
        ("2026-01-20T06:30:00+0300", "timestamp_invalid"),
        ("2026-01-20T06:30:00+03", "timestamp_invalid"),
        ("2026-01-20T06:30:00+24:00", "timestamp_invalid"),
        ("2026-01-20T06:30:00+03:60", "timestamp_invalid"),
        ("2026-02-29T06:30:00Z", "timestamp_invalid"),
        ("2026-13-01T06:30:00Z", "timestamp_invalid"),
        ("2026-01-20T24:00:00Z", "timestamp_invalid"),
        ("2026-01-20T06:60:00Z", "timestamp_invalid"),
        ("2016-12-31T23:59:60Z", "timestamp_invalid"),  # a leap second
        ("0000-01-01T00:00:00Z", "timestamp_invalid"),
        ("0001-01-01T00:00:00+05:00", "timestamp_invalid"),
        ("1768890600", "timestamp_invalid"),
        ("now", "timestamp_invalid"),
        (" 2026-01-20T06:30:00Z", "timestamp_invalid"),
        ("2008-12-31T23:59:59.999999Z", "timestamp_too_early"),
        ("1970-01-01T00:00:00Z", "timestamp_too_early"),
        ("2026-03-02T12:00:00.000001Z", "timestamp_in_future"),
        ("9999-12-31T23:59:59Z", "timestamp_in_future"),
    ],
)
def test_a_time_that_is_none_or_not_plausible_is_refused(text, code, event_of, validated, reasons, counts):
    found = validated(event_of(timestamp=text))
    assert reasons(found) == [("timestamp", code)]
    assert counts(found) == (0, 0, 1)


def test_the_time_of_another_key_is_never_taken_for_a_bad_one(event_of, validated, reasons):
    event = event_of("message.read", {"readAt": "2026-01-20T06:30:00Z"}, timestamp="bad", sentAt="2026-01-20T06:30:00Z")
    assert reasons(validated(event)) == [("timestamp", "timestamp_invalid")]


def instants(found):
    return [time.isoformat() for time in found.events["timestamp"]]


def test_a_zone_may_be_named_for_times_without_an_offset(event_of, validated):
    times = [
        "2026-01-20T06:30:00.123456789",
        "2026-01-20 06:31:00",
        "2026-01-20t06:32:00",
        "2026-01-20T06:33:00Z",
    ]
    events = [event_of("contact.created", timestamp=time) for time in times]
    found = validated(*events, zone=ZoneInfo("Africa/Nairobi"))
    assert instants(found) == [
        "2026-01-20T03:30:00.123456+00:00",
        "2026-01-20T03:31:00+00:00",
        "2026-01-20T03:32:00+00:00",
        "2026-01-20T06:33:00+00:00",
    ]


def test_a_reported_time_is_read_in_the_named_zone_too(event_of, validated):
    found = validated(event_of("message.read", {"readAt": "2026-01-20T06:30:00"}), zone=ZoneInfo("Africa/Nairobi"))
    assert [time.isoformat() for time in found.events["reported_at"]] == ["2026-01-20T03:30:00+00:00"]


def test_a_time_that_a_clock_shows_twice_is_the_first_and_one_that_it_never_shows_is_none(
    event_of, validated, reasons, counts
):
    times = ["2025-10-26T01:59:59", "2025-10-26T02:30:00", "2025-10-26T03:00:00", "2025-03-30T02:30:00"]
    events = [event_of("contact.created", timestamp=time) for time in times]
    found = validated(*events, zone=ZoneInfo("Europe/Berlin"))
    assert instants(found) == [
        "2025-10-25T23:59:59+00:00",
        "2025-10-26T00:30:00+00:00",
        "2025-10-26T02:00:00+00:00",
    ]
    assert reasons(found) == [("timestamp", "timestamp_invalid")]
    assert counts(found) == (3, 0, 1)


def test_plausibility_is_judged_by_the_instant_not_the_clock(event_of, validated, reasons):
    events = [event_of(timestamp="2026-03-02T15:00:00"), event_of(timestamp="2026-03-02T15:00:01")]
    found = validated(*events, zone=ZoneInfo("Africa/Nairobi"))
    assert instants(found) == ["2026-03-02T12:00:00+00:00"]
    assert reasons(found) == [("timestamp", "timestamp_in_future")]


def test_microseconds_are_instants_and_no_time_is_none():
    whole, known = np.array([1_768_890_600_000_001, np.iinfo(np.int64).min]), np.array([0.0, np.nan])
    assert [str(instant) for instant in instants_of(whole)] == ["2026-01-20 06:30:00.000001+00:00", "NaT"]
    assert [str(instant) for instant in instants_of(known)] == ["1970-01-01 00:00:00+00:00", "NaT"]
    assert instants_of([]).dtype == "datetime64[us, UTC]"
