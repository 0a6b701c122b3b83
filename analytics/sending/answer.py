"""What collectors answer, as a value; of what is no such answer, what is wrong with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from analytics.sending.trouble import Failure, Trouble, describe_failure


@dataclass(frozen=True)
class EventError:
    """Why a collector rejected an event: its place in the batch, its field and the reason."""

    index: int
    event: str | None
    field: str
    code: str
    message: str


@dataclass(frozen=True)
class Answer:
    """The result of a request.

    `seconds` is how long the last attempt took. `status` and `body`, up to 64 KiB of it, are the answer to it; without
    an answer they are None and empty. `failure` is None if the collector judged the events, even if it rejected all of
    them.
    """

    status: int | None = None
    body: str = ""
    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    errors: tuple[EventError, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: Failure | None = None
    retry_after: float | None = None
    seconds: float = 0.0
    attempts: int = 1


MOST_KEPT_BYTES = 64 * 2**10
"""Of the body of an answer."""
MOST_READ_BYTES = 2**20
"""To be understood, and then let go of: the reasons of a thousand rejected events are a fifth of it."""


def read_answer(response: requests.Response, url: str) -> Answer:
    """Return the collector's answer, or what is wrong with it; no more is read than any collector says.

    Raises:
        requests.RequestException: where it is cut off.
    """
    raw = bytearray()
    for part in response.iter_content(MOST_KEPT_BYTES):
        raw += part
        if len(raw) > MOST_READ_BYTES:
            break
    body = raw[:MOST_KEPT_BYTES].decode(errors="replace")
    said = _object(raw.decode(errors="replace")) if len(raw) <= MOST_READ_BYTES else {}
    retry_after = _parse_retry_after(response.headers.get("Retry-After", ""))
    return Answer(
        response.status_code,
        body,
        received=_count(said, "received"),
        accepted=_count(said, "accepted"),
        duplicates=_count(said, "duplicates"),
        rejected=_count(said, "rejected"),
        errors=tuple(_read_event_error(error) for error in _list(said, "errors") if isinstance(error, dict)),
        warnings=tuple(map(str, _list(said, "warnings"))),
        failure=_find_refusal(response, said, url, retry_after),
        retry_after=retry_after,
    )


def _find_refusal(
    response: requests.Response, said: Mapping[str, Any], url: str, retry_after: float | None
) -> Failure | None:
    """Return why the collector did not judge the events; None if it did."""
    status = response.status_code
    if said.get("code") == "all_rejected" or (status == requests.codes.ok and "accepted" in said):
        return None
    trouble = _TROUBLES.get(status, Trouble.UNAVAILABLE if status >= 500 else Trouble.NO_COLLECTOR)
    if trouble in (Trouble.KEY, Trouble.NOT_UNDERSTOOD) and not said:
        trouble = Trouble.NO_COLLECTOR
    return describe_failure(
        trouble, url, str(said.get("message") or _describe_unexpected(response)), _in_words(retry_after)
    )


_TROUBLES = {
    400: Trouble.NOT_UNDERSTOOD,
    401: Trouble.KEY,
    408: Trouble.TIMEOUT,
    413: Trouble.TOO_LARGE,
    415: Trouble.NOT_UNDERSTOOD,
    429: Trouble.TOO_OFTEN,
}


def _in_words(seconds: float | None) -> str:
    if seconds is None:
        return "a moment"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _describe_unexpected(response: requests.Response) -> str:
    if response.is_redirect:
        return f"it redirects to {response.headers['Location']}"
    return f"it answered {response.status_code} {response.reason or ''}".rstrip()


def _object(text: str) -> dict[str, Any]:
    """Return the JSON object in a text; an empty one if the text is not a JSON object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _count(said: Mapping[str, Any], name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) else 0


def _list(said: Mapping[str, Any], name: str) -> list[Any]:
    value = said.get(name)
    return value if isinstance(value, list) else []


def _read_event_error(error: Mapping[str, Any]) -> EventError:
    event = error.get("event")
    return EventError(
        _count(error, "index"),
        None if event is None else str(event),
        *(str(error.get(name) or "") for name in ("field", "code", "message")),
    )


def _parse_retry_after(retry_after: str) -> float | None:
    """Return after how many seconds to come back. The header gives either seconds or a date; None if neither."""
    try:
        if retry_after.strip().isdecimal():
            return float(retry_after)
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # no date, or one without a zone
        return None
