"""Which events are the same one: the first counts, a later one is a duplicate."""

import json

import pytest

LATER = {"timestamp": "2026-01-20T07:00:00Z"}
MESSAGE_EVENTS = ["message.received", "message.sent", "message.delivered", "message.read", "message.failed"]
OTHER_EVENTS = ["contact.created", "chat.assigned", "chat.resolved", "agent.handoff"]


@pytest.mark.parametrize("name", [*MESSAGE_EVENTS, *OTHER_EVENTS, "unheard.of"])
def test_the_same_event_again_is_a_duplicate_without_a_conflict(name, event_of, validated, counts):
    found = validated(event_of(name), event_of(name), event_of(name))
    assert counts(found) == (1, 2, 0)
    assert found.conflicts == 0


def test_ids_at_the_top_level_play_no_part(event_of, validated, counts):
    found = validated(event_of(messageId="one", anonymousId="a"), event_of(messageId="two", anonymousId="b"))
    assert counts(found) == (1, 1, 0)
    assert found.conflicts == 0


def test_the_events_of_one_message_are_different_events(event_of, validated, counts):
    found = validated(*(event_of(name) for name in MESSAGE_EVENTS))
    assert counts(found) == (5, 0, 0)
    assert found.events["key_high"].nunique() == 1  # and can be joined
    assert found.events["key_low"].nunique() == 5


@pytest.mark.parametrize("name", MESSAGE_EVENTS)
def test_an_event_of_a_message_is_known_by_the_message_alone(name, event_of, validated, counts):
    found = validated(
        event_of(name), event_of(name, userId="+14155552671", **LATER), event_of(name, {"messageId": "m2"})
    )
    assert counts(found) == (2, 1, 0)
    assert found.conflicts == 1
    assert found.events["user_id"].tolist() == ["+254712345678"] * 2  # the first wins


@pytest.mark.parametrize("name", OTHER_EVENTS)
def test_another_event_is_known_by_user_chat_and_time(name, event_of, validated, counts):
    found = validated(
        event_of(name),
        event_of(name, {"agentId": "somebody else"}),
        event_of(name, userId="+14155552671"),
        event_of(name, {"chatId": "c2"}),
        event_of(name, timestamp="2026-01-20T06:30:00.000001Z"),
        event_of(name, timestamp="2026-01-20T09:30:00+03:00"),
    )
    assert counts(found) == (4, 2, 0)
    assert found.conflicts == 1


def test_an_event_outside_the_contract_is_known_by_its_name_and_properties_too(event_of, validated, counts):
    found = validated(
        event_of("poll.sent", {"a": 1, "b": {"c": 2, "d": 3}}),
        event_of("poll.sent", {"b": {"d": 3, "c": 2}, "a": 1}),
        event_of("poll.sent", {"a": 2, "b": {"c": 2, "d": 3}}),
        event_of("poll.closed", {"a": 1, "b": {"c": 2, "d": 3}}),
    )
    assert counts(found) == (3, 1, 0)


def test_a_spelling_in_another_dialect_or_with_escapes_is_the_same_event(event_of, without, validated, counts):
    ours = event_of("message.read")
    theirs = without(event_of("message.read", {"message_id": "m1"}), "userId") | {"user_id": "254712345678"}
    theirs["properties"] = without(theirs["properties"], "messageId")
    escaped = json.dumps(ours).replace('"m1"', '"\\u006d1"').encode()
    found = validated(ours, theirs, escaped)
    assert counts(found) == (1, 2, 0)
    assert found.conflicts == 0


def test_each_duplicate_that_differs_from_the_first_is_a_conflict(event_of, validated, counts):
    one, other = event_of(), event_of(properties={"contentType": "image"})
    found = validated(one, other, other, one, event_of("message.read"), event_of("message.read", {"readAt": None}))
    assert counts(found) == (2, 4, 0)
    assert found.conflicts == 2


def test_a_conflict_may_lie_in_a_kept_property_a_time_or_a_flag(event_of, validated):
    first = event_of("message.read", {"x": 1})
    others = [
        event_of("message.read", {"x": 2}),
        event_of("message.read"),
        event_of("message.read", {"x": 1, "readAt": "2026-01-20T06:30:00Z"}),
        event_of("message.read", {"x": 1}, context={"channel": "whatsapp", "test": True}),
        event_of("message.read", {"x": 1}, **LATER),
        event_of("message.read", {"x": 1, "agentId": "a2"}),
    ]
    assert validated(first, *others).conflicts == 6


def test_a_rejected_event_makes_no_later_one_a_duplicate(event_of, validated, counts):
    assert counts(validated(event_of(timestamp="bad"), event_of(), event_of(timestamp="bad"))) == (1, 0, 2)


def test_what_differs_is_known_by_event_and_field(event_of, validated):
    again = {"agentId": "a2", "x": 1}
    found = validated(event_of(), event_of(), event_of(properties=again), event_of(properties=again), event_of(**LATER))
    assert found.repeats == {
        ("message.received", ()): 1,
        ("message.received", ("agentId", "other properties")): 2,
        ("message.received", ("timestamp",)): 1,
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("contact.created", 0), ("message.received", 1), ("agent.handoff", 2), ("chat.assigned", 3),
        ("message.sent", 4), ("message.delivered", 5), ("message.read", 6), ("chat.resolved", 7),
        ("message.failed", 8), ("unheard.of", 15),
    ],
)  # fmt: skip
def test_the_code_of_an_event_in_its_identity_stays_for_ever(name, code, event_of, validated):
    many = [event_of(name, {"messageId": f"m{number}"}) for number in range(200)]  # enough for the fast path
    assert {int(low) & 15 for low in validated(*many).events["key_low"]} == {code}
