"""The event contract: what each of the nine events needs, may carry, and is refused for."""

import json

import pandas as pd
import pytest

from analytics.events.left_out import LeftOut, describe

TEXT, DIRECTION, MODE = "text", "direction", "mode"
REQUIRED = [
    ("message.received", "messageId", TEXT),
    ("message.received", "chatId", TEXT),
    ("message.received", "direction", DIRECTION),
    ("message.received", "contentType", TEXT),
    ("message.sent", "messageId", TEXT),
    ("message.sent", "chatId", TEXT),
    ("message.sent", "direction", DIRECTION),
    ("message.sent", "contentType", TEXT),
    ("message.delivered", "messageId", TEXT),
    ("message.read", "messageId", TEXT),
    ("message.failed", "messageId", TEXT),
    ("contact.created", "chatId", TEXT),
    ("chat.assigned", "chatId", TEXT),
    ("chat.assigned", "agentId", TEXT),
    ("chat.resolved", "chatId", TEXT),
    ("agent.handoff", "chatId", TEXT),
    ("agent.handoff", "fromMode", MODE),
    ("agent.handoff", "toMode", MODE),
]
EMPTY_CODE = {TEXT: "string_too_short", DIRECTION: "literal_error", MODE: "literal_error"}
TYPE_CODE = {TEXT: "string_type", DIRECTION: "literal_error", MODE: "literal_error"}
EVENTS = sorted({event for event, _, _ in REQUIRED})


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_with_what_it_requires_is_good(name, event_of, validated, counts):
    found = validated(event_of(name))
    assert counts(found) == (1, 0, 0)
    assert found.events["event"].tolist() == [name]


@pytest.mark.parametrize(("name", "key", "kind"), REQUIRED)
def test_a_required_property_is_neither_missing_null_empty_nor_of_another_type(
    name, key, kind, event_of, without, validated, reasons, counts
):
    good = event_of(name)
    events = [{**good, "properties": without(good["properties"], key)}]
    events += [event_of(name, {key: value}) for value in (None, "", 5, True, [], {"a": 1})]
    found = validated(*events)
    wrong_type = [TYPE_CODE[kind]] * 4
    if key == "agentId":  # any event may carry one, so that an empty one is a missing one
        codes = ["missing", "missing", "string_too_short", *wrong_type]
    else:
        codes = ["missing", "missing", EMPTY_CODE[kind], *wrong_type]
    assert reasons(found) == [(f"properties.{key}", code) for code in codes]
    assert counts(found) == (0, 0, 7)
    assert {event.problem.event for event in found.rejected} == {name}


@pytest.mark.parametrize(
    ("name", "direction"),
    [("message.received", "outbound"), ("message.sent", "inbound"), ("message.sent", "Outbound")],
)
def test_a_direction_is_that_of_its_event(name, direction, event_of, validated, reasons):
    found = validated(event_of(name, {"direction": direction}))
    assert reasons(found) == [("properties.direction", "literal_error")]


OPTIONAL = [
    ("message.received", "hasMedia", [True, False], ["yes", 1, "true", ""], "bool_type"),
    ("message.sent", "templateId", ["welcome", "ü"], [5, True, []], "string_type"),
    ("message.sent", "agentId", ["a2"], [5, {}], "string_type"),
    ("contact.created", "name", ["John Doe"], [5, ["x"]], "string_type"),
    ("contact.created", "source", ["organic"], [False], "string_type"),
    ("chat.resolved", "agentId", ["a2"], [5], "string_type"),
    ("chat.resolved", "resolutionType", ["resolved"], [1.5], "string_type"),
    ("chat.resolved", "messageCount", [0, 12], ["12", 1.5, 12.0, True], "int_type"),
    ("chat.resolved", "durationMinutes", [0, 1.5, 120], ["120", True], "float_type"),
    ("agent.handoff", "agentId", ["a2"], [5], "string_type"),
    ("agent.handoff", "handoffReason", ["user_request"], [0], "string_type"),
    ("agent.handoff", "journeyStep", ["payment"], [{}], "string_type"),
]
COLUMN = {
    "hasMedia": "has_media", "templateId": "template_id", "agentId": "agent_id", "name": "name", "source": "source",
    "resolutionType": "resolution_type", "messageCount": "message_count", "durationMinutes": "duration_minutes",
    "handoffReason": "handoff_reason", "journeyStep": "journey_step", "serviceMode": "service_mode",
    "countryCode": "country_code",
}  # fmt: skip


def at_times(events):
    """The same events, a second after the other, so that none is a duplicate."""
    return [
        {**event, "timestamp": f"2026-01-20T06:30:{second:02}Z"}
        | (
            {"properties": {**event["properties"], "messageId": f"m{second}"}}
            if "messageId" in event["properties"]
            else {}
        )
        for second, event in enumerate(events)
    ]


@pytest.mark.parametrize(("name", "key", "good", "bad", "code"), OPTIONAL)
def test_an_optional_property_that_is_not_of_its_type_costs_itself_and_not_its_event(
    name, key, good, bad, code, event_of, validated, counts
):
    events = at_times([event_of(name, {key: value}) for value in [*good, None, *bad]])
    found = validated(*events)
    assert counts(found) == (len(events), 0, 0)
    values = found.events[COLUMN[key]]
    assert values.tolist()[: len(good)] == good
    assert values[len(good) :].isna().all()
    assert found.events["properties"].isna().all()
    assert {(left_out.event, left_out.field) for left_out in found.left_out_properties} == {(name, f"properties.{key}")}
    assert sum(found.left_out_properties.values()) == len(bad)
    assert {left_out.value for left_out in found.left_out_properties} == {
        "" if key == "name" else json.dumps(value) for value in bad
    }
    assert {left_out.message for left_out in found.left_out_properties} <= {
        WORDS[code],
        "This must be a whole number, without quotes and decimals",
    }


WORDS = {
    "bool_type": "This must be true or false, without quotes",
    "string_type": "This must be a text in double quotes",
    "int_type": "This must be a whole number, without quotes and decimals",
    "float_type": "This must be a number, without quotes",
}


@pytest.mark.parametrize(("key", "value"), [("messageCount", -1), ("durationMinutes", -0.5)])
def test_a_count_and_a_duration_are_not_negative(key, value, event_of, validated, counts):
    found = validated(event_of("chat.resolved", {key: value, "agentId": "a2"}))
    assert counts(found) == (1, 0, 0)
    assert found.left_out_properties == {
        LeftOut("chat.resolved", f"properties.{key}", "This must be at least 0", str(value)): 1
    }
    assert found.events["agent_id"].tolist() == ["a2"]


def test_a_required_property_still_costs_its_event_whatever_else_is_wrong(event_of, validated, reasons, counts):
    found = validated(event_of("message.sent", {"chatId": "", "templateId": 5}))
    assert counts(found) == (0, 0, 1)
    assert reasons(found) == [("properties.chatId", "string_too_short")]
    assert not found.left_out_properties


def test_what_is_left_out_is_not_kept_beside_properties_without_a_column(event_of, validated):
    found = validated(event_of("message.read", {"countryCode": "Kenya", "shard": 3}))
    assert [json.loads(kept) for kept in found.events["properties"]] == [{"messageId": "m1", "shard": 3}]


def test_an_event_outside_the_contract_keeps_what_cannot_be_used_for_it_is_part_of_its_identity(event_of, validated):
    found = validated(event_of("poll.sent", {"countryCode": "Kenya"}), event_of("poll.sent", {"countryCode": "Uganda"}))
    assert [json.loads(kept) for kept in found.events["properties"]] == [
        {"countryCode": "Kenya"}, {"countryCode": "Uganda"},
    ]  # fmt: skip
    assert found.events["country_code"].isna().all()


def test_what_was_left_out_is_said_with_counts_and_values(event_of, validated):
    countries = ["Kenya", "Kenya", "Uganda", "K1", "Tanzania"]
    events = [event_of("message.read", {"messageId": f"m{n}", "countryCode": c}) for n, c in enumerate(countries)]
    found = validated(*events, event_of("chat.resolved", {"durationMinutes": -5}))
    assert describe(found.left_out_properties) == [
        (
            'properties.countryCode was left out of 5 events ("Kenya", "Uganda", "K1", …): '
            "This must be two letters, such as KE"
        ),
        "properties.durationMinutes was left out of 1 event (-5): This must be at least 0",
    ]


def test_a_long_value_is_cut_and_countless_values_are_counted_without_them(event_of, validated):
    events = [event_of("message.read", {"messageId": f"m{n}", "serviceMode": f"{n}" * 60}) for n in range(1_200)]
    found = validated(*events)
    assert found.left_out_properties.total() == 1_200
    assert len(found.left_out_properties) == 1_001
    assert max(len(left_out.value) for left_out in found.left_out_properties) == 41


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("message.sent", "templateId"),
        ("chat.resolved", "agentId"),
        ("message.read", "readAt"),
        ("message.read", "countryCode"),
    ],
)
def test_an_empty_text_is_a_missing_value_where_a_value_is_optional(name, key, event_of, validated, counts):
    assert counts(validated(event_of(name, {key: ""}))) == (1, 0, 0)


@pytest.mark.parametrize(("name", "key"), [("message.delivered", "deliveredAt"), ("message.read", "readAt")])
def test_the_reported_time_is_kept_beside_the_timestamp(name, key, event_of, validated, counts):
    times = ["2026-01-20T06:40:00.123456789Z", "1999-01-01T00:00:00+01:00", None, "yesterday", 5]
    found = validated(*at_times([event_of(name, {key: time}) for time in times]))
    assert counts(found) == (5, 0, 0)
    expected = [pd.Timestamp("2026-01-20T06:40:00.123456Z"), pd.Timestamp("1998-12-31T23:00Z"), *[pd.NaT] * 3]
    assert found.events["reported_at"].tolist() == expected
    assert found.events["timestamp"].dt.second.tolist() == [0, 1, 2, 3, 4]
    assert {left_out.value for left_out in found.left_out_properties} == {'"yesterday"', "5"}


@pytest.mark.parametrize("name", EVENTS)
def test_any_event_may_carry_a_service_mode_and_a_country_in_any_case(name, event_of, validated, counts):
    given = [("bot", "KE"), ("Agent", "ke"), ("BOT", "Ke")]
    found = validated(
        *at_times([event_of(name, {"serviceMode": mode, "countryCode": country}) for mode, country in given])
    )
    assert counts(found) == (3, 0, 0)
    assert found.events["service_mode"].tolist() == ["bot", "agent", "bot"]
    assert found.events["country_code"].tolist() == ["KE"] * 3


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("serviceMode", "human", "This must be 'bot' or 'agent'"),
        ("serviceMode", "N/A", "This must be 'bot' or 'agent'"),
        ("serviceMode", 1, "This must be 'bot' or 'agent'"),
        ("countryCode", "Kenya", "This must be two letters, such as KE"),
        ("countryCode", "K1", "This must be two letters, such as KE"),
        ("countryCode", "KE\n", "This must be two letters, such as KE"),
        ("countryCode", 254, "This must be a text in double quotes"),
    ],
)
def test_a_service_mode_or_country_that_is_none_is_left_out(key, value, message, event_of, validated, counts):
    found = validated(event_of("message.read", {key: value}), event_of("unheard.of", {key: value}))
    assert counts(found) == (2, 0, 0)
    assert found.events[COLUMN[key]].isna().all()
    assert found.left_out_properties == {
        LeftOut(name, f"properties.{key}", message, json.dumps(value)): 1 for name in ("message.read", "unheard.of")
    }


def test_a_missing_type_is_track_and_any_other_is_refused(event_of, without, validated, reasons, counts):
    events = at_times([event_of(), event_of(type=None), event_of(type="identify"), event_of(type="")])
    found = validated(without(events[0], "type"), *events[1:])
    assert counts(found) == (2, 0, 2)
    assert reasons(found) == [("type", "literal_error")] * 2


@pytest.mark.parametrize("field", ["event", "userId", "timestamp", "context", "properties"])
def test_the_envelope_is_complete(field, event_of, without, validated, reasons, counts):
    found = validated(without(event_of(), field), {**event_of(), field: None})
    assert reasons(found) == [(field, "missing")] * 2
    assert counts(found) == (0, 0, 2)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("event", "", "string_too_short"),
        ("event", 5, "string_type"),
        ("event", ["message.sent"], "string_type"),
        ("userId", 254712345678, "string_type"),
        ("userId", "", "missing"),
        ("timestamp", 1768890600, "timestamp_invalid"),
        ("timestamp", True, "timestamp_invalid"),
        ("timestamp", ["2026-01-20T06:30:00Z"], "datetime_type"),
        ("timestamp", "", "timestamp_invalid"),
        ("context", "whatsapp", "model_type"),
        ("context", [], "model_type"),
        ("properties", "none", "not_an_object"),
        ("properties", [], "not_an_object"),
    ],
)
def test_a_field_of_the_envelope_is_of_its_type(field, value, code, event_of, validated, reasons):
    assert reasons(validated({**event_of(), field: value})) == [(field, code)]


@pytest.mark.parametrize(
    "context", [{}, {"channel": None}, {"channel": "sms"}, {"channel": "WhatsApp"}, {"channel": 1}]
)
def test_the_channel_is_whatsapp(context, event_of, validated, reasons):
    ((field, code),) = reasons(validated(event_of(context=context)))
    assert field == "context.channel"
    assert code == ("literal_error" if context.get("channel") else "missing")


def test_a_test_event_is_marked(event_of, validated, reasons, counts):
    contexts = [{"channel": "whatsapp", "test": test} for test in (True, False, None, "true", 1)]
    found = validated(*at_times([event_of(context=context) for context in contexts]))
    assert counts(found) == (3, 0, 2)
    assert found.events["test"].tolist() == [True, False, False]
    assert reasons(found) == [("context.test", "bool_type")] * 2


def test_other_keys_of_the_envelope_and_the_context_are_ignored(event_of, validated, counts):
    context = {"channel": "whatsapp", "library": {"name": "crm", "version": "1.0.0"}, "ip": "10.0.0.1"}
    found = validated(event_of(context=context, messageId="top", anonymousId=None, sentAt="now", integrations={}))
    assert counts(found) == (1, 0, 0)
    assert found.events["message_id"].tolist() == ["m1"]
    assert found.events["properties"].isna().all()


def test_an_event_outside_the_eight_is_kept_and_flagged(event_of, validated, counts):
    found = validated(event_of("broadcast.sent", {"list": 7}), event_of("broadcast.sent", {"list": 8}), event_of())
    assert counts(found) == (3, 0, 0)
    assert found.unknown_events == {"broadcast.sent": 2}
    assert json.loads(found.events["properties"][0]) == {"list": 7}


def test_properties_that_the_contract_does_not_name_are_kept_with_all_others(event_of, validated, counts):
    odd = {"ticket": 7, "näme": {"a": [1, None, 2.5]}, "": "x", "nothing": None}
    found = validated(event_of(properties=odd), event_of("message.sent"))
    assert counts(found) == (2, 0, 0)
    assert json.loads(found.events["properties"][0]) == {
        "messageId": "m1", "chatId": "c1", "direction": "inbound", "contentType": "text", **odd,
    }  # fmt: skip
    assert found.events["properties"].isna().tolist() == [False, True]


@pytest.mark.parametrize("value", ["agent", "", 5])
def test_a_property_of_another_event_is_kept_but_judged_by_nobody(value, event_of, validated, counts):
    found = validated(event_of("message.read", {"toMode": value}))
    assert counts(found) == (1, 0, 0)
    assert found.events["to_mode"].isna().all()
    assert json.loads(found.events["properties"][0]) == {"messageId": "m1", "toMode": value}


def test_a_number_beyond_floats_is_refused_rather_than_changed(event_of, validated, reasons):
    line = json.dumps(event_of(properties={"ticket": 0})).replace("0}", "1e400}").encode()
    assert reasons(validated(line)) == [("properties", "number_too_large")]


def test_the_other_dialect_is_understood(validated, counts):
    found = validated(
        {
            "event_type": "track",
            "event_name": "message.read",
            "user_id": "+254712345678",
            "originalTimestamp": "2026-01-20T06:30:00Z",
            "sent_at": "2026-01-20T06:31:00Z",
            "context": {"channel": "whatsapp"},
            "properties": {"message_id": "m7"},
        }
    )
    assert counts(found) == (1, 0, 0)
    (event,) = found.events.to_dict("records")
    assert (event["event"], event["user_id"], event["message_id"]) == ("message.read", "+254712345678", "m7")
    assert event["timestamp"] == pd.Timestamp("2026-01-20T06:30Z")
    assert pd.isna(event["properties"])


def test_our_names_win_over_those_of_the_other_dialect(event_of, validated, counts):
    found = validated(
        event_of(
            "message.read",
            {"message_id": "other"},
            event_name="message.sent",
            event_type="identify",
            user_id="+15550000000",
            originalTimestamp="2025-01-01T00:00:00Z",
        )
    )
    assert counts(found) == (1, 0, 0)
    (event,) = found.events.to_dict("records")
    assert (event["event"], event["user_id"], event["message_id"]) == ("message.read", "+254712345678", "m1")
    assert event["timestamp"] == pd.Timestamp("2026-01-20T06:30Z")


def test_the_other_dialect_serves_where_ours_is_null(event_of, validated, counts):
    found = validated(
        event_of(timestamp=None, originalTimestamp="2026-01-20T06:30:00Z", userId=None, user_id="+254712345678")
    )
    assert counts(found) == (1, 0, 0)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "invalid_json"),
        (b'{"event": "message.read",}', "invalid_json"),
        (b'{"event": NaN}', "invalid_json"),
        (b'{"event": "\xff"}', "invalid_utf8"),
        (b'{"event": "\\ud800"}', "invalid_json"),
        (b'{"event": "a\tb"}', "invalid_json"),
        (b"null", "not_an_object"),
        (b'"message.read"', "not_an_object"),
        (b"7", "not_an_object"),
    ],
)
def test_a_line_that_is_no_event_counts_as_one_received_and_rejected(line, code, validated, reasons, counts):
    found = validated(b"{}", line)
    assert reasons(found) == [("event", "missing"), ("", code)]
    assert counts(found) == (0, 0, 2)


@pytest.mark.parametrize("length", range(15, 30))
def test_a_line_that_is_broken_after_letters_of_several_bytes_is_rejected(length, validated, reasons):
    assert [code for _, code in reasons(validated(f'{{"a":"{"é" * length}" 1}}'.encode()))] == ["invalid_json"]


def test_of_a_key_given_twice_the_last_counts(event_of, validated, counts):
    line = json.dumps(event_of("message.read")).replace('"userId"', '"userId": "nobody", "userId"').encode()
    found = validated(line)
    assert counts(found) == (1, 0, 0)
    assert found.events["user_id"].tolist() == ["+254712345678"]


@pytest.mark.parametrize("minutes", ["1e2", "15e1", "1e-3", "1E5", "1e-04"])
@pytest.mark.parametrize("spaces", range(4))
def test_a_number_that_grows_when_it_is_read_hides_no_trailing_comma(minutes, spaces, event_of, validated, reasons):
    """Lines are compared with the length of what was read in them, in which `1e2` is `100.0`."""
    event = event_of("chat.resolved", properties={"durationMinutes": 7.5})
    line = json.dumps(event, separators=(",", ":")).replace("7.5", f"{minutes},{' ' * spaces}").encode()
    assert reasons(validated(line)) == [("", "invalid_json")]


def test_an_event_has_at_most_64_kib(event_of, validated, reasons, counts):
    def of_size(size):
        event = event_of(properties={"pad": ""})
        event["properties"]["pad"] = "x" * (size - len(json.dumps(event)))
        return json.dumps(event).encode()

    found = validated(b"  " + of_size(64 * 1024) + b" \r", of_size(64 * 1024 + 1))
    assert counts(found) == (1, 0, 1)
    assert reasons(found) == [("", "event_too_large")]


def test_an_event_nests_at_most_64_levels(event_of, validated, reasons, counts):
    def nested(levels):  # the event and its properties are two of them
        line = json.dumps(event_of("message.read", {"deep": "HERE"}))
        return line.replace('"HERE"', "[" * (levels - 2) + "]" * (levels - 2)).encode()

    found = validated(nested(64), nested(65), nested(300), nested(30_000))
    assert counts(found) == (1, 0, 3)
    assert reasons(found) == [("", "nested_too_deeply")] * 3


@pytest.mark.parametrize("code", [131026, "131026", 131026.0])
def test_the_code_of_an_error_is_a_text_or_a_whole_number(code, event_of, validated):
    many = [event_of("message.failed", {"messageId": f"m{number}", "errorCode": code}) for number in range(200)]
    assert validated(*many).events["error_code"].unique().tolist() == ["131026"]


def test_when_a_message_failed_is_kept_beside_when_the_event_happened(event_of, validated):
    (found,) = validated(event_of("message.failed", {"failedAt": "2026-01-20T06:29:00Z"})).events.itertuples()
    assert (f"{found.timestamp:%H:%M}", f"{found.reported_at:%H:%M}") == ("06:30", "06:29")
