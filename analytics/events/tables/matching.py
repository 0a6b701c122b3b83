"""Matching: how a table is read, its columns and its cells; proposed, corrected by people, kept as JSON."""

import hashlib
import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from analytics.events.dump_error import DumpError
from analytics.events.frame import COUNT, EVENT_CODES, NUMBER, STORED, TIME, Kind
from analytics.events.property_fields import property_fields
from analytics.events.tables.foreign_words import known_meanings
from analytics.events.tables.headings import CREATED, DELIVERED, FAILED, READ, RECIPIENT, SENDER, SENT, TEST
from analytics.events.tables.plain import plain

PROPERTIES = tuple(property_fields())
EVENT_FIELDS = ("event", "userId", "timestamp", TEST, *PROPERTIES, "reportedAt", "properties")
"""The fields that a column may hold if each row of the table is an event."""

_IN_ROWS_OF_MESSAGES = [EVENT_CODES[name] for name in ("message.sent", "message.received", "message.failed")]
_OF_MESSAGES = (field.name for field in property_fields().values() if field.named[_IN_ROWS_OF_MESSAGES].any())

MESSAGE_FIELDS = tuple(dict.fromkeys((
    "userId", "direction", "status", SENT, DELIVERED, READ, FAILED, CREATED, "messageId", "chatId", "agentId",
    "contentType",
    "templateId", "countryCode", "serviceMode", "hasMedia", *_OF_MESSAGES, SENDER, RECIPIENT,
)))  # fmt: skip
"""The fields that a column may hold if each row is a message; the sender of an inbound one is the customer."""


def _fields_of(*kinds: Kind) -> tuple[str, ...]:
    sources = (source for column in STORED if column.kind in kinds for source in column.sources)
    return tuple(source.removeprefix("properties.") for source in sources)


TIMES, NUMBERS = (SENT, CREATED, "reportedAt", *_fields_of(TIME)), _fields_of(COUNT, NUMBER)
"""Which fields are times, and which numbers."""

CUSTOMER_IDS = ("userId", "waUserId", "phone", "previousUserId", SENDER, RECIPIENT)
"""The fields that hold an id of a customer."""

EMPTY = ("-", "–", "—", "N/A", "NA", "#N/A", "null", "none", "nil", "nan", "NULL", "undefined", r"\N")
"""How cells without a value are filled, in whatever case."""

BOTS = ("Bot", "Chatbot", "System", "Automation")
"""Names in a column of agents that are nobody's."""

_VALUE = re.compile(r"[0-9]{7}|[0-9]T[0-9]|\S+\s+\S+\s+\S+\s+\S+\s+\S+\s+\S+")
"""A phone number, a time or a sentence: no column has such a name."""


class Matching(BaseModel):
    """How a table is read. Saved as JSON, it serves the command line: `--mapping FILE`."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    rows: Literal["events", "messages"] = "events"
    """What a row is: an event, or a message with the times when it was sent, delivered, read or failed."""
    columns: dict[str, str] = Field(default_factory=dict)
    """The column that holds each field."""
    clocks: dict[str, str] = Field(default_factory=dict)
    """The column with the time of the day, for times whose own column has the day alone."""
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    """What the words of the file mean, by field: {"direction": {"in": "inbound"}}; "" for what says nothing."""
    day_first: bool | dict[str, bool] | None = None
    """Whether 03/04/2026 is 3 April, everywhere or by column; missing where it has not been asked."""
    empty: tuple[str, ...] = EMPTY
    """What cells without a value are filled with."""
    bots: tuple[str, ...] = BOTS
    """Which agents are bots."""
    left_out: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """The rows that are left out, by the values of a column: {"private": ["t"]}."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a row may have."""
        return EVENT_FIELDS if self.rows == "events" else MESSAGE_FIELDS

    @property
    def has_parties(self) -> bool:
        """Whether sender, recipient and direction together say who the customer is."""
        return self.rows == "messages" and {SENDER, RECIPIENT, "direction"} <= self.columns.keys()

    def missing(self) -> list[str]:
        """Return the required fields for which no column is known."""
        needed = ("event", "userId", "timestamp") if self.rows == "events" else ("userId", SENT)
        return [name for name in needed if name not in self.columns and not (name == "userId" and self.has_parties)]

    def is_day_first(self, column: str) -> bool | None:
        """Return whether the day comes before the month in a column; None where it has not been asked."""
        return self.day_first.get(column) if isinstance(self.day_first, dict) else self.day_first

    def meaning(self, name: str, word: str) -> str | None:
        """Return our word for a word of a field, "" for one that says nothing, None for one that nobody knows."""
        told = {plain(theirs) or theirs: ours for theirs, ours in self.values.get(name, {}).items()}
        key = plain(word) or word
        return told[key] if key in told else known_meanings(name).get(key)

    def check(self, columns: Sequence[str]) -> None:
        """Raise if the table lacks a column that is needed.

        Raises:
            DumpError: naming what is missing and the columns that were found.
        """
        named = [*self.columns.values(), *self.clocks.values(), *self.left_out]
        unknown = dict.fromkeys(column for column in named if column not in columns)
        missing = self.missing()
        if unknown or missing:
            faults = [f"no column for {' and '.join(missing)}"] if missing else []
            faults += [f"no column named {' or '.join(repr(name) for name in unknown)}"] if unknown else []
            raise DumpError(f"The table has {', and '.join(faults)}; {_describe_columns(columns)}.")


def shape_of(columns: Sequence[str]) -> str:
    """Return a hash of the columns' names: all files with the same columns share it."""
    return hashlib.sha256("\x1f".join(columns).encode()).hexdigest()[:16]


def read_matching(text: bytes | str) -> Matching:
    """Return the matching that was saved as JSON.

    Raises:
        DumpError: if it is not a matching.
    """
    try:
        return Matching.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DumpError(f"This is not a mapping: {where}: {first['msg']}.") from None


def _describe_columns(columns: Sequence[str]) -> str:
    """Name the columns, unless the first row holds values instead: these may be a customer's number or words."""
    if any(_VALUE.search(column) for column in columns):
        return "its first row has values: write the names of the columns above them"
    more = f" and {len(columns) - 20} more" if len(columns) > 20 else ""
    return f"its columns are: {', '.join(columns[:20])}{more}"
