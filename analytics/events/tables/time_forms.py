"""Time forms: the ways in which people and programs write a time, each told by its shape.

A shape is a text in lower case whose digits are all 0: `00/00/0000 0:00 am`. What a form says of it is where the
digits of each part stand, and what its words mean; so all texts of a shape are read alike.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

Kind = Literal["date", "unix", "serial"]

_MONTHS = """
    january januar janner enero janvier janeiro jan ene janv
    february februar febrero fevrier fevereiro feb febr fev fevr
    march marz maerz marzo mars marco mar mrz
    april abril avril apr abr avr
    may mai mayo maio
    june juni junio juin junho jun
    july juli julio juillet julho jul juil
    august agosto aout aug ago
    september septiembre setiembre septembre setembro sep sept set
    october oktober octubre octobre outubro oct okt out
    november noviembre novembre novembro nov
    december dezember diciembre decembre dezembro dec dez dic
"""
"""The months in English, German, Spanish, French and Portuguese, a line each, without accents."""

_WEEKDAYS = """
    monday montag lunes lundi segunda segundafeira mon mo lun seg
    tuesday dienstag martes mardi terca tercafeira tue tues di mar ter
    wednesday mittwoch miercoles mercredi quarta quartafeira wed mi mie mer qua
    thursday donnerstag jueves jeudi quinta quintafeira thu thur thurs do jue jeu qui
    friday freitag viernes vendredi sexta sextafeira fri fr vie ven sex
    saturday samstag sonnabend sabado samedi sat sa sab sam
    sunday sonntag domingo dimanche sun so dom dim
"""

_OFFSETS = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "wet": 0, "west": 60, "cet": 60, "cest": 120, "mez": 60, "mesz": 120, "eet": 120, "eest": 180, "msk": 180,
    "wat": 60, "cat": 120, "sast": 120, "eat": 180, "brt": -180,
}  # fmt: skip
"""The minutes before UTC of zones' short names: those of RFC 2822, and others of one meaning (IST has three)."""

MONTH_OF = {word: number for number, line in enumerate(_MONTHS.split("\n")[1:-1], 1) for word in line.split()}
_WEEKDAY_WORDS = frozenset(_WEEKDAYS.split())
_ZONES = {name.lower(): name for name in available_timezones()}

PARTS = {
    "year": 4, "month": 2, "day": 2, "hour": 2, "minute": 2, "second": 2, "fraction": 9, "offset_hour": 2,
    "offset_minute": 2, "whole": 19,
}  # fmt: skip
"""The parts of a time that are written in digits, and the most digits of each that are read."""

_NUMERIC = r"(?P<first>00?)(?P<sign>[-/.])(?P<second_of_two>00?)(?P=sign)(?P<last>0000|00)"
_WORD = r"[^\W\d_]+"
_DATES = (
    r"(?P<year>0000)(?P<sign>[-/.])(?P<month>00?)(?P=sign)(?P<day>00?)",
    _NUMERIC,
    rf"(?P<day>00?)(?:st|nd|rd|th|er|º|\.)?[ ./-]*(?:de |of )?(?P<name>{_WORD})\.?,?[ ./-]*(?:del? )?(?P<year>0000|00)",
    rf"(?P<name>{_WORD})\.?[ -]*(?P<day>00?)(?:st|nd|rd|th)?(?:, ?| |-)(?P<year>0000)",
    rf"(?P<year>0000)[ /-](?P<name>{_WORD})\.?[ /-](?P<day>00?)",
)
_HALF = r"(?P<half>[ap])(?:\. ?)?m\.?"
_CLOCK = (
    rf"(?:(?P<hour>00?)(?P<between>[:.h])(?P<minute>00)(?:[:.](?P<second>00)(?:[.,:](?P<fraction>0{{1,9}}))?)?"
    rf"(?: *{_HALF})?(?: uhr)?|(?P<hour_alone>00?) *(?P<half_alone>[ap])(?:\. ?)?m\.?)"
)
_OFFSET = r"(?P<plus>[+\u2212-])(?P<offset_hour>00?)(?::?(?P<offset_minute>00))?"
_ZONE = (
    rf"(?: *(?:(?:utc|gmt)?{_OFFSET}(?: (?:utc|gmt))?|(?P<zone>[a-z]+(?:[/_+-][a-z_0]+)*))"
    r"(?: ?\[(?P<place>[a-z_/+0-]+)\]| ?\([^()]*\))?)?"
)
_BETWEEN = r"(?:t| +|,? *(?:at|um|a las|as|às|à|a|-|–|·|\|) +|, *)"
_COMPACT = r"(?P<year>0000)(?P<month>00)(?P<day>00)"
_COMPACT_CLOCK = r"(?P<hour>00)(?P<minute>00)(?P<second>00)?(?:[.,](?P<fraction>0{1,9}))?"


def _forms() -> Iterator[re.Pattern[str]]:
    """Yield the forms of times that have a date, those met most often first."""
    for date in _DATES:
        yield re.compile(f"{date}(?:{_BETWEEN}{_CLOCK}{_ZONE})?")
    yield re.compile(f"{_COMPACT}(?:t?{_COMPACT_CLOCK}{_ZONE})?")
    name_first = rf"(?P<name>{_WORD})\.? (?P<day>00?)"
    yield re.compile(f"{name_first} {_CLOCK}{_ZONE} (?P<year>0000)")
    for date in _DATES:
        yield re.compile(f"{_CLOCK}{_ZONE}(?:,? (?:on )?){date}")


_FORMS = tuple(_forms())
_UNIX = re.compile(r"(?P<whole>0{10})(?:\.(?P<fraction>0*))?|(?P<longer>0{13}|0{16}|0{19})(?:\.0*)?")
_GROUPED = re.compile(r"0{1,3}(?:(?P<mark>[,.' ])000)(?:(?P=mark)000){2,5}")
_SERIAL = re.compile(r"(?P<whole>0{5})(?:[.,](?P<fraction>0+))?")
CLOCK_ALONE = re.compile(_CLOCK)
"""The shape of a time of the day without a day."""
_SPACES = re.compile("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{LEFT-TO-RIGHT MARK}\t]")


@dataclass(frozen=True)
class Form:
    """How the texts of a shape are read.

    `digits` has for each of the `PARTS` the places (in bytes) of its digits. Where `ordered`, `month` and `day` are
    the first and the second number of a date such as 03/04/2026, and may have to change places.
    """

    kind: Kind
    digits: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    month: int = 0
    """The number of the month that a word names, 0 where none does."""
    half: str = ""
    """`a` or `p` with a clock of twelve hours."""
    ordered: bool = False
    sign: int = 0
    """Whether an offset is written, and whether it is before (1) or behind (-1) UTC."""
    offset: int | None = None
    """The minutes before UTC of a zone that is named by letters."""
    zone: str | None = None
    """The name of a zone, such as Africa/Nairobi."""
    unit: int = 1
    """How many digits a Unix time has behind its seconds: 0, 3, 6 or 9."""

    @property
    def layout(self) -> tuple[object, ...]:
        """What is alike of forms that are read together: all but their words."""
        words = self.month > 0, bool(self.half), self.offset is not None, self.zone is not None
        return (self.kind, *sorted(self.digits.items()), *words, self.ordered, self.sign, self.unit)

    @property
    def is_local(self) -> bool:
        """Whether the zone is not said."""
        return self.kind == "serial" or (self.kind == "date" and not (self.sign or self.zone) and self.offset is None)


@lru_cache(10_000)
def form_of(shape: str) -> Form | None:
    """Return how texts of a shape are read; None if it is not that of a time.

    Spaces that are no plain ones must have been replaced: places are counted in bytes of UTF-8.
    """
    lower = shape.lower()  # of letters with accents, too
    same = lower if len(lower.encode()) == len(shape.encode()) else shape
    plain = _SPACES.sub(lambda found: " " * len(found[0].encode()), same)
    if (number := _number_form(plain)) or not plain.startswith("0"):
        return number or _dated_form(plain)
    return _dated_form(plain)


def _number_form(shape: str) -> Form | None:
    """Return the form of a number: Unix time, or the days that a spreadsheet counts."""
    if found := _UNIX.fullmatch(shape):
        unit = len(found["longer"] or found["whole"]) - 10
        whole = "longer" if found["longer"] else "whole"
        digits = {"whole": _places(found, whole), "fraction": _places(found, "fraction")[:9]}
        return Form("unix", digits, unit=unit)
    if _GROUPED.fullmatch(shape):
        digits_at = tuple(place for place, sign in enumerate(shape) if sign == "0")
        return Form("unix", {"whole": digits_at}, unit=len(digits_at) - 10) if len(digits_at) in (10, 13, 16) else None
    if found := _SERIAL.fullmatch(shape):
        return Form("serial", {"whole": _places(found, "whole"), "fraction": _places(found, "fraction")[:9]})
    return None


def _dated_form(shape: str) -> Form | None:
    for text, start in _without_weekday(shape):
        for form in _FORMS:
            if (found := form.fullmatch(text)) and (read := _read_form(found, start)):
                return read
    return None


def _without_weekday(shape: str) -> Iterator[tuple[str, int]]:
    """Yield a shape, and the same without a day of the week, each with the bytes that were left out before it."""
    text = shape.strip(" ")
    before = len(shape.encode()) - len(shape.lstrip(" ").encode())
    if found := re.match(rf"({_WORD}(?:-{_WORD})?)\.?,? +", text):
        if _plain(found[1]) in _WEEKDAY_WORDS:
            yield text[found.end() :], before + len(found[0].encode())
    elif (found := re.search(rf",? \(?({_WORD})\)?$", text)) and _plain(found[1]) in _WEEKDAY_WORDS:
        yield text[: found.start()], before
    yield text, before


def _read_form(found: re.Match[str], start: int) -> Form | None:
    """Return the form of a shape that matched; None if one of its words means nothing."""
    groups = {name: value for name, value in found.groupdict().items() if value is not None}
    month = MONTH_OF.get(_plain(groups["name"]), 0) if "name" in groups else 0
    zone, offset = _zone_of(groups)
    if ("name" in groups and not month) or ("zone" in groups and zone is None and offset is None):
        return None
    ordered = "first" in groups
    names = {"first": "month", "second_of_two": "day", "last": "year", "hour_alone": "hour"} | {n: n for n in PARTS}
    digits = {names[name]: _places(found, name, start) for name in groups if name in names}
    half = groups.get("half", groups.get("half_alone", ""))
    sign = 0 if "plus" not in groups else 1 if groups["plus"] == "+" else -1
    return Form("date", digits, month, half, ordered, sign, None if sign else offset, None if sign else zone)


def _zone_of(groups: Mapping[str, str]) -> tuple[str | None, int | None]:
    """Return the name of a zone or its minutes before UTC, whichever letters say; neither where none do."""
    for name in ("place", "zone"):
        word = groups.get(name, "")
        if word in _OFFSETS:
            return None, _OFFSETS[word]
        if word in _ZONES:
            return ZoneInfo(_ZONES[word]).key, None
    return None, None


def _places(found: re.Match[str], name: str, start: int = 0) -> tuple[int, ...]:
    """Return the places in bytes of what a group matched."""
    if found[name] is None:
        return ()
    first = start + len(found.string[: found.start(name)].encode())
    return tuple(range(first, first + len(found[name])))


def _plain(word: str) -> str:
    """Return a word without accents and dashes."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if letter.isalpha())
