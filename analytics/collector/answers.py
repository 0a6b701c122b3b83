"""The answers to clients: one shape of JSON for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response

from analytics.events.rejected import Rejected


@dataclass(frozen=True)
class Outcome:
    """The result of one request: how many of its events were accepted, known already or rejected."""

    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: Sequence[Rejected] = ()
    warnings: Sequence[str] = ()


class CaptureError(Exception):
    """A request that is refused: the status, a stable code, and what to do."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


class Answer(Response):
    """A response in JSON, with the outcome of the request if it brought events."""

    media_type = "application/json"

    def __init__(
        self,
        body: Mapping[str, Any],
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        super().__init__(orjson.dumps(body), status, headers)
        self.outcome = outcome


def build_answer(outcome: Outcome) -> Answer:
    """Return the answer to a request whose events were judged."""
    if outcome.received and len(outcome.rejected) == outcome.received:
        first = outcome.rejected[0].problem
        return build_refusal(CaptureError(400, "all_rejected", f"No event can be used: {first.message}"), outcome)
    status = "partial" if outcome.rejected else "success"
    return Answer({"status": status, **_describe_counts(outcome)}, outcome=outcome)


def build_receipt(outcome: Outcome) -> Answer:
    """Return the answer to another system whose payload was taken. What is rejected is kept: it need not come again."""
    counts = _describe_counts(outcome)
    return Answer({"status": "success", **counts, "errors": counts["errors"][:_MOST_ERRORS]}, outcome=outcome)


_MOST_ERRORS = 10
"""Of what is rejected, a receipt tells so much; all of it is under Data health."""


def build_refusal(error: CaptureError, outcome: Outcome | None = None) -> Answer:
    """Return the answer to a request that was refused."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    if error.status == 408:  # else the rest of a slow body could keep the connection for ever
        headers["Connection"] = "close"
    body = {"status": "error", "code": error.code, "message": error.message, **_describe_counts(outcome or Outcome())}
    return Answer(body, error.status, headers, outcome)


def _describe_counts(outcome: Outcome) -> dict[str, Any]:
    return {
        "received": outcome.received,
        "accepted": outcome.accepted,
        "duplicates": outcome.duplicates,
        "rejected": len(outcome.rejected),
        "errors": [_describe_error(event) for event in outcome.rejected],
        "warnings": list(outcome.warnings),
    }


def _describe_error(event: Rejected) -> dict[str, Any]:
    problem = event.problem
    return {
        "index": event.index,
        "event": problem.event,
        "field": problem.field,
        "code": problem.code,
        "message": problem.message,
    }
