"""Times of whole columns: array operations on bytes turn RFC 3339 texts (JSON) into microseconds.

For the usual spelling the result is that of `timestamps.parse_instant`; all other texts are left to that function.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

NO_TIME = np.iinfo(np.int64).min
"""No time, or one that is not certainly valid."""

Times = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

_MICROSECONDS_PER_SECOND = 1_000_000
_UPTO_SECONDS = 1 + len("2026-01-20T06:30:00")  # after the quotation mark that opens the text
_OFFSET = len("+03:00")
_MAX_FRACTION = 9


def parse_instants(texts: pa.StringArray) -> tuple[Times, Times]:
    """Return microseconds since 1970 UTC, and for times without an offset the microseconds of the local clock.

    Either is `NO_TIME` where the text is of the other kind or of neither.
    """
    instants = np.full(len(texts), NO_TIME, np.int64)
    local = instants.copy()
    data, offsets = text_bytes(texts)
    lengths = np.diff(offsets)
    for length in np.unique(lengths).tolist():
        rows = np.flatnonzero(lengths == length)
        if not _UPTO_SECONDS < length <= _UPTO_SECONDS + 1 + _MAX_FRACTION + _OFFSET + 1:
            continue
        columns = _lay_side_by_side(data, offsets, rows, length)
        zulu = columns[-2] == ord("Z")
        signed = np.isin(columns[-1 - _OFFSET], [ord("+"), ord("-")])
        for kind, tail, found in (
            (zulu, 1, instants),
            (~zulu & signed, _OFFSET, instants),
            (~zulu & ~signed, 0, local),
        ):
            if kind.any():
                found[rows[kind]] = _parse(columns if kind.all() else columns[:, kind], tail)
    return instants, local


def _lay_side_by_side(data: Bytes, offsets: npt.NDArray[Any], rows: npt.NDArray[np.intp], length: int) -> Bytes:
    """Return texts of one length as columns: a row for each of their bytes."""
    used = data[offsets[0] : offsets[-1]]
    if len(used) == len(rows) * length:  # there are no others in between
        return np.ascontiguousarray(used.reshape(-1, length).T)
    return np.ascontiguousarray(data[offsets[rows][:, None] + np.arange(length)].T)


def text_bytes(texts: pa.StringArray) -> tuple[Bytes, npt.NDArray[Any]]:
    """Return the bytes of all texts, and the offsets at which each begins and ends."""
    _, offsets, data = texts.buffers()
    start, stop = texts.offset, texts.offset + len(texts) + 1
    kind = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    places = np.frombuffer(offsets, kind)[start:stop] if offsets else np.zeros(1, kind)
    return np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8), places


def _parse(columns: Bytes, tail: int) -> Times:
    """Parse texts of one length, a row of `columns` for each byte, whose zone takes the last `tail` bytes."""
    fraction = len(columns) - 1 - tail - _UPTO_SECONDS
    good = _match_signs(columns, {0: '"', 5: "-", 8: "-", 14: ":", 17: ":", -1: '"'})
    good &= (columns[11] == ord("T")) | (columns[11] == ord(" "))
    year, month, day, hour, minute, second = (
        _read_number(columns, start, digits, good)
        for start, digits in ((1, 4), (6, 2), (9, 2), (12, 2), (15, 2), (18, 2))
    )
    good &= (year >= 1900) & (year < 2100)  # no year 0, and no offset reaches beyond year 9999
    good &= (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    months = (year - 1970) * 12 + month - 1
    first, following = (days_before_month(months + ahead) for ahead in (0, 1))
    good &= first + day <= following
    seconds = (first + day - 1) * 86_400 + hour * 3_600 + minute * 60 + second
    if tail == _OFFSET:
        seconds -= _read_offset(columns, good)
    micros = seconds * _MICROSECONDS_PER_SECOND
    if fraction:
        micros += _read_fraction(columns, fraction, good)
    return np.where(good, micros, NO_TIME)


def _match_signs(columns: Bytes, wanted: dict[int, str]) -> npt.NDArray[np.bool_]:
    right: npt.NDArray[np.bool_] = np.logical_and.reduce(
        [columns[place] == ord(sign) for place, sign in wanted.items()]
    )
    return right


def _read_number(columns: Bytes, start: int, digits: int, good: npt.NDArray[np.bool_]) -> Times:
    """Return the number that some bytes spell; a row with anything but digits there is taken out of `good`."""
    value = np.zeros(columns.shape[1], np.int64)
    for place in range(start, start + digits):
        digit = columns[place] - np.uint8(ord("0"))
        good &= digit <= 9
        value *= 10
        value += digit
    return value


def days_before_month(months: Times) -> Times:
    """Return the days from 1970 to the first of each month, counted from 1970."""
    days: Times = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    return days


def _read_fraction(columns: Bytes, fraction: int, good: npt.NDArray[np.bool_]) -> Times:
    digits = fraction - 1
    good &= (columns[_UPTO_SECONDS] == ord(".")) & (1 <= digits <= _MAX_FRACTION)
    used = min(digits, 6)
    micros: Times = _read_number(columns, _UPTO_SECONDS + 1, used, good) * 10 ** (6 - used)
    _read_number(columns, _UPTO_SECONDS + 1 + used, digits - used, good)  # the rest is cut, but must be digits
    return micros


def _read_offset(columns: Bytes, good: npt.NDArray[np.bool_]) -> Times:
    start = len(columns) - 1 - _OFFSET
    good &= columns[start + 3] == ord(":")
    hours, minutes = _read_number(columns, start + 1, 2, good), _read_number(columns, start + 4, 2, good)
    good &= (hours < 24) & (minutes < 60)
    seconds: Times = np.where(columns[start] == ord("-"), -1, 1) * (hours * 3_600 + minutes * 60)
    return seconds
