"""Sending: a client that posts batches of events to a collector and reports the result in words.

Every result is a value, an `Answer`. If the collector did not take the events, its `failure` says what is wrong
and what to do. No message and no stored value holds the write key.
"""

import gzip
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Self, TypeVar
from urllib.parse import urlsplit

import requests

from analytics.sending.answer import Answer, read_answer
from analytics.sending.trouble import CAPTURE_PATH, Trouble, describe_failure, describe_silence

T = TypeVar("T")

MAX_EVENTS = 1_000
"""Events that collectors take in one request."""

_GZIP_FROM_BYTES = 4_096
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 120.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class AddressError(ValueError):
    """An address that cannot belong to a collector; the message says why."""


class KeyFormatError(ValueError):
    """A text that cannot be a write key; the message says why."""


class Client:
    """Posts to one collector with one write key."""

    def __init__(self, url: str, key: str, *, attempts: int = 6, answer_seconds: float = _ANSWER_SECONDS) -> None:
        """Take an address and a key, how often to try if that may help, and how many seconds each time may take in all.

        Raises:
            AddressError: if this is not an address.
            KeyFormatError: if this cannot be a write key.
        """
        self.url = capture_url(url)
        self._attempts = attempts
        self._seconds = answer_seconds
        self._session = requests.Session()
        self._session.headers["X-Write-Key"] = _check_key(key)
        self._session.headers["Accept-Encoding"] = "identity"  # a few bytes must not become many
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
        """Post a body as it is. Try again after ever longer pauses as long as that may help."""
        waits = pauses()
        for attempt in range(1, self._attempts + 1):
            answer = self._try(body, dry_run=dry_run, attempt=attempt)
            pause = max(next(waits), answer.retry_after or 0.0)
            if not _is_temporary(answer) or attempt == self._attempts or pause > _LONGEST_WAIT_SECONDS:
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
            answer = _within(self._seconds, lambda: self._exchange(body, headers, dry_run=dry_run))
        except requests.RequestException as error:
            answer = Answer(failure=describe_silence(error, self.url))
        except TimeoutError:
            answer = Answer(failure=describe_failure(Trouble.TIMEOUT, self.url))
        return replace(answer, seconds=time.perf_counter() - began, attempts=attempt)

    def _exchange(self, body: bytes, headers: Mapping[str, str], *, dry_run: bool) -> Answer:
        with self._session.post(
            self.url,
            data=body,
            params={"dry_run": "1"} if dry_run else None,
            headers=headers,
            timeout=(_CONNECT_SECONDS, self._seconds),
            allow_redirects=False,  # the key goes nowhere else
            stream=True,
        ) as response:
            return read_answer(response, self.url)


def _within(seconds: float, call: Callable[[], T]) -> T:
    """Return what a call returns; where it takes longer, leave it to end by itself and raise a TimeoutError.

    The time that requests is given is that of each read: who sends a byte now and then could go on for ever.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(call())
        except BaseException as error:  # noqa: BLE001  # raised by `result`
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done.result(seconds)


def batch(events: Sequence[bytes]) -> bytes:
    """Return the body that holds events, each as JSON."""
    return b'{"batch":[' + b",".join(events) + b"]}"


def capture_url(url: str) -> str:
    """Return the address to which events are posted; a host alone gets the usual path.

    Raises:
        AddressError: if it is not an HTTP address, or holds a password, a query or a fragment.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(sign.isspace() for sign in url):
        raise AddressError(f"This is not the address of a collector: write it as https://host{CAPTURE_PATH}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise AddressError("An address must not hold a key or a password: remove what is before @ and after ? or #.")
    return parts._replace(path=CAPTURE_PATH).geturl() if parts.path in ("", "/") else url


def _check_key(key: str) -> str:
    key = key.strip()
    if not key:
        raise KeyFormatError("A write key is needed.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise KeyFormatError("A write key has no spaces, line breaks or special characters: copy it again.")
    return key


def pauses() -> Iterator[float]:
    """Yield ever longer pauses (seconds). They are random, so that many clients do not come back at once."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311  # nothing secret
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


_TEMPORARY_TROUBLES = (
    Trouble.NAME_NOT_FOUND,
    Trouble.REFUSED,
    Trouble.UNREACHABLE,
    Trouble.TIMEOUT,
    Trouble.CUT_OFF,
    Trouble.TOO_OFTEN,
    Trouble.UNAVAILABLE,
)


def _is_temporary(answer: Answer) -> bool:
    return answer.failure is not None and answer.failure.trouble in _TEMPORARY_TROUBLES
