"""What other systems deliver to webhooks: who signed it, and the events that it holds."""

import hmac
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.datastructures import Headers

from analytics.collector.answers import CaptureError
from analytics.collector.judging import Capture
from analytics.events.adapters import chatwoot
from analytics.events.adapters.adapted import Adapted
from analytics.events.adapters.signatures import HEADERS, SENT_AT, sign
from analytics.events.adapters.systems import SYSTEMS, name_payload
from analytics.events.judge import Problem
from analytics.store.webhooks import Webhook
from analytics.store.write_keys import WriteKey


def check_signature(webhook: Webhook, headers: Headers, body: bytes) -> None:
    """Check who signed a body as it came. Without a secret, the address itself is the secret.

    Raises:
        CaptureError: 401 where a webhook with a secret is delivered to without its signature.
    """
    if webhook.secret is None:
        return
    name = HEADERS[webhook.system]
    right = sign(webhook.system, webhook.secret, body, headers.get(SENT_AT, ""))
    if not hmac.compare_digest(headers.get(name, "").strip().encode(), right.encode()):
        raise CaptureError(
            401, "wrong_signature", f"The signature in {name} is missing, or does not belong to this body."
        )


def read_delivery(webhook: Webhook, headers: Headers, body: bytes) -> Capture:
    """Return the events of a delivery. What cannot be read is one rejected event, with its problem."""
    try:
        payload = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        return _unreadable(webhook.key, body, "invalid_json", f"The body is not valid JSON: {error}")
    if not isinstance(payload, dict):
        return _unreadable(webhook.key, body, "no_payload", "A payload must be a JSON object, { … }")
    system = SYSTEMS[webhook.system]
    if not system.is_of(payload) and (other := name_payload(body)):
        return _unreadable(webhook.key, body, "other_system", f"{other}. This is an address for {system.title}")
    adapted = _adapt(webhook.system, payload, headers)
    return Capture(webhook.key, adapted.events, unread=adapted.unread)


def _adapt(system: str, payload: Mapping[str, Any], headers: Headers) -> Adapted:
    if system == chatwoot.NAME:
        return chatwoot.read_chatwoot(payload, headers.get(SENT_AT))
    return SYSTEMS[system].read(payload)


def _unreadable(key: WriteKey, body: bytes, code: str, message: str) -> Capture:
    return Capture(key, [body], Problem("", code, message))
