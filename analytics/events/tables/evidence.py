"""Evidence: what the contents of a column show, whatever it is called.

Columns are texts in Arrow without missing ones: the cells of some rows that hold anything.
"""

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from analytics.events.columns.instants import NO_TIME
from analytics.events.tables.foreign_words import known_meanings
from analytics.events.tables.headings import CREATED, DELIVERED, FAILED, READ, SENT
from analytics.events.tables.matching import CUSTOMER_IDS
from analytics.events.tables.plain import plain
from analytics.events.tables.time_forms import CLOCK_ALONE
from analytics.events.tables.written_times import read_times

_PHONE = r"^'?((whatsapp|tel):)?\+?[0-9][0-9 ()\-.\x{00a0}]{6,20}$|^\+?[0-9]([.,][0-9]+)?[eE]\+[0-9]+$"
_OTHER_CUSTOMER = r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{4,}$|@(s\.whatsapp\.net|c\.us|lid)$"
_ID = r"^\S*[0-9]\S*$"
_MOST_KINDS = 30


def _share(column: pa.Array, pattern: str) -> float:
    """Return how many texts match a pattern, as a share."""
    return (
        float(pc.mean(pc.match_substring_regex(column, pattern).cast(pa.int8())).as_py() or 0.0) if len(column) else 0.0
    )


def are_times(column: pa.Array) -> bool:
    """Return whether most texts are times; a clock without a day is none."""
    found = read_times(column, day_first=True)
    other = read_times(column, day_first=False)
    read = (found.microseconds != NO_TIME) | (other.microseconds != NO_TIME)
    return bool(len(column)) and float(read.mean()) > 0.5


def are_clocks(column: pa.Array) -> bool:
    """Return whether nearly all texts are times of the day alone."""
    texts = [re.sub("[0-9]", "0", text.strip().lower()) for text in column.to_pylist()]
    return bool(texts) and sum(CLOCK_ALONE.fullmatch(text) is not None for text in texts) > 0.9 * len(texts)


def are_days(column: pa.Array) -> bool:
    """Return whether the texts are days without a clock."""
    return (
        bool(len(column))
        and are_times(column)
        and _share(column, r"[0-9]:[0-9]|[0-9]{9}|[0-9] ?[ap]m|^[0-9]+[.,][0-9]+$") < 0.1
    )


def are_phones(column: pa.Array) -> bool:
    """Return whether most texts are phone numbers, or other ids of WhatsApp's customers."""
    return _share(column, _PHONE) + _share(column, _OTHER_CUSTOMER) > 0.5


def are_ids(column: pa.Array) -> bool:
    """Return whether the texts are ids: hardly one has a space or comes again, and nearly all have a digit."""
    return _share(column, _ID) > 0.9 and pc.count_distinct(column).as_py() > 0.9 * len(column)


def have_no_spaces(column: pa.Array) -> bool:
    """Return whether hardly a text has a space."""
    return _share(column, r"\s") < 0.1


def are_kinds(column: pa.Array) -> bool:
    """Return whether the texts are a few words that come again."""
    few = pc.count_distinct(column).as_py() <= min(_MOST_KINDS, max(3, len(column) // 2))
    return have_no_spaces(column) and few and _share(column, r"^[0-9]+$") < 0.9


def are_directions(column: pa.Array) -> bool:
    """Return whether all texts are words for inbound and outbound."""
    return _are_words("direction", column, 1.0)


def _are_words(name: str, column: pa.Array, share: float) -> bool:
    known = known_meanings(name)
    words = [plain(word) for word in pc.unique(column).to_pylist()]
    return bool(words) and sum(word in known for word in words) >= share * len(words)


def fits(name: str, *, is_id: bool) -> Callable[[pa.Array], bool]:
    """Return what says whether a column may hold a field; `is_id` if its name says that it holds ids."""
    if name in _MUST_BE_WORDS:
        return lambda column: _are_words(name, column, 1e-9)
    if name == "messageId" and not is_id:
        return are_ids
    return _MUST.get(name, lambda _: True)


_MUST_BE_WORDS = ("direction", "status", "event")
_MUST: dict[str, Callable[[pa.Array], bool]] = {
    **dict.fromkeys(CUSTOMER_IDS, are_phones),
    **dict.fromkeys(("timestamp", SENT, DELIVERED, READ, FAILED, CREATED), are_times),
    **dict.fromkeys(("messageId", "chatId"), have_no_spaces),
    "contentType": are_kinds,
}
"""What the contents of a column must be that holds a field by another name than ours."""
