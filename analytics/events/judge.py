"""The judge: one event's JSON in, a valid event or a problem out. Only pydantic rejects, and it says why."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec
from pydantic import ValidationError
from pydantic.alias_generators import to_camel, to_snake
from pydantic_core import PydanticCustomError, from_json

from analytics.events.contract import (
    ALIASES,
    EVENTS,
    PROPERTY_ALIASES,
    Assumptions,
    Event,
    Properties,
    properties_model,
)
from analytics.events.frame import COLUMN_OF, MESSAGE_EVENTS
from analytics.events.identity import identity, message, occurrence
from analytics.events.left_out import LeftOut
from analytics.events.timestamps import to_microseconds
from analytics.events.wording import field_fault, json_fault, json_offset, json_place

MAX_EVENT_BYTES = 64 * 1024
MAX_NESTING = 64
_MOST_SHOWN = 40


@dataclass(frozen=True)
class Problem:
    """Why an event cannot be used: the field in the user's words, a stable code, a sentence."""

    field: str
    code: str
    message: str
    event: str | None = None
    column: int | None = None
    """The column at which the JSON goes wrong, in characters from 1."""


_TOO_DEEP = Problem(
    "", "nested_too_deeply", f"This event is nested too deeply: at most {MAX_NESTING} levels are allowed"
)
_TOO_LARGE = Problem(
    "", "event_too_large", f"This event is too large: at most {MAX_EVENT_BYTES // 1024} KiB of JSON are allowed"
)
_NOT_UTF_8 = Problem("", "invalid_utf8", "This is not UTF-8 text: save the file as UTF-8")
_NOT_AN_OBJECT = Problem("", "not_an_object", "An event must be a JSON object, { … }")


@dataclass(frozen=True)
class ValidEvent:
    """A valid event with its identity. If it has unknown properties, `kept_json` holds all its properties.

    `left_out` are the optional properties that could not be used.
    """

    envelope: Event
    properties: Properties
    key: tuple[int, int]
    kept_json: str | None
    left_out: tuple[LeftOut, ...] = ()

    def value(self, column: str) -> Any:
        """Return what a stored column of the event frame holds of the event, None for nothing.

        Times are in microseconds since 1970 UTC.
        """
        if column == "properties":
            return self.kept_json
        if attribute := _attributes(type(self.properties)).get(column):
            value = getattr(self.properties, attribute)
        elif column in _OF_ENVELOPE:
            value = _OF_ENVELOPE[column](self.envelope)
        else:
            return None
        return to_microseconds(value) if isinstance(value, datetime) else value


_OF_ENVELOPE = {
    column.name: attrgetter(".".join(map(to_snake, source.split("."))))
    for source, column in COLUMN_OF.items()
    if not source.startswith("properties")
}
"""What gives the columns that are no properties."""


@cache
def _attributes(model: type[Properties]) -> dict[str, str]:
    """Return by column of the event frame the attribute of a model that it holds."""
    sources = {f"properties.{to_camel(attribute)}": attribute for attribute in model.model_fields}
    return {COLUMN_OF[source].name: attribute for source, attribute in sources.items() if source in COLUMN_OF}


def judge(raw: bytes, assumptions: Assumptions) -> ValidEvent | Problem:
    """Judge one event as it arrived."""
    try:
        raw.decode()
        if len(raw.strip()) > MAX_EVENT_BYTES:
            return _judge_too_large(raw)
        payload = from_json(raw, allow_inf_nan=False)
    except UnicodeDecodeError:
        return _NOT_UTF_8
    except ValueError as error:
        return _TOO_DEEP if "recursion limit" in str(error) else _invalid_json(error, raw)
    if not isinstance(payload, dict):
        return _NOT_AN_OBJECT
    is_list = {name: isinstance(value, list) for name, value in payload.items()}
    return _find_misnamed_batch(is_list) or _judge_object(payload, assumptions)


def _judge_too_large(raw: bytes) -> Problem:
    """Return the problem of an event that is too large. Only its outermost keys are parsed, so this is cheap."""
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
        fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:  # JSON, but no object
        return _TOO_LARGE
    except msgspec.DecodeError as error:
        return _invalid_json(error, raw)
    except RecursionError:
        return _TOO_DEEP
    return (
        _find_misnamed_batch({name: memoryview(value)[0] == ord("[") for name, value in fields.items()}) or _TOO_LARGE
    )


def _invalid_json(error: Exception, raw: bytes) -> Problem:
    offset = json_offset(error, raw)
    column = None if offset is None or b"\n" in raw else json_place(offset, raw)[1]
    return Problem("", "invalid_json", f"Not valid JSON: {json_fault(error, raw)}", column=column)


def _find_misnamed_batch(is_list: Mapping[str, bool]) -> Problem | None:
    """Return the problem of an object that is clearly meant as a batch; `is_list` says which keys hold a list."""
    if "event" in is_list or "event_name" in is_list:
        return None
    name = next((name for name in _NAMES_OF_BATCHES if is_list.get(name)), None)
    if name is None:
        return None
    return Problem(name, "batch_misnamed", f"A list of events must have the key batch: rename {name}")


_NAMES_OF_BATCHES = ("events", "data", "items", "messages", "records", "results", "rows")


def _judge_object(payload: Mapping[str, Any], assumptions: Assumptions) -> ValidEvent | Problem:
    if measure_nesting(payload) > MAX_NESTING:
        return _TOO_DEEP
    fields = _without_nulls(_rename_aliases(payload, ALIASES))
    name = fields.get("event")
    try:
        envelope = Event.model_validate(_with_context(fields), context=assumptions)
        given = _read_properties(fields)
        properties, left_out = _read_usable(envelope.event, _without_nulls(given), assumptions)
        kept = _keep_properties(type(properties), fields["properties"], left_out)
    except ValidationError as error:
        return _to_problem(error, name if isinstance(name, str) else None)
    return ValidEvent(envelope, properties, _identify(envelope, properties, given), kept, tuple(left_out.values()))


def _read_usable(
    event: str, given: Mapping[str, Any], assumptions: Assumptions
) -> tuple[Properties, dict[str, LeftOut]]:
    """Return the properties of an event, and by their names those left out; raise if a required one cannot be used."""
    model = properties_model(event)
    try:
        return model.model_validate(given, context=assumptions), {}
    except ValidationError as error:
        faults = {str(fault["loc"][0]): fault for fault in error.errors(include_url=False)}
        if not faults.keys() <= _optional_names(model):
            raise
    left_out = {
        name: LeftOut(event, f"properties.{name}", field_fault(fault), _show(name, given[name]))
        for name, fault in faults.items()
    }
    usable = {name: value for name, value in given.items() if name not in left_out}
    return model.model_validate(usable, context=assumptions), left_out


@cache
def _optional_names(model: type[Properties]) -> frozenset[str]:
    return frozenset(to_camel(name) for name, field in model.model_fields.items() if not field.is_required())


def _show(name: str, value: object) -> str:
    """Return the beginning of a value as JSON; nothing of what may tell who somebody is."""
    if COLUMN_OF[f"properties.{name}"].personal:
        return ""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _rename_aliases(given: Mapping[str, Any], aliases: Mapping[str, str]) -> dict[str, Any]:
    fields = dict(given)
    for name, alias in aliases.items():
        if fields.get(name) is None and fields.get(alias) is not None:
            fields[name] = fields[alias]
    return fields


def _without_nulls(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _with_context(fields: dict[str, Any]) -> dict[str, Any]:
    context = fields.get("context")
    return {**fields, "context": _without_nulls(context)} if isinstance(context, dict) else fields


def _read_properties(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties by their canonical names; raise if they are not an object."""
    given = fields["properties"]
    if isinstance(given, dict):
        return _rename_aliases(given, PROPERTY_ALIASES)
    raise _invalid_properties(PydanticCustomError("not_an_object", "Properties must be a JSON object"))


def _invalid_properties(error: PydanticCustomError) -> ValidationError:
    return ValidationError.from_exception_data(Event.__name__, [{"type": error, "loc": ("properties",), "input": None}])


def _to_problem(error: ValidationError, event: str | None) -> Problem:
    first = error.errors(include_url=False, include_input=False)[0]
    path = [str(part) for part in first["loc"]]
    if error.title in _PROPERTIES_TITLES:
        path.insert(0, "properties")
    return Problem(".".join(path), first["type"], field_fault(first), event)


_PROPERTIES_TITLES = {Properties.__name__, *(model.__name__ for model in EVENTS.values())}


def _identify(envelope: Event, properties: Properties, given: Mapping[str, Any]) -> tuple[int, int]:
    if envelope.event in MESSAGE_EVENTS:
        return identity(envelope.event, message(properties.message_id))  # type: ignore[attr-defined]
    microseconds = to_microseconds(envelope.timestamp)
    other = "" if envelope.event in EVENTS else envelope.event + json.dumps(given, sort_keys=True)
    return identity(envelope.event, occurrence(envelope.user_id, properties.chat_id, microseconds, other))


def _keep_properties(model: type[Properties], given: Mapping[str, Any], left_out: Collection[str]) -> str | None:
    """Return the properties as JSON if some have no column, or if all of them are part of the identity; else None.

    What was left out is not kept, unless it is part of the identity.
    """
    if left_out and model is not Properties:
        given = {name: value for name, value in given.items() if name not in left_out}
    if not (given if model is Properties else _list_unnamed(model, given)):
        return None
    try:
        return json.dumps(given, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:  # 1e400, of which Python makes infinity
        error = PydanticCustomError("number_too_large", "A number is too large for a 64-bit float")
        raise _invalid_properties(error) from None


def _list_unnamed(model: type[Properties], given: Mapping[str, Any]) -> list[str]:
    """Return the names that a model does not know; one with a null counts only if no model knows it."""
    own = _names(model)
    return [
        name
        for name, value in given.items()
        if name not in own and (value is not None or name not in _NAMED_PROPERTIES)
    ]


@cache
def _names(model: type[Properties]) -> frozenset[str]:
    """Return the names in JSON of a model's properties, aliases included."""
    own = {to_camel(attribute) for attribute in model.model_fields}
    return frozenset(own | {alias for name, alias in PROPERTY_ALIASES.items() if name in own})


_NAMED_PROPERTIES = {to_camel(attribute) for model in EVENTS.values() for attribute in model.model_fields}
_NAMED_PROPERTIES |= set(PROPERTY_ALIASES.values())


def measure_nesting(value: object) -> int:
    """Return how deeply objects and lists nest. It goes level by level, so that no depth exhausts the stack."""
    level, depth = [value], 0
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [item for outer in level for item in (outer.values() if isinstance(outer, dict) else outer)]
    return depth
