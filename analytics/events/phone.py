"""Phone numbers in E.164, the only form that identifies a customer."""

import re

import phonenumbers
from pydantic_core import PydanticCustomError

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[ \u00a0\-\u2010-\u2015]")
_SCIENTIFIC = re.compile(r"\+?[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")


def to_e164(text: str, country: str | None = None) -> str:
    """Return `text` as `+` and 7 to 15 digits; nothing is guessed.

    Spaces and dashes are dropped. Digits without `+` are taken as E.164 when `phonenumbers` finds them
    valid, else as a local number of `country` (ISO 3166-1 alpha-2) when the caller names one.

    Raises:
        PydanticCustomError: with the code `phone_precision_lost`, `phone_no_country_code` or `phone_invalid`.
    """
    if E164.fullmatch(text):
        return text
    number = _SEPARATORS.sub("", text)
    if E164.fullmatch(number):
        return number
    if _SCIENTIFIC.fullmatch(number):
        raise PydanticCustomError(
            "phone_precision_lost",
            "Phone number damaged by a spreadsheet: format the column as Text and export again",
        )
    if not (number.isascii() and number.isdigit()):
        raise PydanticCustomError(
            "phone_invalid", "Not a phone number in E.164: + and 7 to 15 digits, such as +254712345678"
        )
    return _from_digits(number, country)


def _from_digits(digits: str, country: str | None) -> str:
    for number, region in ((f"+{digits}", None), (digits, country)):
        if number.startswith("+") or region:
            try:
                parsed = phonenumbers.parse(number, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(parsed):
                return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    raise PydanticCustomError("phone_no_country_code", "Phone number without country code: write it as + and digits")
