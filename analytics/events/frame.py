"""The event frame: the typed table of events that the whole project shares, each of its columns declared once.

`COLUMNS` says of each column what it holds, where in an event's JSON it comes from, what it is called in files and
whether it is personal. Validation, the store and its upgrades, exports, tables of other systems, the Import page and
masking follow from it; which values are valid is said by the contract alone.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.events.contract import EVENTS
from analytics.events.contract import STATUS_EVENTS as STATUS_EVENTS  # noqa: PLC0414  # they are codes, too

EVENT_NAMES = tuple(EVENTS)
EVENT_CODES = {name: code for code, name in enumerate(EVENT_NAMES)}
"""The code of each event of the contract: its place in the natural order of a conversation."""

MESSAGE_EVENTS = tuple(name for name in EVENT_NAMES if name.startswith("message."))


@dataclass(frozen=True)
class Kind:
    """What a column holds.

    `dtype` is what it is in the event frame and `arrow` in Arrow. While a frame is being made it is `held` as this,
    None for texts, which Arrow holds; what is `coded` is held as codes of its distinct values.
    """

    name: str
    dtype: str
    arrow: pa.DataType
    held: type[np.generic] | None
    coded: bool = False


CATEGORY = Kind("texts that come again", "category", pa.string(), np.int32, coded=True)
CATEGORY_OF_FLAGS = Kind("true, false or missing", "category", pa.bool_(), np.int32, coded=True)
COUNT = Kind("whole numbers, some missing", "float64", pa.float64(), np.int32, coded=True)
NUMBER = Kind("numbers, some missing", "float64", pa.float64(), np.int32, coded=True)
TEXT = Kind("texts of which hardly one comes again", "str", pa.string(), None)
TIME = Kind("instants, held in microseconds", "datetime64[us, UTC]", pa.timestamp("us", "UTC"), np.int64)
FLAG = Kind("true or false", "bool", pa.bool_(), np.bool_)
KEY = Kind("halves of identities", "uint64", pa.uint64(), np.uint64)
LINE = Kind("numbers of lines", "int64", pa.int64(), np.int64)
PLACE = Kind("places in a batch", "int32", pa.int32(), np.int32)


@dataclass(frozen=True)
class Column:
    """A column of the event frame, which holds the `sources` in an event's JSON; a time may have several.

    A property that is a source has its type in the models of the contract. A column without a source is made by us;
    it is neither stored nor written to files.
    """

    name: str
    kind: Kind
    sources: tuple[str, ...] = ()
    label: str = ""
    """What it is for people who say which column of a table holds it; empty where they are not asked."""
    also: str = ""
    """What other systems' tables call it, the likeliest first."""
    personal: bool = False
    """Whether it tells who somebody is, or may."""
    many: bool = False
    """Whether its categories are so many that new ones are put behind the others rather than in order."""
    written_as: str = ""
    """What it is called in our own tables, where that is not its source."""

    @property
    def title(self) -> str:
        """What it is called in our own tables: `userId`, `context.test`, `properties.chatId`."""
        return self.written_as or self.sources[0]


COLUMNS = (
    Column(
        "event", CATEGORY, ("event",),
        label="What happened",
        also="event name, event type, type of event, eventtype, action",
    ),
    Column(
        "timestamp", TIME, ("timestamp",),
        label="When",
        also="time, date, datetime, created at, created, occurred at, event time, sent at, date time, "
        "original timestamp, event timestamp, fecha, datum, data, sent time, message time, sent, sent on",
    ),
    Column(
        "user_id", CATEGORY, ("userId",), many=True, personal=True,
        label="Customer’s phone or WhatsApp user id",
        also="phone, phone number, customer phone, contact phone, mobile, msisdn, wa id, contact, customer, number, "
        "customer number, user, telephone, to from, contact number, whatsapp number, telefon, telefonnummer, "
        "handynummer, mobilnummer, telefono, numero de telefono, telefone, celular",
    ),
    Column(
        "chat_id", CATEGORY, ("properties.chatId",), many=True,
        label="Id of the chat",
        also="chat id, chat, conversation id, conversation, thread id, ticket id, ticket, session id",
    ),
    Column(
        "message_id", TEXT, ("properties.messageId",),
        label="Id of the message",
        also="message id, id, id mensaje, id de mensaje, mensaje, nachricht, nachrichten id, id da mensagem, "
        "mensagem, msg id, wamid, message, external id, whatsapp message id, message sid, sid",
    ),
    Column(
        "agent_id", CATEGORY, ("properties.agentId",),
        label="Agent",
        also="agent id, agent, agente, mitarbeiter, bearbeiter, agent name, assignee, assigned to, "
        "operator, user name, owner, sent by, handled by, agent email, atendente",
    ),
    Column(
        "service_mode", CATEGORY, ("properties.serviceMode",),
        label="Bot or agent",
        also="service mode, mode, handled by mode, channel type, bot or agent",
    ),
    Column(
        "country_code", CATEGORY, ("properties.countryCode",),
        label="Country",
        also="country code, country, iso country",
    ),
    Column(
        "content_type", CATEGORY, ("properties.contentType",),
        label="Kind of content",
        also="content type, content, media type, message content type, message type, kind, format, type",
    ),
    Column(
        "template_id", CATEGORY, ("properties.templateId",),
        label="Template",
        also="template id, template, template name, campaign, vorlage, plantilla",
    ),
    Column(
        "has_media", CATEGORY_OF_FLAGS, ("properties.hasMedia",),
        label="Has media",
        also="has media, media, attachment, with media",
    ),
    Column(
        "name", CATEGORY, ("properties.name",), many=True, personal=True,
        label="Customer’s name",
        also="contact name, customer name, full name, profile name",
    ),
    Column(
        "source", CATEGORY, ("properties.source",),
        label="Source of the contact",
        also="lead source, origin, utm source",
    ),
    Column(
        "resolution_type", CATEGORY, ("properties.resolutionType",),
        label="How it was resolved",
        also="resolution type, resolution, outcome",
    ),
    Column(
        "message_count", COUNT, ("properties.messageCount",),
        label="Number of messages",
        also="message count, messages",
    ),
    Column(
        "duration_minutes", NUMBER, ("properties.durationMinutes",),
        label="Duration in minutes",
        also="duration minutes, duration",
    ),
    Column("from_mode", CATEGORY, ("properties.fromMode",), label="Passed on from", also="from mode, from"),
    Column("to_mode", CATEGORY, ("properties.toMode",), label="Passed on to", also="to mode, to"),
    Column(
        "handoff_reason", CATEGORY, ("properties.handoffReason",),
        label="Reason of the handoff",
        also="handoff reason, reason",
    ),
    Column(
        "journey_step", CATEGORY, ("properties.journeyStep",),
        label="Step of the journey",
        also="journey step, step",
    ),
    Column(
        "error_code", CATEGORY, ("properties.errorCode",),
        label="Code of the error",
        also="error code, failure code, fail code, reason code, error id, errorcode",
    ),
    Column(
        "error_title", CATEGORY, ("properties.errorTitle",),
        label="Error in words",
        also="error title, error, error message, error description, failure reason, failed reason, error reason, "
        "fail reason, reason for failure, error detail, error details",
    ),
    # When a status says that the message arrived, was read, or failed.
    Column(
        "reported_at", TIME, ("properties.deliveredAt", "properties.readAt", "properties.failedAt"),
        written_as="properties.reportedAt",
    ),
    # Other ids of the same customer: see `customers.py`.
    Column(
        "wa_user_id", CATEGORY, ("properties.waUserId",), many=True, personal=True,
        label="Customer’s WhatsApp user id",
        also="wa user id, whatsapp user id, bsuid, business scoped user id",
    ),
    Column("phone", CATEGORY, ("properties.phone",), many=True, personal=True),
    Column("previous_user_id", CATEGORY, ("properties.previousUserId",), many=True, personal=True),
    Column(
        "phone_number_id", CATEGORY, ("properties.phoneNumberId",),
        label="Id of our number",
        also="phone number id, business phone number id",
    ),
    Column("test", FLAG, ("context.test",), label="Test event", also="test, is test, test event"),
    # The whole properties as JSON, of events with a property that has no column, or no model.
    Column("properties", TEXT, ("properties",), personal=True),
    # The event's identity (see `identity.py`), and where in its dump it stood: line from 1, place in a batch from 0.
    Column("key_high", KEY),
    Column("key_low", KEY),
    Column("line", LINE),
    Column("index", PLACE),
)  # fmt: skip
"""The columns of the event frame, in their order."""

STORED = tuple(column for column in COLUMNS if column.sources)
"""Those that hold what an event says: they are stored and written to files."""

COLUMN = {column.name: column for column in COLUMNS}
"""Each column by its name."""

COLUMN_OF = {source: column for column in COLUMNS for source in column.sources}
"""The column that holds what stands in a place in JSON: `userId`, `context.test`, `properties.chatId`."""

CATEGORIES = tuple(column.name for column in COLUMNS if column.kind.dtype == "category")

ARROW = {column.name: column.kind.arrow for column in STORED}
"""The type in Arrow of each column that is stored."""
