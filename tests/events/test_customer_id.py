"""Customer ids: phones and WhatsApp user ids, with all that systems wrap around them."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.events.contract import Assumptions
from analytics.events.customer_id import canonical, read_customer_id, spellings_of
from analytics.events.files.dump import read_dump
from analytics.events.phone import other_spelling
from analytics.events.validate import validate

CASE = Path(__file__).parents[1] / "cases" / "events" / "customer_ids.ndjson"
PHONE = "+254712345678"
SPELLINGS = [
    ("+5531988880001", "+553188880001", "+5531988880001"),
    ("+5215512340001", "+525512340001", "+525512340001"),
    ("+5491112340001", "+541112340001", "+541112340001"),
]


@pytest.mark.parametrize(
    ("text", "customer_id"),
    [
        ("KE.13491208655302741918", "KE.13491208655302741918"),
        ("US.ENT.11815799212886844830", "US.ENT.11815799212886844830"),
        (" KE.1349aZ ", "KE.1349aZ"),
        ("whatsapp:KE.1349", "KE.1349"),
        (f"whatsapp:{PHONE}", PHONE),
        (f"WhatsApp:{PHONE}", PHONE),
        ("whatsapp:254 712-345678", PHONE),
        ("254712345678@c.us", PHONE),
        ("+254712345678@c.us", PHONE),
        ("254712345678@s.whatsapp.net", PHONE),
        ("254712345678:12@s.whatsapp.net", PHONE),
        ("99912345@c.us", "+99912345"),  # a wrapped number is international as it is
        ("5215512340001", "+5215512340001"),
        ("525512340001", "+525512340001"),
        ("553188880001", "+553188880001"),  # valid by its other spelling
        ("541112340001", "+541112340001"),
    ],
)
def test_an_id_is_known_without_what_systems_wrap_around_it(text, customer_id, event_of, validated, counts):
    found = validated(event_of(userId=text))
    assert counts(found) == (1, 0, 0)
    assert found.events["user_id"].tolist() == [customer_id]


@pytest.mark.parametrize(
    ("text", "code", "instead"),
    [
        ("120363041234567890@g.us", "group_chat", "for the person who wrote in it"),
        ("123456789012345@lid", "user_id_local", "send the phone number"),
        ("123456789012345:7@lid", "user_id_local", "send the phone number"),
        ("@jane_doe", "user_name", "send the phone number"),
        ("", "missing", "This field is missing"),
        ("  ", "missing", "This field is missing"),
        ("KE.", "phone_invalid", "is not a phone number with"),
        ("ke.1349", "phone_invalid", "is not a phone number with"),
        ("KE.13-49", "phone_invalid", "is not a phone number with"),
        (f"KE.{'1' * 129}", "phone_invalid", "is not a phone number with"),
        ("0712345678@example.com", "phone_invalid", "is not a phone number with"),
        ("0712345678@c.us", "phone_invalid", "is not a phone number with"),
        ("status@broadcast", "phone_invalid", "is not a phone number with"),
    ],
)
def test_what_names_no_customer_is_refused_with_what_to_send_instead(text, code, instead, event_of, validated, reasons):
    found = validated(event_of(userId=text))
    assert reasons(found) == [("userId", code)]
    assert instead in found.rejected[0].problem.message


def test_the_ids_of_the_case_are_read_as_it_says():
    found = validate(read_dump(io.BytesIO(CASE.read_bytes())), Assumptions())
    users = dict(zip(found.events["message_id"], found.events["user_id"], strict=True))
    assert users == {
        "i0": "US.13491208655302741918", "i1": "KE.1001",
        **dict.fromkeys(("i3", "i4", "i5", "i7", "i8", "i9", "i10", "i14"), "+254700000001"),
    }  # fmt: skip
    assert [event.problem.code for event in found.rejected] == [
        "group_chat", "user_id_local", "missing", "user_name", "phone_invalid", "phone_no_country_code",
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "other", "one"), SPELLINGS)
def test_a_number_has_the_spellings_that_whatsapp_gives_it(number, other, one):
    assert canonical(number) == canonical(other) == one
    assert other_spelling(number) == other
    assert other_spelling(other) == number


@pytest.mark.parametrize("number", ["+553122220001", "+5531922220001", "+52155123400", "+5411123400", "+254712345678"])
def test_other_numbers_have_one_spelling(number):
    assert canonical(number) == number
    assert other_spelling(number) is None


@given(st.from_regex(r"\+(55|52|54|521|549|254)[0-9]{8,11}", fullmatch=True))
def test_two_spellings_name_each_other_and_share_one_that_stands_for_both(number):
    other = other_spelling(number)
    assert canonical(canonical(number)) == canonical(number)
    if other is None:
        assert canonical(number) == number
    else:
        assert other != number
        assert other_spelling(other) == number
        assert canonical(other) == canonical(number)


@pytest.mark.parametrize(("number", "other"), [(number, other) for number, other, _ in SPELLINGS])
def test_an_event_under_the_other_spelling_is_the_same_event(number, other, event_of, validated, counts):
    found = validated(event_of("chat.resolved", userId=number), event_of("chat.resolved", userId=other))
    assert counts(found) == (1, 1, 0)
    assert found.events["user_id"].tolist() == [number]


def test_further_ids_are_read_like_the_first(event_of, validated):
    given = {"waUserId": "KE.1349", "phone": "whatsapp:+254700000001", "previousUserId": "00254700000002"}
    found = validated(event_of(properties={**given, "phoneNumberId": "1065"}))
    row = found.events.iloc[0]
    assert row[["wa_user_id", "phone", "previous_user_id", "phone_number_id"]].tolist() == [
        "KE.1349", "+254700000001", "+254700000002", "1065",
    ]  # fmt: skip


def test_a_further_id_that_cannot_be_read_costs_itself_alone(event_of, validated, counts):
    found = validated(event_of(properties={"phone": "0712345678", "waUserId": 7}))
    assert counts(found) == (1, 0, 0)
    assert found.events[["phone", "wa_user_id"]].isna().all(axis=None)
    assert {left_out.field: left_out.value for left_out in found.left_out_properties} == {
        "properties.phone": "", "properties.waUserId": "",
    }  # fmt: skip


@given(st.text(max_size=40))
def test_no_text_is_read_as_an_id_that_is_read_otherwise_again(text):
    for found in spellings_of(text):
        assert read_customer_id(found) == found
        assert set(spellings_of(found)) == set(spellings_of(text))
