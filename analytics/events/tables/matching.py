"""Matching: which column of a table holds what, proposed from names and contents, corrected by people, kept as JSON."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from analytics.events.dump_error import DumpError
from analytics.events.frame import CATEGORY_OF_FLAGS, COUNT, EVENT_CODES, FLAG, NUMBER, STORED, TIME, Kind
from analytics.events.property_fields import property_fields
from analytics.events.tables.headings import DELIVERED, FAILED, HEADINGS, READ, RECIPIENT, SENDER, SENT, TEST

PROPERTIES = tuple(property_fields())
EVENT_FIELDS = ("event", "userId", "timestamp", TEST, *PROPERTIES, "reportedAt", "properties")
"""The fields that a column may hold if each row of the table is an event."""

_IN_ROWS_OF_MESSAGES = [EVENT_CODES[name] for name in ("message.sent", "message.received", "message.failed")]
_OF_MESSAGES = (field.name for field in property_fields().values() if field.named[_IN_ROWS_OF_MESSAGES].any())

MESSAGE_FIELDS = tuple(dict.fromkeys((
    "userId", "direction", "status", SENT, DELIVERED, READ, FAILED, "messageId", "chatId", "agentId", "contentType",
    "templateId", "countryCode", "serviceMode", "hasMedia", *_OF_MESSAGES, SENDER, RECIPIENT,
)))  # fmt: skip
"""The fields that a column may hold if each row is a message; the sender of an inbound one is the customer."""


def _fields_of(*kinds: Kind) -> tuple[str, ...]:
    sources = (source for column in STORED if column.kind in kinds for source in column.sources)
    return tuple(source.removeprefix("properties.") for source in sources)


TIMES, NUMBERS, FLAGS = (SENT, *_fields_of(TIME)), _fields_of(COUNT, NUMBER), _fields_of(CATEGORY_OF_FLAGS, FLAG)
"""Which fields are times, numbers, and true or false."""

_FOREIGN_WORDS = {
    "direction": {
        "inbound": "in, incoming, received, i, entrada, eingang, customer, from customer, mo, entrante, "
        "eingehend, user, message_in",
        "outbound": "out, outgoing, sent, o, salida, ausgang, saida, agent, business, to customer, mt, "
        "saliente, ausgehend, bot, message_out, outbound_api, outbound_reply",
    },
    "serviceMode": {
        "bot": "self serve, self-serve, selfserve, automation, automated, flow, chatbot",
        "agent": "assisted, human, person, live agent, manual",
    },
    "status": {
        "sent": "accepted, queued, submitted, pending, gesendet, enviado",
        "delivered": "received, delivered_to_device, zugestellt, entregado, entregue",
        "read": "seen, opened, viewed, gelesen, leido, lido",
        "failed": "error, undelivered, rejected, expired, not delivered, bounced, deleted, fehlgeschlagen, fallido, "
        "falhou",
    },
    **{name: {"true": "yes, y, 1, si, ja, oui", "false": "no, n, 0, nein, non"} for name in FLAGS},
}
_FOREIGN_WORDS["event"] = {
    "message.received": "received, inbound, incoming, incoming message, message in, message received, inbound message",
    "message.sent": "sent, outbound, outgoing, outgoing message, message out, message sent, outbound message",
    "message.delivered": "delivered, delivery, message delivered",
    "message.read": "read, seen, opened, message read, message seen",
    "message.failed": "failed, undelivered, not delivered, bounced, message failed, delivery failed",
    "contact.created": "contact created, new contact, contact, lead created, new lead",
    "chat.assigned": "assigned, assignment, chat assigned, conversation assigned, agent assigned",
    "chat.resolved": "resolved, closed, chat resolved, conversation resolved, chat closed, conversation closed",
    "agent.handoff": "handoff, handover, escalated, transfer, agent handoff, bot handoff, hand off",
}

_MOST_WORDS_ASKED = 50
_AMBIGUOUS = re.compile(r"^\s*([0-9]{1,2})[./-]([0-9]{1,2})[./-][0-9]{2,4}\b")
_PHONE = r"^'?\+?[0-9][0-9 ()\-]{6,18}$"
_TIME = r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}|[0-9]{10}([0-9]{3})?(\.[0-9]+)?$)"

_VALUE = re.compile(r"[0-9]{7}|[0-9]T[0-9]")
"""A phone number or a time: no column has such a name."""


class Matching(BaseModel):
    """How a table is read. Saved as JSON, it serves the command line: `--mapping FILE`."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    rows: Literal["events", "messages"] = "events"
    """What a row is: an event, or a message with the times when it was sent, delivered, read or failed."""
    columns: dict[str, str] = Field(default_factory=dict)
    """The column that holds each field."""
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    """What the words of the file mean, by field: {"direction": {"in": "inbound"}}."""
    day_first: bool | None = None
    """Whether 03/04/2026 is 3 April; None where it has not been asked."""

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

    def check(self, columns: Sequence[str]) -> None:
        """Raise if the table lacks a column that is needed.

        Raises:
            DumpError: naming what is missing and the columns that were found.
        """
        unknown = [column for column in self.columns.values() if column not in columns]
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
        raise DumpError(f"This is no mapping: {where}: {first['msg']}.") from None


def propose(columns: Sequence[str], sample: pa.Table, rows: Literal["events", "messages"] | None = None) -> Matching:
    """Return the likeliest matching of a table, from its columns' names and some rows; `rows` if they are known."""
    messages, events = _match_by_name(columns, MESSAGE_FIELDS), _match_event_columns(columns, sample)
    if rows is None:
        tells = SENT in messages and {"direction", "status", DELIVERED, READ, FAILED} & messages.keys()
        rows = "messages" if tells and "event" not in events else "events"
    matching = Matching(rows=rows, columns=events if rows == "events" else messages)
    return matching.model_copy(update={"day_first": guess_day_first(matching, sample)})


def guess_day_first(matching: Matching, sample: pa.Table) -> bool | None:
    """Return whether the day comes before the month in dates such as 13/04/2026; None if the rows do not show it."""
    seen: set[bool] = set()
    for text in _texts(matching, sample, TIMES):
        found = _AMBIGUOUS.match(text)
        if found and int(found[1]) > 12:
            seen.add(True)
        elif found and int(found[2]) > 12:
            seen.add(False)
    return seen.pop() if len(seen) == 1 else None


def needs_day_first(matching: Matching, sample: pa.Table) -> bool:
    """Return whether some dates could be read in two ways."""
    return matching.day_first is None and any(map(_AMBIGUOUS.match, _texts(matching, sample, TIMES)))


def foreign_words(matching: Matching, sample: pa.Table) -> dict[str, dict[str, str | None]]:
    """Return, by field, the words of a table that are not ours, each with our word that it most likely means."""
    found: dict[str, dict[str, str | None]] = {}
    for name in _FOREIGN_WORDS:
        if column := matching.columns.get(name):
            words = [
                word for word in pc.unique(sample[column]).to_pylist() if word and word not in words_of_field(name)
            ]
            known = meanings_of_words(name, matching)
            if 0 < len(words) <= _MOST_WORDS_ASKED:
                found[name] = {word: known.get(_plain(word)) for word in words}
    return found


def words_of_field(name: str) -> tuple[str, ...]:
    """Return our words of a field."""
    return tuple(_FOREIGN_WORDS[name])


def meanings_of_words(name: str, matching: Matching) -> dict[str, str]:
    """Return our word for each word that others use in a field; theirs are reduced to lower-case letters and digits."""
    ours = {
        _plain(also): word for word, more in _FOREIGN_WORDS.get(name, {}).items() for also in [word, *more.split(",")]
    }
    return ours | {_plain(theirs): word for theirs, word in matching.values.get(name, {}).items()}


def _match_event_columns(columns: Sequence[str], sample: pa.Table) -> dict[str, str]:
    found = _match_by_name(columns, EVENT_FIELDS)
    if "userId" not in found and (phone := _find_column(columns, found.values(), sample, _PHONE)):
        found["userId"] = phone
    if "timestamp" not in found and (time := _find_column(columns, found.values(), sample, _TIME)):
        found["timestamp"] = time
    return found


def _match_by_name(columns: Sequence[str], fields: Iterable[str]) -> dict[str, str]:
    """Return the column of each field, found by name: our own names first, then those that others use."""
    plain = {column: _plain(column) for column in columns}
    found: dict[str, str] = {}
    for names_of in (lambda name: [name], lambda name: HEADINGS[name].also.split(",")):
        for name in fields:
            wanted = [_plain(word) for word in names_of(name)]
            free = [column for column in columns if column not in found.values()]
            for word in wanted if name not in found else []:
                if match := next((column for column in free if plain[column] == word), None):
                    found[name] = match
                    break
    return found


def _plain(name: str) -> str:
    """Return a name for comparing: without its path, in lower case, without accents, only letters and digits."""
    last = re.sub(r"^(properties|context|data|payload)[._ ]", "", name.strip(), flags=re.IGNORECASE)
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKD", last.lower()))


def _find_column(columns: Sequence[str], taken: Iterable[str], sample: pa.Table, pattern: str) -> str | None:
    """Return the first free column in which most values match a pattern."""
    occupied = set(taken)
    for column in columns:
        values = sample[column].drop_null()
        if column not in occupied and len(values) and pc.mean(pc.match_substring_regex(values, pattern)).as_py() > 0.8:
            return column
    return None


def _texts(matching: Matching, sample: pa.Table, fields: Iterable[str]) -> list[str]:
    columns = [matching.columns[name] for name in fields if name in matching.columns]
    return [text for column in columns if column in sample.column_names for text in sample[column].to_pylist() if text]


def _describe_columns(columns: Sequence[str]) -> str:
    """Name the columns, unless the first row holds values instead: these may be a customer's number."""
    if any(_VALUE.search(column) for column in columns):
        return "its first row holds values: write the names of the columns above it"
    more = f" and {len(columns) - 20} more" if len(columns) > 20 else ""
    return f"its columns are: {', '.join(columns[:20])}{more}"
