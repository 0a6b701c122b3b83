"""Customer ids: the phone or the WhatsApp user id by which an event names its customer, however a system writes it.

Since 2026 a customer may hide their number behind a username. Systems then know a WhatsApp user id alone, which belongs
to one person and one business: two letters of a country, a dot, and letters and digits.
"""

import re

from pydantic_core import PydanticCustomError

from analytics.events.phone import E164, PHONE_INVALID, SEPARATORS, one_spelling, other_spelling, to_e164

WHATSAPP_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
EXAMPLE = "KE.13491208655302741918"

_WRAPPED = re.compile(r"(?:((?i:whatsapp:))\s*)?(.*?)(?:(?::[0-9]+)?@(c\.us|s\.whatsapp\.net))?", re.DOTALL)
"""How Twilio, and programs that speak WhatsApp's own protocol, wrap an id; the number after `:` is a device."""

_SEND_INSTEAD = f"send the phone number as + and digits, or the WhatsApp user ID such as {EXAMPLE}"

_NO_CUSTOMERS = (
    (
        re.compile(r".+@g\.us"),
        PydanticCustomError(
            "group_chat", f"A group is not a customer: for the person who wrote in it, {_SEND_INSTEAD}"
        ),
    ),
    (
        re.compile(r".+@(hosted\.)?lid"),
        PydanticCustomError("user_id_local", f"Only one WhatsApp account knows this ID: {_SEND_INSTEAD}"),
    ),
    (
        re.compile(r"@\S+"),
        PydanticCustomError("user_name", f"This is a username, which its owner may change: {_SEND_INSTEAD}"),
    ),
)
"""What systems send of WhatsApp that names no customer, and what to send instead."""


def read_customer_id(text: str, country: str | None = None) -> str:
    """Return the phone in E.164 or the WhatsApp user id that `text` means, without what systems wrap around it.

    A wrapped number is international as it is; `country` (ISO 3166-1 alpha-2) is that of local numbers.

    Raises:
        PydanticCustomError: with the code `missing`, `group_chat`, `user_id_local` or `user_name`, or those of
            `to_e164`.
    """
    if E164.fullmatch(text) or WHATSAPP_USER_ID.fullmatch(text):
        return text
    bare = text.strip()
    if not bare:
        raise PydanticCustomError("missing", "This field is missing")
    for pattern, problem in _NO_CUSTOMERS:
        if pattern.fullmatch(bare):
            raise problem
    wrapping = _WRAPPED.fullmatch(bare)
    if wrapping and (wrapping[1] or wrapping[3]):
        return _read_wrapped(wrapping[2])
    return bare if WHATSAPP_USER_ID.fullmatch(bare) else to_e164(text, country)


def _read_wrapped(inner: str) -> str:
    if WHATSAPP_USER_ID.fullmatch(inner):
        return inner
    number = f"+{SEPARATORS.sub('', inner).removeprefix('+')}"
    if E164.fullmatch(number):
        return number
    raise PHONE_INVALID


def spellings_of(text: str) -> list[str]:
    """Return the id that `text` means in each of WhatsApp's spellings; none where it means no customer."""
    try:
        found = read_customer_id(text)
    except PydanticCustomError:
        return []
    other = other_spelling(found)
    return [found, other] if other else [found]


def canonical(customer_id: str) -> str:
    """Return the id that stands for both of WhatsApp's spellings of a number; other ids as they are."""
    return one_spelling(customer_id)
