"""Proposing: the likeliest matching of a table, from its columns' names and from what stands in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from analytics.events.tables.evidence import are_clocks, are_days, are_directions, are_phones, are_times, fits
from analytics.events.tables.foreign_words import FIELDS_OF_WORDS, known_meanings, words_of_field
from analytics.events.tables.headings import CREATED, DELIVERED, FAILED, HEADINGS, READ, SENT
from analytics.events.tables.known_exports import recognise
from analytics.events.tables.matching import BOTS, EMPTY, EVENT_FIELDS, MESSAGE_FIELDS, TIMES, Matching
from analytics.events.tables.plain import plain, plain_name
from analytics.events.tables.written_times import Mask, read_times

_ROWS_TO_SEE = 1_000
_MOST_WORDS_ASKED = 50
_OUR_OWN = "properties."
"""With which names of columns begin in tables that we wrote, or that were written for us: their cells are meant."""
_PRIVATE = frozenset(map(plain, ("private", "is private", "private note", "internal", "is internal", "internal note")))
"""Columns that say of a message that the customer never saw it."""
_TWO_NUMBERS = r"(?:^|[^0-9:])(?P<first>[0-9]{1,2})[-./](?P<second>[0-9]{1,2})[-./][0-9]{2}"
_IDS = ("id", "sid", "wamid", "uuid", "guid")

_DIRECTIONS = ("inb", "inc", "outb", "outg", "entrant", "salient", "eingeh", "ausgeh", "sortant")
"""How words begin that mean a direction and nothing else."""

Seen = Mapping[str, pa.Array]
"""The cells of some rows that hold anything, by column."""


def propose(columns: Sequence[str], sample: pa.Table, rows: Literal["events", "messages"] | None = None) -> Matching:
    """Return the likeliest matching of a table; `rows` if it is known what a row is."""
    known = recognise(columns)
    if known and rows in (None, known.matching.rows):
        matching = known.matching_of(columns)
    else:
        matching = _propose_unknown(columns, _seen(columns, sample), rows)
    return matching.model_copy(update={"day_first": guess_day_first(matching, sample)})


def guess_day_first(matching: Matching, sample: pa.Table) -> dict[str, bool] | None:
    """Return by column whether the day comes before the month, where the dates in it show that; None if nowhere."""
    found = {}
    for column, (day, month) in _ordered_dates(matching, sample).items():
        if day.any() != month.any():
            found[column] = bool(day.any())
    return found or None


def unclear_dates(matching: Matching, sample: pa.Table) -> dict[str, list[str]]:
    """Return the columns with dates that can be read in two ways, each with two of its dates."""
    found = {}
    for column in _ordered_dates(matching, sample):
        if matching.is_day_first(column) is None:
            texts = _cells(sample[column])
            found[column] = _first_two(texts.filter(pa.array(read_times(texts).unclear)))
    return found


def local_times(matching: Matching, sample: pa.Table) -> dict[str, list[str]]:
    """Return the columns with times without a zone, each with two of its times."""
    found = {}
    for column in _columns_of_times(matching, sample):
        texts = _cells(sample[column])
        times = read_times(texts, day_first=True)
        if times.is_local.any():
            found[column] = _first_two(texts.filter(pa.array(times.is_local)))
    return found


def foreign_words(matching: Matching, sample: pa.Table) -> dict[str, dict[str, str | None]]:
    """Return, by field, the words of a table that are not ours, each with our word that it most likely means."""
    found: dict[str, dict[str, str | None]] = {}
    empty = {word.lower() for word in matching.empty}
    for name in FIELDS_OF_WORDS:
        if (column := matching.columns.get(name)) in sample.column_names:
            ours = words_of_field(name)
            words = [word.strip() for word in pc.unique(sample[column]).to_pylist() if word and word.strip()]
            words = [word for word in dict.fromkeys(words) if word not in ours and word.lower() not in empty]
            if 0 < len(words) <= _MOST_WORDS_ASKED:
                found[name] = {word: matching.meaning(name, word) for word in words}
    return found


def few_values(sample: pa.Table, most: int = 12) -> dict[str, list[str]]:
    """Return the columns that hold a few short texts alone, each with these, by which rows can be left out."""
    found = {}
    for column in sample.column_names:
        texts = pc.unique(_cells(sample[column])).to_pylist()
        if 0 < len(texts) <= most and all(len(text) <= 30 for text in texts) and len(texts) < max(2, len(sample)):
            found[column] = sorted(texts)
    return found


def _propose_unknown(columns: Sequence[str], seen: Seen, rows: Literal["events", "messages"] | None) -> Matching:
    messages, events = _match_messages(columns, seen), _match_events(columns, seen)
    if rows is None:
        tells = SENT in messages and {"direction", "status", DELIVERED, READ, FAILED} & messages.keys()
        rows = "messages" if tells and "event" not in events else "events"
    found = events if rows == "events" else messages
    as_meant = any(column.startswith(_OUR_OWN) for column in columns)
    return Matching(
        rows=rows,
        columns=found,
        clocks=_find_clocks(found, columns, seen),
        empty=() if as_meant else EMPTY,
        bots=() if as_meant else BOTS,
        left_out={} if rows == "events" else _find_private(found.values(), columns, seen),
    )


def _match_messages(columns: Sequence[str], seen: Seen) -> dict[str, str]:
    found = _match_by_name(columns, MESSAGE_FIELDS, seen)
    if "direction" not in found or not are_directions(seen[found["direction"]]):
        free = (column for column in columns if column not in found.values() and are_directions(seen[column]))
        if told := next((column for column in free if _surely_tells(seen[column])), None):
            found["direction"] = told
    return _complete(found, columns, seen, SENT)


def _match_events(columns: Sequence[str], seen: Seen) -> dict[str, str]:
    return _complete(_match_by_name(columns, EVENT_FIELDS, seen), columns, seen, "timestamp")


def _complete(found: dict[str, str], columns: Sequence[str], seen: Seen, time: str) -> dict[str, str]:
    """Find by their contents alone the customer and the time, then by their names alone."""
    for name, shows in (("userId", are_phones), (time, are_times)):
        if name not in found and not (name == "userId" and {"sender", "recipient", "direction"} <= found.keys()):
            free = [column for column in columns if column not in found.values()]
            by_contents = (
                next((column for column in free if shows(seen[column])), None) if time != SENT or found else None
            )
            if column := by_contents or _find_named(name, free):
                found[name] = column
    return found


def _match_by_name(columns: Sequence[str], fields: Iterable[str], seen: Seen) -> dict[str, str]:
    """Return the column of each field: our own names first, then those that others use for such contents."""
    names = {column: plain_name(column) for column in columns}
    if plain("userId") not in names.values():  # then `phone` is no further id of the customer, but the id itself
        fields = [name for name in fields if name != "phone"]
    found: dict[str, str] = {}
    for name in fields:
        match = next((column for column in columns if names[column] == plain(name)), None)
        if match and name != CREATED:  # which is when a message was sent where nothing else says that
            found[name] = match
    for name in fields:
        for word in _words_of(name) if name not in found else ():
            may_hold = fits(name, is_id=word.endswith(_IDS))
            free = [column for column in columns if column not in found.values() and names[column] == word]
            if match := next((column for column in free if not len(seen[column]) or may_hold(seen[column])), None):
                found[name] = match
                break
    return found


def _find_named(name: str, free: Sequence[str]) -> str | None:
    """Return the free column that has a name of a field, whatever stands in it."""
    return next((column for word in _words_of(name) for column in free if plain_name(column) == word), None)


def _words_of(name: str) -> list[str]:
    return [plain(word) for word in HEADINGS[name].also.split(",")] if HEADINGS[name].also else []


def _find_clocks(found: Mapping[str, str], columns: Sequence[str], seen: Seen) -> dict[str, str]:
    """Return the columns with the time of the day, for times whose own column has the day alone: the next behind it."""
    clocks: dict[str, str] = {}
    for name in TIMES:
        if (day := found.get(name)) and are_days(seen[day]):
            free = [each for each in columns if each not in found.values() and each not in clocks.values()]
            place = columns.index(day)
            near = sorted(free, key=lambda each: (columns.index(each) < place, abs(columns.index(each) - place)))
            if clock := next((each for each in near if are_clocks(seen[each])), None):
                clocks[name] = clock
    return clocks


def _find_private(taken: Iterable[str], columns: Sequence[str], seen: Seen) -> dict[str, tuple[str, ...]]:
    """Return the values by which messages are left out that the customer never saw."""
    yes = known_meanings("hasMedia")
    found = {}
    for column in columns:
        if plain_name(column) in _PRIVATE and column not in set(taken):
            words = pc.unique(seen[column]).to_pylist()
            if words and all(plain(word) in yes for word in words):
                found[column] = tuple(word for word in words if yes[plain(word)] == "true")
    return {column: words for column, words in found.items() if words}


def _surely_tells(column: pa.Array) -> bool:
    """Return whether words can be nothing but directions: there are both, or such as have no other meaning."""
    known = known_meanings("direction")
    words = [plain(word) for word in pc.unique(column).to_pylist()]
    return len({known[word] for word in words}) > 1 or all(word.startswith(_DIRECTIONS) for word in words)


def _seen(columns: Sequence[str], sample: pa.Table) -> Seen:
    return {column: _cells(sample[column]) for column in columns}


def _cells(column: pa.ChunkedArray, rows: int | None = _ROWS_TO_SEE) -> pa.Array:
    """Return the cells of the first rows that hold anything, or of all."""
    texts = pc.utf8_trim_whitespace(column.slice(0, rows).combine_chunks().cast(pa.string()).drop_null())
    empty = pa.array([word.lower() for word in (*EMPTY, "")])
    return texts.filter(pc.invert(pc.is_in(pc.utf8_lower(texts), empty)))


def _columns_of_times(matching: Matching, sample: pa.Table) -> list[str]:
    named = dict.fromkeys(matching.columns[name] for name in TIMES if name in matching.columns)
    return [column for column in named if column in sample.column_names]


def _ordered_dates(matching: Matching, sample: pa.Table) -> dict[str, tuple[Mask, Mask]]:
    """Return by column which dates can have the day first alone, and which the month."""
    found = {}
    for column in _columns_of_times(matching, sample):
        texts = _cells(sample[column], None)
        if len(dates := texts.filter(pa.array(read_times(texts).unclear))):
            numbers = pc.extract_regex(dates, _TWO_NUMBERS)
            first, second = (pc.struct_field(numbers, name).cast(pa.int64()).to_numpy() for name in ("first", "second"))
            found[column] = first > 12, second > 12
    return found


def _first_two(texts: pa.Array) -> list[str]:
    found: list[str] = pc.unique(texts).to_pylist()[:2]
    return found
