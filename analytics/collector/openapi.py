"""The description of the collector's HTTP interface, OpenAPI 3.1; what an event holds is read from the contract."""

from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from analytics.events.contract import EVENTS, Context, Properties
from analytics.events.customer_id import WHATSAPP_USER_ID
from analytics.metrics.filters import NARROWING
from analytics.numbers.asked import ONCE
from analytics.settings import Settings

_COMPONENTS = "#/components/schemas/"
_COUNTS = ("received", "accepted", "duplicates", "rejected")
_REFUSALS = {
    400: "The body cannot be read, or every event is rejected",
    401: "The write key is missing, unknown or revoked",
    405: "Another method",
    408: "The body took too long to arrive",
    413: "The body, or the number of its events, is beyond a limit",
    415: "An encoding other than gzip",
    429: "Too many requests with this key; see Retry-After",
    503: "The store does not answer, or too many requests are waiting; see Retry-After",
}


_DRY_RUN = {
    "name": "dry_run",
    "in": "query",
    "description": "1 to check the events without storing them",
    "schema": {"type": "string", "enum": ["0", "1"]},
}


def build_description(limits: Settings) -> dict[str, Any]:
    """Return the description of a collector with these limits."""
    kinds: tuple[type[BaseModel], ...] = (Context, Properties, *EVENTS.values())
    _, definitions = models_json_schema(
        [(kind, "validation") for kind in kinds], by_alias=True, ref_template=_COMPONENTS + "{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "WhatsApp analytics: the collector", "version": "1"},
        "servers": [{"url": "/v1"}],
        "paths": {
            **{path: {"post": _capture(limits, path)} for path in ("/capture", "/batch")},
            "/webhooks/{id}": {"get": _challenge(), "post": _payload(limits), "parameters": [_HOOK_ID]},
            "/report": {"get": _numbers("report", "All metrics, as `analytics metrics --format json` prints them")},
            "/waiting": {"get": _numbers("waiting", "Who waits now, the most urgent first, masked", _WAIT)},
            "/health": {"get": _get("health", "Whether the store answers", "application/json", (503,))},
            "/metrics": {"get": _get("metrics", "Counters in the text format of Prometheus", "text/plain", (404,))},
            "/openapi.json": {"get": _get("openapi", "This description", "application/json", ())},
        },
        "components": {
            "schemas": {
                **definitions["$defs"],
                **{_title(name): _event(name, model.__name__) for name, model in EVENTS.items()},
                "Batch": _batch(limits),
                "Answer": _answer(),
            },
            "securitySchemes": {
                "header": {"type": "apiKey", "in": "header", "name": "X-Write-Key"},
                "basic": {"type": "http", "scheme": "basic", "description": "The key as the user's name"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "reading": {"type": "apiKey", "in": "header", "name": "X-Read-Key"},
            },
        },
    }


def _capture(limits: Settings, path: str) -> dict[str, Any]:
    answer = {"application/json": {"schema": {"$ref": f"{_COMPONENTS}Answer"}}}
    statuses = {200: "At least one event is stored, or was known already", **_REFUSALS}
    return {
        "operationId": path.removeprefix("/"),
        "summary": "Take a batch of events",
        "description": f"At most {limits.max_batch_events:,} events, {limits.max_wire_bytes / 2**20:g} MiB as sent and "
        f"{limits.max_body_bytes / 2**20:g} MiB unpacked. 200 is answered after the commit.",
        "security": [{"header": []}, {"basic": []}, {"bearer": []}, {}],
        "parameters": [_DRY_RUN],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"{_COMPONENTS}Batch"}}},
        },
        "responses": {str(status): {"description": text, "content": answer} for status, text in statuses.items()},
    }


_HOOK_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The secret part of a webhook's address",
    "schema": {"type": "string"},
}


def _challenge() -> dict[str, Any]:
    names = ("hub.mode", "hub.verify_token", "hub.challenge")
    refused = {"application/json": {"schema": {"$ref": f"{_COMPONENTS}Answer"}}}
    return {
        "operationId": "verify_webhook",
        "summary": "Answer the challenge with which Meta checks the address of its webhook",
        "parameters": [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names],
        "responses": {
            "200": {"description": "The challenge, if the verify token is right", "content": {"text/plain": {}}},
            "401": {"description": "The address is unknown or removed", "content": refused},
            "403": {"description": "The verify token does not belong to this address", "content": refused},
            "503": {"description": _REFUSALS[503], "content": refused},
        },
    }


def _payload(limits: Settings) -> dict[str, Any]:
    answer = {"application/json": {"schema": {"$ref": f"{_COMPONENTS}Answer"}}}
    statuses = {
        200: "The payload is taken: its events are stored, known already, or kept as rejected",
        **_REFUSALS,
        400: "The body is not a payload of the system of this webhook",
        401: "The address is unknown or removed, or the signature is missing or wrong",
        413: "The payload is beyond the limit",
        415: "An encoding other than none",
    }
    return {
        "operationId": "deliver",
        "summary": "Take a payload of WhatsApp Cloud API or Chatwoot",
        "description": f"At most {limits.max_payload_bytes / 2**20:g} MiB, signed in X-Hub-Signature-256 or "
        "X-Chatwoot-Signature. 200 is answered after the commit.",
        "parameters": [_DRY_RUN],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {str(status): {"description": text, "content": answer} for status, text in statuses.items()},
    }


_WAIT = {"name": "wait", "in": "query", "schema": {"type": "string", "enum": ["person", "reply"]}}


def _numbers(name: str, summary: str, *more: dict[str, Any]) -> dict[str, Any]:
    several = {"type": "array", "items": {"type": "string"}}
    once = [{"name": each, "in": "query", "schema": {"type": "string"}} for each in ONCE]
    repeated = [{"name": choice.option, "in": "query", "schema": several} for choice in NARROWING]
    refused = {"application/json": {"schema": {"$ref": f"{_COMPONENTS}Answer"}}}
    statuses = {
        400: "A parameter is not known, or has no sense",
        401: "The read key is missing, unknown or revoked",
        429: _REFUSALS[429],
        503: _REFUSALS[503],
    }
    return {
        "operationId": name,
        "summary": summary,
        "security": [{"reading": []}, {"bearer": []}],
        "parameters": [*once, *repeated, *more],
        "responses": {
            "200": {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}},
            **{str(status): {"description": text, "content": refused} for status, text in statuses.items()},
        },
    }


def _get(name: str, summary: str, media_type: str, refusals: tuple[int, ...]) -> dict[str, Any]:
    refused = {"description": "The request is refused, for now or for you", "content": {"application/json": {}}}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": {media_type: {}}},
            **{str(status): refused for status in refusals},
        },
    }


def _batch(limits: Settings) -> dict[str, Any]:
    events = [{"$ref": _COMPONENTS + _title(name)} for name in EVENTS]
    return {
        "type": "object",
        "required": ["batch"],
        "properties": {
            "batch": {
                "type": "array",
                "minItems": 1,
                "maxItems": limits.max_batch_events,
                "items": {"anyOf": events},
            },
            "sentAt": {"type": "string", "format": "date-time"},
            "writeKey": {
                "type": "string",
                "description": "The write key, if no header has it. It must come before the batch if the body "
                "has more than 64 KiB, as sent or unpacked.",
            },
        },
    }


def _event(name: str, properties: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["event", "userId", "timestamp", "context", "properties"],
        "properties": {
            "type": {"const": "track"},
            "event": {"const": name},
            "userId": {
                "type": "string",
                "description": "The customer: a phone number in E.164, or a WhatsApp user id",
                "pattern": rf"^(\+[1-9][0-9]{{6,14}}|{WHATSAPP_USER_ID.pattern})$",
            },
            "timestamp": {"type": "string", "format": "date-time"},
            "context": {"$ref": f"{_COMPONENTS}Context"},
            "properties": {"$ref": _COMPONENTS + properties},
        },
    }


def _answer() -> dict[str, Any]:
    error = {
        "index": {"type": "integer", "description": "The event's place in the batch, from 0"},
        "event": {"type": ["string", "null"]},
        **{key: {"type": "string"} for key in ("field", "code", "message")},
    }
    return {
        "type": "object",
        "required": ["status", *_COUNTS, "errors", "warnings"],
        "properties": {
            "status": {"enum": ["success", "partial", "error"]},
            **{key: {"type": "string"} for key in ("code", "message")},
            **{key: {"type": "integer", "minimum": 0} for key in _COUNTS},
            "errors": {"type": "array", "items": {"type": "object", "required": list(error), "properties": error}},
            "warnings": TypeAdapter(list[str]).json_schema(),
        },
    }


def _title(name: str) -> str:
    """Return the schema's name of an event: `message.read` → `MessageReadEvent`."""
    return "".join(part.capitalize() for part in name.split(".")) + "Event"
