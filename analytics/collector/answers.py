"""What clients are told: one shape of JSON for all answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response

from analytics.events.rejected import Rejected


@dataclass(frozen=True)
class Outcome:
    """What became of the events of one request."""

    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: Sequence[Rejected] = ()
    warnings: Sequence[str] = ()


class CaptureError(Exception):
    """A request that cannot be taken: its status, a stable code, and what to do."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


class Answer(Response):
    """JSON, and what became of the events of the request, where it brought any."""

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


def answer(outcome: Outcome) -> Answer:
    """Return the answer to a request whose events were judged."""
    if outcome.received and len(outcome.rejected) == outcome.received:
        first = outcome.rejected[0].problem
        return refusal(CaptureError(400, "all_rejected", f"No event can be used: {first.message}"), outcome)
    status = "partial" if outcome.rejected else "success"
    return Answer({"status": status, **_counts(outcome)}, outcome=outcome)


def refusal(error: CaptureError, outcome: Outcome | None = None) -> Answer:
    """Return the answer to a request that was refused."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    if error.status == 408:  # else the rest of a slow body could keep the connection for ever
        headers["Connection"] = "close"
    body = {"status": "error", "code": error.code, "message": error.message, **_counts(outcome or Outcome())}
    return Answer(body, error.status, headers, outcome)


def _counts(outcome: Outcome) -> dict[str, Any]:
    return {
        "received": outcome.received,
        "accepted": outcome.accepted,
        "duplicates": outcome.duplicates,
        "rejected": len(outcome.rejected),
        "errors": [_error(event) for event in outcome.rejected],
        "warnings": list(outcome.warnings),
    }


def _error(event: Rejected) -> dict[str, Any]:
    problem = event.problem
    return {
        "index": event.index,
        "event": problem.event,
        "field": problem.field,
        "code": problem.code,
        "message": problem.message,
    }
