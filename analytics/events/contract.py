"""What a valid event is: the contract of the nine events as pydantic models. This is the only definition.

Eight are those of the integration guide; `message.failed` is ours.

The fast path (`columns/`) reads its fields, types and required properties from these models, and the
judge (`judge.py`) validates with them, so that a request, a dump and a form follow the same rules.
A JSON `null` is a missing value, and so is an empty text where a value is optional.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from analytics.events.customer_id import read_customer_id
from analytics.events.timestamps import check_plausible, parse_instant

ALIASES = {
    "event": "event_name",
    "type": "event_type",
    "userId": "user_id",
    "timestamp": "originalTimestamp",
    "sentAt": "sent_at",
}
"""Top-level names of the other dialect in the wild; ours wins where both are given."""

PROPERTY_ALIASES = {"messageId": "message_id"}
"""The same for names within `properties`."""


@dataclass(frozen=True)
class Assumptions:
    """What validation is told by its caller because the event does not say it.

    `now` is the time of validation, `zone` the time zone of times without an offset and `country` that of
    local phone numbers; without these two, such values are refused.
    """

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    zone: tzinfo | None = None
    country: str | None = None


def _customer_id(text: str, info: ValidationInfo[Assumptions]) -> str:
    return read_customer_id(text, info.context.country)


def _instant(value: object, info: ValidationInfo[Assumptions]) -> object:
    text = str(value) if isinstance(value, int | float) else value  # a number is refused in the same words
    return parse_instant(text, info.context.zone) if isinstance(text, str) else value


def _plausible(instant: datetime, info: ValidationInfo[Assumptions]) -> datetime:
    return check_plausible(instant, info.context.now)


def _blank_is_missing(value: object) -> object:
    return None if value == "" else value


def _whole_number_as_text(value: object) -> object:
    """Return a whole number as a text; 131026 and "131026" are one code."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _MOST_CODE or value != int(value):
        return value
    return str(int(value))


_MOST_CODE = 2**53
"""Up to this, a float holds every whole number."""


def _lower_case(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=1)]
CustomerId = Annotated[str, AfterValidator(_customer_id)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
EventTime = Annotated[Instant, AfterValidator(_plausible)]
Mode = Annotated[Literal["bot", "agent"], BeforeValidator(_lower_case)]
Country = Annotated[str, Field(pattern="^[A-Za-z]{2}$"), AfterValidator(str.upper)]

ErrorCode = Annotated[
    Text, BeforeValidator(_whole_number_as_text), WithJsonSchema({"type": ["string", "integer"], "minLength": 1})
]

OptionalText = Annotated[Text | None, BeforeValidator(_blank_is_missing)]
OptionalErrorCode = Annotated[ErrorCode | None, BeforeValidator(_blank_is_missing)]
OptionalCustomerId = Annotated[CustomerId | None, BeforeValidator(_blank_is_missing)]
OptionalMode = Annotated[Mode | None, BeforeValidator(_blank_is_missing)]
OptionalCountry = Annotated[Country | None, BeforeValidator(_blank_is_missing)]
OptionalInstant = Annotated[Instant | None, BeforeValidator(_blank_is_missing)]
OptionalCount = Annotated[int, Field(ge=0, lt=2**31)] | None
OptionalMinutes = Annotated[float, Field(ge=0, allow_inf_nan=False)] | None


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="allow", alias_generator=to_camel)


class Context(_Model, extra="ignore"):
    """Where an event comes from; `test` marks events that stay out of reports."""

    channel: Literal["whatsapp"]
    test: bool = False


class Properties(_Model):
    """What any event may carry. Names the contract does not know are kept.

    `wa_user_id`, `phone` and `previous_user_id` are further ids of the same customer; `phone_number_id` is the business
    number.
    """

    chat_id: OptionalText = None
    agent_id: OptionalText = None
    service_mode: OptionalMode = None
    country_code: OptionalCountry = None
    wa_user_id: OptionalCustomerId = None
    phone: OptionalCustomerId = None
    previous_user_id: OptionalCustomerId = None
    phone_number_id: OptionalText = None


class MessageReceived(Properties):
    """The customer wrote."""

    message_id: Text
    chat_id: Text
    direction: Literal["inbound"]
    content_type: Text
    has_media: bool | None = None


class MessageSent(Properties):
    """We wrote: an agent where `agent_id` says so, else the bot or a campaign."""

    message_id: Text
    chat_id: Text
    direction: Literal["outbound"]
    content_type: Text
    template_id: OptionalText = None


class MessageDelivered(Properties):
    """A message of ours reached the customer's device."""

    message_id: Text
    delivered_at: OptionalInstant = None


class MessageRead(Properties):
    """The customer opened a message of ours, with read receipts switched on."""

    message_id: Text
    read_at: OptionalInstant = None


class MessageFailed(Properties):
    """A message of ours could not be delivered. The guide has no such event; without it, why stays unknown."""

    message_id: Text
    error_code: OptionalErrorCode = None
    error_title: OptionalText = None
    failed_at: OptionalInstant = None


class ContactCreated(Properties):
    """The CRM learned of a customer."""

    chat_id: Text
    name: OptionalText = None
    source: OptionalText = None


class ChatAssigned(Properties):
    """A chat was given to an agent."""

    chat_id: Text
    agent_id: Text


class ChatResolved(Properties):
    """A conversation was marked as done."""

    chat_id: Text
    resolution_type: OptionalText = None
    message_count: OptionalCount = None
    duration_minutes: OptionalMinutes = None


class AgentHandoff(Properties):
    """A chat passed from the bot to people, or back."""

    chat_id: Text
    from_mode: Mode
    to_mode: Mode
    handoff_reason: OptionalText = None
    journey_step: OptionalText = None


# In the natural order of a conversation, which decides between events of one instant.
EVENTS: dict[str, type[Properties]] = {
    "contact.created": ContactCreated,
    "message.received": MessageReceived,
    "agent.handoff": AgentHandoff,
    "chat.assigned": ChatAssigned,
    "message.sent": MessageSent,
    "message.delivered": MessageDelivered,
    "message.read": MessageRead,
    "message.failed": MessageFailed,
    "chat.resolved": ChatResolved,
}

STATUS_EVENTS = ("message.delivered", "message.read", "message.failed")
"""The events that report what became of a message of ours."""


class Event(_Model, extra="ignore"):
    """The envelope all events share; `properties` are judged by the model of the event's name."""

    type: Literal["track"] = "track"
    event: Text
    user_id: CustomerId
    timestamp: EventTime
    context: Context
    properties: Any


def properties_model(event: object) -> type[Properties]:
    """Return the model of an event's properties; the base model for names outside the contract."""
    return EVENTS.get(event, Properties) if isinstance(event, str) else Properties
