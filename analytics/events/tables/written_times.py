"""Written times: a column of texts as instants, or as what a clock shows where no zone is said.

All texts of a shape (`time_forms.py`) are read together, digit by digit, so that a million take less than a second. Of
the libraries, dateutil knows English alone and puts today where a part is missing, dateparser takes about a
millisecond a text; neither says what it had to guess.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.events.columns.instants import NO_TIME, Bytes, Times, days_before_month, text_bytes
from analytics.events.tables.time_forms import PARTS, Form, form_of

Mask = npt.NDArray[np.bool_]
_Codes = npt.NDArray[np.int32]
_Rows = npt.NDArray[np.intp]

_DAY = 86_400_000_000
_SERIAL_OF_1970 = 25_569
_BLANKED = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else byte for byte in range(256)).lower()
_SHAPE = np.frombuffer(_BLANKED, np.uint8)
"""Which byte of a shape stands for each byte of a text."""

AS_WRITTEN = r"^0000-00-00[t ]00:00:00(\.0{1,9})?(z|[+-]00:00)?$"
"""The shape of times that the contract reads as they are."""
_TO_THE_MINUTE = r"^0000[-/]00[-/]00[t ]00:00$"
_DAY_ALONE = r"^0000[-/]00[-/]00$"


@dataclass(frozen=True)
class WrittenTimes:
    """What a column of texts says: for each row microseconds, `NO_TIME` where it is no time, and what remains open.

    They count from 1970, in UTC where a zone is said, else by the clock that wrote them (`is_local`).
    """

    microseconds: Times
    is_local: Mask
    unclear: Mask
    """Whether day and month can be mixed up, as nobody said which comes first."""
    texts: pa.Array
    """The times as the contract reads them; what is no time stays as it is."""


def read_times(texts: pa.Array, *, day_first: bool | None = None) -> WrittenTimes:
    """Return what texts (strings in Arrow, some missing) say; `day_first` tells what 03/04/2026 means."""
    shapes = _shapes(texts)
    reading = _Reading(shapes, *text_bytes(texts))
    micros = reading.microseconds(day_first=day_first)
    is_local = reading.flag(lambda form: form.is_local)
    unclear = reading.flag(lambda form: form.ordered) & (day_first is None)
    micros[unclear] = NO_TIME
    return WrittenTimes(micros, is_local, unclear, _write(texts, shapes, micros, is_local))


def are_as_written(texts: pa.Array) -> bool:
    """Return whether the contract reads all texts as they are, so that nobody needs to."""
    return bool(pc.all(pc.match_substring_regex(_shapes(texts).dictionary, AS_WRITTEN)).as_py() in (True, None))


def _shapes(texts: pa.Array) -> pa.DictionaryArray:
    """Return the shape of each text."""
    if pa.types.is_large_string(texts.type):
        texts = texts.cast(pa.string())
    valid, offsets, data = texts.buffers()
    blanked = None if data is None else pa.py_buffer(_SHAPE[np.frombuffer(data, np.uint8)])
    same = pa.Array.from_buffers(pa.string(), len(texts), [valid, offsets, blanked], offset=texts.offset)
    return same.dictionary_encode()


class _Reading:
    """The reading of a column: the form of each row, and the bytes of the texts.

    Rows whose digits stand in the same places are read together, whatever the words between them.
    """

    def __init__(self, shapes: pa.DictionaryArray, data: Bytes, offsets: npt.NDArray[np.int32]) -> None:
        known = shapes.dictionary.to_pylist()
        self._forms = [*map(form_of, known), None]
        indices = shapes.indices.fill_null(len(known)) if shapes.null_count else shapes.indices
        self._codes: _Codes = indices.to_numpy(zero_copy_only=False)
        self._data = data
        self._begins = offsets[:-1].astype(np.int64)

    def flag(self, of: Callable[[Form], bool]) -> Mask:
        """Return which rows have a form of which something holds."""
        return np.array([form is not None and of(form) for form in self._forms], np.bool_)[self._codes]

    def microseconds(self, *, day_first: bool | None) -> Times:
        """Return the microseconds of each row."""
        micros = np.full(len(self._codes), NO_TIME, np.int64)
        layouts: dict[tuple[object, ...], int] = {}
        layout_of = [layouts.setdefault(form.layout, len(layouts)) if form else -1 for form in self._forms]
        layout = np.array(layout_of, np.int32)[self._codes]
        read = {"date": self._dates, "unix": self._unix, "serial": self._serials}
        for number in layouts.values():
            form = self._forms[layout_of.index(number)]
            rows = np.flatnonzero(layout == number)
            if form and len(rows):
                micros[rows] = read[form.kind](rows, form, day_first=bool(day_first))
        return micros

    def _dates(self, rows: _Rows, form: Form, *, day_first: bool) -> Times:
        year, month, day, hour, minute, second, fraction, offset_hour, offset_minute = (
            self._number(form, name, rows) for name in PARTS if name != "whole"
        )
        if day_first and form.ordered:
            month, day = day, month
        if form.month:
            month = self._each(lambda each: each.month, rows)
        if len(form.digits["year"]) == len("26"):
            year = year + 2000
        good = (year >= 1900) & (year < 2100) & (month >= 1) & (month <= 12) & (day >= 1)
        months = np.where(good, (year - 1970) * 12 + month - 1, 0)
        first, following = days_before_month(months), days_before_month(months + 1)
        good &= first + day <= following
        if form.half:
            good &= (hour >= 1) & (hour <= 12)
            hour = hour % 12 + self._each(lambda each: 12 * (each.half == "p"), rows)
        good &= (hour < 24) & (minute < 60) & (second < 60) & (offset_hour < 24) & (offset_minute < 60)
        ahead = form.sign * (offset_hour * 60 + offset_minute)
        if form.offset is not None:
            ahead = self._each(lambda each: each.offset or 0, rows)
        seconds = (first + day - 1) * 86_400 + hour * 3_600 + (minute - ahead) * 60 + second
        micros = np.where(good, seconds * 1_000_000 + _cut(fraction, form), NO_TIME)
        return self._in_zones(micros, rows) if form.zone else micros

    def _unix(self, rows: _Rows, form: Form, *, day_first: bool) -> Times:
        del day_first
        whole = self._number(form, "whole", rows)
        micros: Times = whole // 1_000 if form.unit > 6 else whole * 10 ** (6 - form.unit)
        return micros + _cut(self._number(form, "fraction", rows), form) if form.unit == 0 else micros

    def _serials(self, rows: _Rows, form: Form, *, day_first: bool) -> Times:
        del day_first
        part = self._number(form, "fraction", rows) / 10.0 ** len(form.digits["fraction"])
        milliseconds = np.rint(part * (_DAY // 1_000)).astype(np.int64)
        days: Times = (self._number(form, "whole", rows) - _SERIAL_OF_1970) * _DAY
        return days + milliseconds * 1_000

    def _in_zones(self, micros: Times, rows: _Rows) -> Times:
        """Return the instants of times in zones that are named; of a time that a clock shows twice the first."""
        names = [form.zone if form else None for form in self._forms]
        for zone in sorted({name for name in names if name}):
            here = np.array([name == zone for name in names])[self._codes[rows]] & (micros != NO_TIME)
            clock = pd.DatetimeIndex(micros[here].view("M8[us]"))
            instants = clock.tz_localize(zone, ambiguous=np.ones(len(clock), np.bool_), nonexistent="NaT")
            micros[here] = instants.tz_convert("UTC").as_unit("us").asi8
        return micros

    def _number(self, form: Form, name: str, rows: _Rows) -> Times:
        """Return the number that the digits of a part spell, 0 where it is not written."""
        value = np.zeros(len(rows), np.int64)
        begins = self._begins[rows]
        for place in form.digits.get(name, ())[: PARTS[name]]:
            value *= 10
            value += self._data[begins + place] - np.uint8(ord("0"))
        return value

    def _each(self, of: Callable[[Form], int], rows: _Rows) -> Times:
        """Return a number that the form of each row gives."""
        return np.array([of(form) if form else 0 for form in self._forms], np.int64)[self._codes[rows]]


def _cut(fraction: Times, form: Form) -> Times:
    """Return a part of a second in microseconds, cut, by how many digits it has."""
    digits = len(form.digits.get("fraction", ()))
    micros: Times = fraction * 10 ** (6 - digits) if digits <= 6 else fraction // 10 ** (digits - 6)
    return micros


def _write(texts: pa.Array, shapes: pa.DictionaryArray, micros: Times, is_local: Mask) -> pa.Array:
    """Return times as the contract reads them."""
    plain = _matching(shapes, AS_WRITTEN)
    read = micros != NO_TIME
    if bool((plain | ~read).all()):
        return texts
    instants = pa.array(np.where(read, micros, 0), pa.timestamp("us"))
    written = pc.binary_replace_slice(instants.cast(pa.string()), start=10, stop=11, replacement="T")
    if not is_local.all():
        zoned = pc.binary_join_element_wise(written, "Z", "")
        written = pc.if_else(pa.array(is_local), written, zoned) if is_local.any() else zoned
    for shape, ending in ((_TO_THE_MINUTE, ":00"), (_DAY_ALONE, "T00:00:00")):
        if (these := _matching(shapes, shape)).any():
            dashed = pc.replace_substring(texts, "/", "-")
            written = pc.if_else(pa.array(these), pc.binary_join_element_wise(dashed, ending, ""), written)
    return pc.if_else(pa.array(read & ~plain), written, texts)


def _matching(shapes: pa.DictionaryArray, pattern: str) -> Mask:
    """Return which texts have a shape that matches a pattern."""
    known = pc.match_substring_regex(shapes.dictionary, pattern).to_numpy(zero_copy_only=False)
    indices = shapes.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
    found: Mask = np.append(known, False).astype(np.bool_)[indices]
    return found
