"""Phone numbers in E.164, the only form in which a number identifies a customer."""

import re

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from pydantic_core import PydanticCustomError

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SEPARATORS = re.compile(r"[ \u00a0\-\u2010-\u2015]")
_FLOAT = re.compile(r"(\+?[0-9]{7,})\.0")
_SCIENTIFIC = re.compile(r"\+?[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")

PHONE_INVALID = PydanticCustomError(
    "phone_invalid", "This is not a phone number with + and 7 to 15 digits, such as +254712345678"
)

_TWO_SPELLINGS = (
    (r"^\+55([0-9]{2})([6-9][0-9]{7})$", r"+55\19\2"),  # Brazil: mobile numbers, now with a 9
    (r"^\+521([0-9]{10})$", r"+52\1"),  # Mexico: mobile numbers, once with a 1
    (r"^\+549([0-9]{10})$", r"+54\1"),  # Argentina: mobile numbers from abroad, with a 9
)
"""The numbers that WhatsApp writes in two ways: one of them, and how the other is made, which stands for both."""

TO_BE_SPELLED_ANEW = "|".join(pattern for pattern, _ in _TWO_SPELLINGS)
"""A pattern of the numbers for which another spelling stands, as every kind of SQL and Python understand it."""

_BRAZILIAN_WITH_9 = re.compile(r"\+55([0-9]{2})9([6-9][0-9]{7})")


def to_e164(text: str, country: str | None = None) -> str:
    """Return `text` as `+` and 7 to 15 digits; nothing is guessed.

    Spaces and dashes are dropped, and the `.0` of a number that was read as a float; a leading `00` is a `+`. Digits
    without either are taken as E.164 when `phonenumbers` finds them, or their other WhatsApp spelling, valid, else as a
    local number of `country` (ISO 3166-1 alpha-2) when the caller names one.

    Raises:
        PydanticCustomError: with the code `phone_precision_lost`, `phone_no_country_code` or `phone_invalid`.
    """
    if E164.fullmatch(text):
        return text
    number = SEPARATORS.sub("", text)
    if whole := _FLOAT.fullmatch(number):
        number = whole[1]
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if E164.fullmatch(number):
        return number
    if _SCIENTIFIC.fullmatch(number):
        raise PydanticCustomError(
            "phone_precision_lost",
            "A spreadsheet damaged this phone number: format the column as Text and export again",
        )
    if not (number.isascii() and number.isdigit()):
        raise PHONE_INVALID
    return _from_digits(number, country)


def one_spelling(number: str) -> str:
    """Return the spelling that stands for both where WhatsApp writes a number in two ways; other texts as they are."""
    for pattern, other in _FOR_ONE if number.startswith(("+55", "+52", "+54")) else ():
        number = pattern.sub(other, number)
    return number


_FOR_ONE = [(re.compile(p), re.sub(r"\\([0-9])", r"\\g<\1>", other)) for p, other in _TWO_SPELLINGS]
"""The same as Python writes it."""


def one_spelling_of_each(numbers: pa.Array) -> pa.Array:
    """Return for each text what `one_spelling` returns."""
    for pattern, other in _TWO_SPELLINGS:
        numbers = pc.replace_substring_regex(numbers, pattern, other)
    return numbers


def other_spelling(number: str) -> str | None:
    """Return the other way in which WhatsApp writes a number in E.164; None where there is but one."""
    if (one := one_spelling(number)) != number:
        return one
    if number.startswith("+55"):
        return _BRAZILIAN_WITH_9.sub(r"+55\1\2", number) if _BRAZILIAN_WITH_9.fullmatch(number) else None
    mobile = {"+52": "+521", "+54": "+549"}.get(number[:3])
    return mobile + number[3:] if mobile and len(number) == len("+52") + _NATIONAL_DIGITS else None


_NATIONAL_DIGITS = 10
"""The digits of a Mexican or Argentinian number after the country's code, in the shorter spelling."""


def _from_digits(digits: str, country: str | None) -> str:
    number = f"+{digits}"
    if valid := _as_valid(number, None):
        return valid
    if E164.fullmatch(number) and (other := other_spelling(number)) and _as_valid(other, None):
        return number
    if country and (local := _as_valid(digits, country)):
        return local
    raise PydanticCustomError(
        "phone_no_country_code", "This phone number has no country code: write it as + and digits"
    )


def _as_valid(number: str, region: str | None) -> str | None:
    """Return a number in E.164, None if `phonenumbers` does not find it valid."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
