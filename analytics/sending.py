"""Sending: a client that posts batches of events to a collector, and says in words what came of it.

Whatever happens is a value, an `Answer`; where events were not taken, its `failure` names what is wrong and
what to do. Nothing that is said or kept holds the write key.
"""

import gzip
import json
import random
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from http.client import BadStatusLine, IncompleteRead
from typing import Any, Self
from urllib.parse import urlsplit

import requests

CAPTURE_PATH = "/v1/capture"
MAX_EVENTS = 1_000
"""Events that collectors take in one request."""

_GZIP_FROM_BYTES = 4_096
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 35.0
"""A little more than collectors give a request to arrive."""
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 120.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Trouble(Enum):
    """Why events were not taken: what is wrong and, after it, what to do."""

    NAME_NOT_FOUND = (
        "No computer is called {host}.",
        "Check the spelling of the address, and that this machine may look up names.",
    )
    REFUSED = (
        "Nothing listens at {host}, port {port}.",
        "Start the collector, or check the port of the address.",
    )
    UNREACHABLE = (
        "{host} could not be reached: {detail}.",
        "Check the network between here and there: a firewall, a VPN, a proxy.",
    )
    TLS = (
        "{host} could not prove who it is: {detail}.",
        "Check the certificate (its name, its date, who signed it), and whether the address begins with https or http.",
    )
    TIMEOUT = (
        "{host} did not answer in time.",
        "It is too busy or out of reach: try again, with smaller batches if it goes on.",
    )
    CUT_OFF = (
        "{host} ended the connection before it answered.",
        "Send again; what is sent twice is counted once.",
    )
    KEY = (
        "The write key was refused: {detail}.",
        "Copy the key anew, whole; if it was revoked, make another under Connection keys.",
    )
    TOO_LARGE = (
        "The request is too large: {detail}.",
        "Send fewer events at a time.",
    )
    TOO_OFTEN = (
        "This key sends too often: {detail}.",
        "Wait {wait}, then send again, more events at a time.",
    )
    UNAVAILABLE = (
        "The collector cannot store events for now: {detail}.",
        "Send them again in {wait}; what is sent twice is counted once.",
    )
    NOT_UNDERSTOOD = (
        "The request was not understood: {detail}.",
        "Mend what it names, and send again.",
    )
    NO_COLLECTOR = (
        "What answered at {host}, port {port}, is no collector: {detail}.",
        "Check the address: it ends in " + CAPTURE_PATH + ".",
    )

    @property
    def what(self) -> str:
        """What is wrong, with names to be filled in."""
        return self.value[0]

    @property
    def next_step(self) -> str:
        """What to do, with names to be filled in."""
        return self.value[1]


@dataclass(frozen=True)
class Failure:
    """Why events were not taken, in words."""

    trouble: Trouble
    what: str
    next_step: str

    def __str__(self) -> str:
        """Return both sentences."""
        return f"{self.what} {self.next_step}"


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
    """What came of a request.

    `seconds` is how long the last attempt took; `status` and `body` are what was answered to it, None and empty
    where nothing was. `failure` is None where the events were judged, be it that all were rejected.
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


class AddressError(ValueError):
    """An address that cannot be one of a collector; the message says why."""


class KeyFormatError(ValueError):
    """A text that cannot be a write key; the message says why."""


class Client:
    """Posts to one collector with one write key."""

    def __init__(self, url: str, key: str, *, attempts: int = 6, answer_seconds: float = _ANSWER_SECONDS) -> None:
        """Take an address, a key, how often to try where trying again may help, and how long to wait each time.

        Raises:
            AddressError: where the address is none.
            KeyFormatError: where no key looks like this.
        """
        self.url = capture_url(url)
        self._attempts = attempts
        self._timeout = _CONNECT_SECONDS, answer_seconds
        self._session = requests.Session()
        self._session.headers["X-Write-Key"] = _checked(key)
        self._session.trust_env = urlsplit(self.url).hostname not in _LOOPBACK  # no proxy leads to this machine

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the connection."""
        self._session.close()

    def send(self, events: Sequence[bytes], *, dry_run: bool = False) -> Answer:
        """Post events, each as JSON, in one batch."""
        return self.post(batch(events), dry_run=dry_run)

    def post(self, body: bytes, *, dry_run: bool = False) -> Answer:
        """Post a body as it is; try again, ever more rarely, while trying again may help."""
        waits = pauses()
        for attempt in range(1, self._attempts + 1):
            answer = self._try(body, dry_run=dry_run, attempt=attempt)
            pause = max(next(waits), answer.retry_after or 0.0)
            if not _may_pass(answer) or attempt == self._attempts or pause > _LONGEST_WAIT_SECONDS:
                break
            time.sleep(pause)
        return answer

    def _try(self, body: bytes, *, dry_run: bool, attempt: int) -> Answer:
        headers = {"Content-Type": "application/json"}
        if len(body) >= _GZIP_FROM_BYTES:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, 5, mtime=0)
        began = time.perf_counter()
        try:
            response = self._session.post(
                self.url,
                data=body,
                params={"dry_run": "1"} if dry_run else None,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,  # the key goes nowhere else
            )
        except requests.RequestException as error:
            answer = Answer(failure=_unanswered(error, self.url))
        else:
            answer = _read(response, self.url)
        return replace(answer, seconds=time.perf_counter() - began, attempts=attempt)


def batch(events: Sequence[bytes]) -> bytes:
    """Return the body that holds events, each as JSON."""
    return b'{"batch":[' + b",".join(events) + b"]}"


def capture_url(url: str) -> str:
    """Return the address that events are posted to, where only a collector's host is named.

    Raises:
        AddressError: where it is no address of HTTP, or holds what belongs elsewhere.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(sign.isspace() for sign in url):
        raise AddressError(f"Not an address of a collector: write it as https://host{CAPTURE_PATH}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise AddressError("An address holds no key and no password: leave out what stands before @ and after ? or #.")
    return parts._replace(path=CAPTURE_PATH).geturl() if parts.path in ("", "/") else url


def _checked(key: str) -> str:
    key = key.strip()
    if not key:
        raise KeyFormatError("A write key is needed.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise KeyFormatError("A write key has no spaces, line breaks or special characters: copy it anew.")
    return key


def pauses() -> Iterator[float]:
    """Yield ever longer pauses (seconds), by chance so that many clients do not come back at once."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311  # nothing secret
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


_PASSING = (
    Trouble.NAME_NOT_FOUND,
    Trouble.REFUSED,
    Trouble.UNREACHABLE,
    Trouble.TIMEOUT,
    Trouble.CUT_OFF,
    Trouble.TOO_OFTEN,
    Trouble.UNAVAILABLE,
)


def _may_pass(answer: Answer) -> bool:
    return answer.failure is not None and answer.failure.trouble in _PASSING


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came from, one after the other."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


_CAUSES: tuple[tuple[type[BaseException], Trouble], ...] = (
    (requests.exceptions.SSLError, Trouble.TLS),
    (requests.Timeout, Trouble.TIMEOUT),
    (socket.gaierror, Trouble.NAME_NOT_FOUND),
    (ConnectionRefusedError, Trouble.REFUSED),
    (ConnectionError, Trouble.CUT_OFF),
    (IncompleteRead, Trouble.CUT_OFF),
    (BadStatusLine, Trouble.NO_COLLECTOR),
)


def _unanswered(error: requests.RequestException, url: str) -> Failure:
    """Return why no answer came."""
    causes = list(_causes(error))
    known = (trouble for kind, trouble in _CAUSES if any(isinstance(cause, kind) for cause in causes))
    return _failure(next(known, Trouble.UNREACHABLE), url, _detail(causes[-1]))


def _detail(cause: BaseException) -> str:
    if isinstance(cause, BadStatusLine):
        return "it does not speak HTTP"
    return str(getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or cause)


def _read(response: requests.Response, url: str) -> Answer:
    """Return what a collector answered, or what is wrong with the answer."""
    body = response.content.decode(errors="replace")
    said = _object(body)
    retry_after = _seconds(response.headers.get("Retry-After", ""))
    return Answer(
        response.status_code,
        body,
        received=_count(said, "received"),
        accepted=_count(said, "accepted"),
        duplicates=_count(said, "duplicates"),
        rejected=_count(said, "rejected"),
        errors=tuple(_event_error(error) for error in _list(said, "errors") if isinstance(error, dict)),
        warnings=tuple(map(str, _list(said, "warnings"))),
        failure=_refusal(response, said, url, retry_after),
        retry_after=retry_after,
    )


def _refusal(
    response: requests.Response, said: Mapping[str, Any], url: str, retry_after: float | None
) -> Failure | None:
    """Return why a collector judged nothing; None where it did."""
    status = response.status_code
    if said.get("code") == "all_rejected" or (status == requests.codes.ok and "accepted" in said):
        return None
    trouble = _TROUBLES.get(status, Trouble.UNAVAILABLE if status >= 500 else Trouble.NO_COLLECTOR)
    if trouble in (Trouble.KEY, Trouble.NOT_UNDERSTOOD) and not said:
        trouble = Trouble.NO_COLLECTOR
    return _failure(trouble, url, str(said.get("message") or _strange(response)), _in_words(retry_after))


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


def _strange(response: requests.Response) -> str:
    if response.is_redirect:
        return f"it leads on to {response.headers['Location']}"
    return f"it answered {response.status_code} {response.reason or ''}".rstrip()


def _failure(trouble: Trouble, url: str, detail: str = "", wait: str = "") -> Failure:
    parts = urlsplit(url)
    names = {
        "host": parts.hostname,
        "port": parts.port or {"http": 80, "https": 443}[parts.scheme],
        "detail": detail.rstrip("."),
        "wait": wait,
    }
    return Failure(trouble, trouble.what.format(**names), trouble.next_step.format(**names))


def _object(text: str) -> dict[str, Any]:
    """Return an object of JSON, an empty one where the text is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _count(said: Mapping[str, Any], name: str) -> int:
    found = said.get(name)
    return found if isinstance(found, int) else 0


def _list(said: Mapping[str, Any], name: str) -> list[Any]:
    found = said.get(name)
    return found if isinstance(found, list) else []


def _event_error(error: Mapping[str, Any]) -> EventError:
    event = error.get("event")
    return EventError(
        _count(error, "index"),
        None if event is None else str(event),
        *(str(error.get(name) or "") for name in ("field", "code", "message")),
    )


def _seconds(retry_after: str) -> float | None:
    """Return in how many seconds to come back: they are given, or the time is."""
    try:
        if retry_after.strip().isdecimal():
            return float(retry_after)
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # no date, or one without a zone
        return None
