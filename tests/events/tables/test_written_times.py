"""Times as people and programs write them: each form is read, in a whole column and alone, and nothing is guessed."""

import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from dateutil import parser as dateutil

from analytics.events.columns.instants import NO_TIME
from analytics.events.tables.written_times import read_times
from analytics.events.timestamps import to_microseconds

CASES = Path(__file__).parents[2] / "cases" / "times.tsv"
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "en short": "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "de short": "Jän Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "es short": "ene feb mar abr may jun jul ago sept oct nov dic",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr short": "janv févr mars avr mai juin juil août sept oct nov déc",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pt short": "jan fev mar abr mai jun jul ago set out nov dez",
}
EAST = timezone(timedelta(hours=3))
NAIROBI = ZoneInfo("Africa/Nairobi")
SECOND, MINUTE, MILLISECOND, MICROSECOND = 1_000_000, 60_000_000, 1_000, 1


def month(language, time):
    return MONTHS[language].split()[time.month - 1]


def offset(time, written):
    return f"{time.astimezone(EAST):{written}}"


# Each writes an instant in UTC; what it says is cut to so many microseconds.
WITH_ZONE = {
    "RFC 3339": (lambda t: f"{t:%Y-%m-%dT%H:%M:%S.%f}Z", MICROSECOND),
    "milliseconds": (lambda t: f"{t:%Y-%m-%dT%H:%M:%S}.{t.microsecond // 1000:03}Z", MILLISECOND),
    "nanoseconds": (lambda t: f"{t:%Y-%m-%dT%H:%M:%S.%f}789+00:00", MICROSECOND),
    "a comma": (lambda t: f"{t:%Y-%m-%dT%H:%M:%S},{t.microsecond // 1000:03}Z", MILLISECOND),
    "+00": (lambda t: f"{t:%Y-%m-%d %H:%M:%S}+00", SECOND),
    "+03": (lambda t: offset(t, "%Y-%m-%d %H:%M:%S+03"), SECOND),
    "+3": (lambda t: offset(t, "%Y-%m-%d %H:%M:%S+3"), SECOND),
    "+0300": (lambda t: offset(t, "%Y-%m-%dT%H:%M:%S+0300"), SECOND),
    "-05:30, behind": (lambda t: f"{t - timedelta(hours=5, minutes=30):%Y-%m-%d %H:%M:%S} -05:30", SECOND),
    "a minus sign": (lambda t: f"{t - timedelta(hours=5):%Y-%m-%d %H:%M:%S} \N{MINUS SIGN}0500", SECOND),
    "Go": (lambda t: f"{t:%Y-%m-%d %H:%M:%S.%f} +0000 UTC", MICROSECOND),
    "UTC": (lambda t: f"{t:%Y-%m-%d %H:%M:%S} UTC", SECOND),
    "GMT+3": (lambda t: offset(t, "%Y-%m-%d %H:%M GMT+3"), MINUTE),
    "EAT": (lambda t: offset(t, "%d/%m/%Y %H:%M EAT"), MINUTE),
    "EST": (lambda t: f"{t - timedelta(hours=5):%b %d, %Y %I:%M:%S %p} EST", SECOND),
    "a zone's name": (lambda t: offset(t, "%Y-%m-%d %H:%M:%S Africa/Nairobi"), SECOND),
    "a zone's name in brackets": (lambda t: offset(t, "%Y-%m-%dT%H:%M:%S+03:00[Africa/Nairobi]"), SECOND),
    "RFC 2822": (lambda t: f"{t:%a, %d %b %Y %H:%M:%S} +0000", SECOND),
    "RFC 2822 without a day": (lambda t: f"{t.day} {t:%b %Y %H:%M:%S} GMT", SECOND),
    "HTTP": (lambda t: f"{t:%A, %d-%b-%Y %H:%M:%S} GMT", SECOND),
    "JavaScript": (lambda t: offset(t, "%a %b %d %Y %H:%M:%S GMT+0300 (East Africa Time)"), SECOND),
    "Ruby": (lambda t: f"{t:%a %b %d %H:%M:%S} +0000 {t.year}", SECOND),
    "date": (lambda t: f"{t:%a %b} {t.day} {t:%H:%M:%S} UTC {t.year}", SECOND),
    "compact": (lambda t: f"{t:%Y%m%dT%H%M%S}Z", SECOND),
    "a space before Z": (lambda t: f"{t:%Y-%m-%dT%H:%M:%S} Z", SECOND),
    "seconds": (lambda t: str(int(t.timestamp())), SECOND),
    "seconds with a part": (lambda t: f"{int(t.timestamp())}.{t.microsecond:06}", MICROSECOND),
    "seconds in groups": (lambda t: f"{int(t.timestamp()):,}", SECOND),
    "milliseconds since 1970": (lambda t: str(to_microseconds(t) // 1_000), MILLISECOND),
    "milliseconds in groups": (lambda t: f"{to_microseconds(t) // 1_000:,}".replace(",", "."), MILLISECOND),
    "microseconds since 1970": (lambda t: str(to_microseconds(t)), MICROSECOND),
    "nanoseconds since 1970": (lambda t: f"{to_microseconds(t)}123", MICROSECOND),
    "slashes and an offset": (lambda t: offset(t, "%d/%m/%Y %H:%M:%S +0300"), SECOND),
}  # fmt: skip

# Each writes what a clock shows, day before month where both are numbers.
LOCAL = {
    "ISO": (lambda t: f"{t:%Y-%m-%d %H:%M:%S}", SECOND),
    "to the minute": (lambda t: f"{t:%Y-%m-%d %H:%M}", MINUTE),
    "an hour of one digit": (lambda t: f"{t:%Y-%m-%d} {t.hour}:{t:%M}", MINUTE),
    "parts of one digit": (lambda t: f"{t.year}/{t.month}/{t.day} {t.hour}:{t:%M}", MINUTE),
    "year, dots": (lambda t: f"{t:%Y.%m.%d %H:%M:%S}", SECOND),
    "slashes": (lambda t: f"{t:%d/%m/%Y %H:%M:%S}", SECOND),
    "slashes, twelve hours": (lambda t: f"{t.day}/{t.month}/{t.year} {t:%I:%M:%S %p}", SECOND),
    "a narrow space before am": (lambda t: f"{t:%d/%m/%Y, %I:%M}\u202f{t:%p}".lower(), MINUTE),
    "a. m.": (lambda t: f"{t:%d/%m/%Y %I:%M} {'ap'[t.hour > 11]}. m.", MINUTE),
    "dots": (lambda t: f"{t:%d.%m.%Y, %H:%M}", MINUTE),
    "dots, short year": (lambda t: f"{t:%d.%m.%y %H:%M:%S}", SECOND),
    "dots, Uhr": (lambda t: f"{t.day}.{t.month}.{t.year} um {t:%H:%M} Uhr", MINUTE),
    "dashes": (lambda t: f"{t:%d-%m-%Y %H:%M:%S}", SECOND),
    "a dash between": (lambda t: f"{t:%d/%m/%Y - %H:%M}", MINUTE),
    "the clock first": (lambda t: f"{t:%H:%M:%S %d/%m/%Y}", SECOND),
    "14 digits": (lambda t: f"{t:%Y%m%d%H%M%S}", SECOND),
    "compact": (lambda t: f"{t:%Y%m%dT%H%M%S}", SECOND),
    **{
        f"{name}, {language}": (lambda t, write=write, language=language: write(t, month(language, t)), MINUTE)
        for language in MONTHS
        for name, write in {
            "day first": lambda t, word: f"{t.day} {word} {t.year} {t:%H:%M}",
            "day first, short": lambda t, word: f"{t:%d}-{word}-{t:%y %H:%M}",
            "capitals": lambda t, word: f"{t.day} {word.upper()}. {t.year}, {t:%H:%M}",
            "month first": lambda t, word: f"{word} {t.day}, {t.year}, {t:%I:%M %p}",
        }.items()
    },
    "de": (lambda t: f"{t.day} de {month('es', t)} de {t.year} {t.hour}:{t:%M}", MINUTE),
    "à": (lambda t: f"{t.day} {month('fr', t)} {t.year} à {t:%H:%M}", MINUTE),
    "às": (lambda t: f"{t.day} de {month('pt', t)} de {t.year} às {t:%H:%M}", MINUTE),
    "a point behind the day": (lambda t: f"{t.day}. {month('de', t)} {t.year}, {t:%H:%M}", MINUTE),
    "20th": (lambda t: f"{month('en', t)} {t.day}{'th' if 3 < t.day < 21 else 'st'}, {t.year} at {t:%I:%M %p}", MINUTE),
}  # fmt: skip

KNOWN_TO_DATEUTIL = ("RFC 3339", "RFC 2822", "HTTP", "Ruby", "date", "+0300", "UTC", "compact", "a space before Z")


def instants(count, seed):
    chance = random.Random(seed)  # noqa: S311  # the same instants each time
    return [
        datetime(2009, 1, 2, tzinfo=UTC) + timedelta(microseconds=chance.randrange(90 * 365 * 86_400 * 10**6))
        for _ in range(count)
    ]


def cut(time, precision):
    return to_microseconds(time) // precision * precision


@pytest.mark.parametrize("form", [*WITH_ZONE, *(f"local, {form}" for form in LOCAL)])
def test_a_thousand_instants_are_read_back_in_a_column_and_one_by_one(form):
    is_local = form.startswith("local, ")
    write, precision = LOCAL[form.removeprefix("local, ")] if is_local else WITH_ZONE[form]
    times = instants(1_000, form)
    texts = [write(time) for time in times]
    found = read_times(pa.array(texts), day_first=True)
    assert found.microseconds.tolist() == [cut(time, precision) for time in times]
    assert set(found.is_local.tolist()) == {is_local}
    singly = [read_times(pa.array([text]), day_first=True) for text in texts[:100]]
    assert [one.microseconds[0] for one in singly] == found.microseconds[:100].tolist()
    assert [one.texts[0].as_py() for one in singly] == found.texts[:100].to_pylist()


@pytest.mark.parametrize("form", KNOWN_TO_DATEUTIL)
def test_an_independent_reader_agrees(form):
    write, precision = WITH_ZONE[form]
    texts = [write(time) for time in instants(50, 2)]
    expected = [to_microseconds(dateutil.parse(text)) // precision * precision for text in texts]
    assert read_times(pa.array(texts)).microseconds.tolist() == expected


def test_all_forms_in_one_column_are_read_as_each_alone():
    chance = random.Random(3)  # noqa: S311  # the same order each time
    forms = list(WITH_ZONE.values()) + list(LOCAL.values())
    told = [(time, *chance.choice(forms)) for time in instants(1_000, 4)]
    texts = [write(time) for time, write, _ in told]
    found = read_times(pa.array(texts), day_first=True).microseconds
    assert found.tolist() == [cut(time, precision) for time, _, precision in told]
    assert found.tolist() == [read_times(pa.array([text]), day_first=True).microseconds[0] for text in texts]


def test_numbers_of_spreadsheets_are_days_since_1900_to_the_millisecond():
    times = instants(1_000, 5)
    days = [(time - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1) for time in times]
    for texts in ([f"{day:.9f}" for day in days], [f"{day:.10f}".replace(".", ",") for day in days]):
        found = read_times(pa.array(texts))
        apart = [abs(int(one) - to_microseconds(time)) for one, time in zip(found.microseconds, times, strict=True)]
        assert max(apart) <= 1_100
        assert found.is_local.all()
    assert read_times(pa.array(["46042"])).texts.to_pylist() == ["2026-01-20T00:00:00.000000"]


def test_of_a_day_and_a_month_that_can_be_mixed_up_nothing_is_guessed():
    texts = pa.array(["03/04/2026 10:00", "13/04/2026", "2026-04-03 10:00", None])
    unsaid, day, first = (read_times(texts, day_first=first) for first in (None, True, False))
    assert unsaid.unclear.tolist() == [True, True, False, False]
    assert unsaid.texts.to_pylist() == ["03/04/2026 10:00", "13/04/2026", "2026-04-03 10:00:00", None]
    assert day.texts.to_pylist()[:2] == ["2026-04-03T10:00:00.000000", "2026-04-13T00:00:00.000000"]
    assert first.texts.to_pylist()[:2] == ["2026-03-04T10:00:00.000000", "13/04/2026"]


NO_TIMES = [
    "", " ", "Z2026", "soon", "2026", "2026-13-01", "2026-02-30 10:00", "31/04/2026", "25:00", "10:00", "12", "123456",
    "2026-01-20 24:00", "2026-01-20 13:00 PM", "2026-01-20 0:30 AM", "20 Foo 2026", "2026-01-20 10:00 IST",
    "2026-01-20 10:00 Mars/Base", "1.7688906E+12", "########", "+254712345678", "1,768,890", "1899-01-01",
    "2026-01-20 06:30:60", "2026-01-20 06:60", "Tue", "January 2026", "99/99/2026", "wamid.A1",
    "2026-01-20 10:00 +25:00",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_stays_as_it_is(text):
    for day_first in (True, False):
        found = read_times(pa.array([text, None]), day_first=day_first)
        assert found.microseconds.tolist() == [NO_TIME, NO_TIME]
        assert found.texts.to_pylist() == [text, None]


def test_a_time_that_a_zone_has_not_is_none_and_one_that_it_has_twice_is_the_first():
    texts = pa.array(["2026-03-29 02:30 Europe/Berlin", "2026-10-25 02:30 Europe/Berlin"])
    found = read_times(texts)
    assert found.microseconds[0] == NO_TIME
    assert found.texts[1].as_py() == "2026-10-25T00:30:00.000000Z"


def test_a_slice_and_a_large_column_are_read_alike():
    whole = pa.array(["x", None, "20 Jan 2026 06:30", "1768890600"])
    for texts in (whole.slice(2), whole.cast(pa.large_string()).slice(2)):
        assert read_times(texts).texts.to_pylist() == ["2026-01-20T06:30:00.000000", "2026-01-20T06:30:00.000000Z"]
