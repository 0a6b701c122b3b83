"""Instants: RFC 3339 text to microseconds since 1970-01-01 UTC, and from these to what pandas knows."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic_core import PydanticCustomError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)  # WhatsApp was founded in 2009
LATEST_AHEAD = timedelta(hours=24)  # room for clocks that run fast

_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?"
    r"([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)

_UNIX_TIME = re.compile(r"[0-9]{9,19}(\.[0-9]*)?")
_UNIX_UNITS = {11: "seconds", 14: "milliseconds", 17: "microseconds", 19: "nanoseconds"}  # by most digits


def parse_instant(text: str, assumed_zone: tzinfo | None = None) -> datetime:
    """Return the instant `text` names, in UTC, cut to microseconds.

    `assumed_zone` is the zone for times without an offset; without a zone they are refused. If clocks are put back
    and show a time twice, the first is meant. A time that clocks skip when they are put forward is refused.

    Raises:
        PydanticCustomError: with the code `timestamp_invalid` or `timestamp_no_offset`.
    """
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise _not_rfc_3339(text)
    day, clock, fraction, offset = match.groups()
    try:
        time = datetime.fromisoformat(f"{day}T{clock}{(fraction or '')[:7]}{(offset or '').upper()}")
        instant = time.replace(tzinfo=time.tzinfo or assumed_zone or UTC).astimezone(UTC)
        exists = clock < "24" and (offset or instant.astimezone(assumed_zone or UTC).replace(tzinfo=None) == time)
    except (ValueError, OverflowError):
        exists = False
    if not exists:
        raise _invalid("This date or time does not exist")
    if not offset and assumed_zone is None:
        raise PydanticCustomError(
            "timestamp_no_offset", "This time has no offset: end it with Z, or with an offset such as +03:00"
        )
    return instant


def check_plausible(instant: datetime, now: datetime) -> datetime:
    """Return `instant` when it lies between 2009 and 24 h after `now`.

    Raises:
        PydanticCustomError: with the code `timestamp_too_early` or `timestamp_in_future`.
    """
    if instant < EARLIEST:
        raise PydanticCustomError("timestamp_too_early", "This time is before 2009, when WhatsApp began")
    if instant > now + LATEST_AHEAD:
        raise PydanticCustomError("timestamp_in_future", "This time is more than 24 h in the future")
    return instant


def to_microseconds(instant: datetime) -> int:
    """Return microseconds since 1970-01-01 UTC."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def instants_of(microseconds: npt.ArrayLike) -> pd.DatetimeIndex:
    """Return microseconds since 1970-01-01 UTC as instants (datetime64[us, UTC]).

    NaN, and the least int64, by which columns of times say that there is none, become NaT.
    """
    return pd.DatetimeIndex(np.asarray(microseconds).astype("M8[us]")).tz_localize("UTC")


def _not_rfc_3339(text: str) -> PydanticCustomError:
    if not _UNIX_TIME.fullmatch(text):
        return _invalid("We cannot read this time. Example: 2026-01-20T06:30:00Z")
    digits = len(text.partition(".")[0])
    unit = next(unit for most, unit in _UNIX_UNITS.items() if digits <= most)
    return _invalid(f"This is a Unix time in {unit}. Write it like 2026-01-20T06:30:00Z")


def _invalid(message: str) -> PydanticCustomError:
    return PydanticCustomError("timestamp_invalid", message)
