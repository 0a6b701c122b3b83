"""The customer's phone number: E.164, and nothing is guessed."""

import pytest


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+254712345678", "+254712345678"),
        ("+254 712-345 678", "+254712345678"),
        ("+254\u00a0712\u2011345\u2013678", "+254712345678"),
        ("+1234567", "+1234567"),
        ("+123456789012345", "+123456789012345"),
        ("254712345678", "+254712345678"),
        ("254 712 345 678", "+254712345678"),
        ("14155552671", "+14155552671"),
        ("00254712345678", "+254712345678"),
        ("00 254 712 345 678", "+254712345678"),
        ("254712345678.0", "+254712345678"),
        ("+254712345678.0", "+254712345678"),
    ],
)
def test_a_number_is_known_as_plus_and_digits(text, number, event_of, validated, counts):
    found = validated(event_of(userId=text))
    assert counts(found) == (1, 0, 0)
    assert found.events["user_id"].tolist() == [number]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("+123456", "phone_invalid"),
        ("+1234567890123456", "phone_invalid"),
        ("+0254712345678", "phone_invalid"),
        ("++254712345678", "phone_invalid"),
        ("tel:+254712345678", "phone_invalid"),
        ("(254) 712345678", "phone_invalid"),
        ("+٢٥٤٧١٢٣٤٥٦٧٨", "phone_invalid"),
        ("+254712345678\n", "phone_invalid"),
        ("unknown", "phone_invalid"),
        ("-", "phone_invalid"),
        ("0712345678", "phone_no_country_code"),
        ("712345678", "phone_no_country_code"),
        ("000254712345678", "phone_invalid"),
        ("254.0", "phone_invalid"),
        ("254", "phone_no_country_code"),
        ("2.54713E+11", "phone_precision_lost"),
        ("2,54713E+11", "phone_precision_lost"),
        ("2.54713e11", "phone_precision_lost"),
        ("+2.54713E+11", "phone_precision_lost"),
        ("3E+11", "phone_precision_lost"),
    ],
)
def test_a_number_that_is_none_is_refused(text, code, event_of, validated, reasons, counts):
    found = validated(event_of(userId=text))
    assert reasons(found) == [("userId", code)]
    assert counts(found) == (0, 0, 1)


def test_a_country_may_be_named_for_local_numbers(event_of, validated, reasons):
    texts = ["0712345678", "712 345 678", "254712345679", "+14155552671", "12"]
    found = validated(*(event_of("contact.created", userId=text) for text in texts), country="KE")
    assert found.events["user_id"].tolist() == ["+254712345678", "+254712345679", "+14155552671"]
    assert found.duplicates == 1  # both spellings of the first are one customer
    assert reasons(found) == [("userId", "phone_no_country_code")]
