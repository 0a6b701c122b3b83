"""Why events were not taken, in words: what is wrong and what to do."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from http.client import BadStatusLine, IncompleteRead
from urllib.parse import urlsplit

import requests

CAPTURE_PATH = "/v1/capture"


class Trouble(Enum):
    """Why events were not taken: what is wrong and, after it, what to do."""

    NAME_NOT_FOUND = (
        "There is no computer with the name {host}.",
        "Check the spelling of the address, and whether this machine can look up names.",
    )
    REFUSED = (
        "No program answers at {host}, port {port}.",
        "Start the collector, or check the port of the address.",
    )
    UNREACHABLE = (
        "{host} could not be reached: {detail}.",
        "Check the network between this machine and that one: a firewall, a VPN or a proxy.",
    )
    TLS = (
        "{host} could not prove who it is: {detail}.",
        "Check the certificate (its name, date and signer), and whether the address begins with https or http.",
    )
    TIMEOUT = (
        "{host} did not answer in time.",
        "It is too busy, or we cannot reach it. Try again, and send smaller batches if that does not help.",
    )
    CUT_OFF = (
        "{host} ended the connection before it answered.",
        "Send the events again. Each counts once, even if you send it twice.",
    )
    KEY = (
        "The write key was refused: {detail}.",
        "Copy the whole key again. If it was revoked, make another key under Connections.",
    )
    TOO_LARGE = (
        "The request is too large: {detail}.",
        "Send fewer events at a time.",
    )
    TOO_OFTEN = (
        "This key sends too often: {detail}.",
        "Wait {wait}. Then send again, with more events in each request.",
    )
    UNAVAILABLE = (
        "The collector cannot store events for now: {detail}.",
        "Send them again in {wait}. Each counts once, even if you send it twice.",
    )
    NOT_UNDERSTOOD = (
        "The request was not understood: {detail}.",
        "Fix what it names, and send again.",
    )
    NO_COLLECTOR = (
        "The program at {host}, port {port}, is not a collector: {detail}.",
        "Check the address. It must end in " + CAPTURE_PATH + ".",
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


def describe_failure(trouble: Trouble, url: str, detail: str = "", wait: str = "") -> Failure:
    """Return why a collector at an address took nothing; `detail` and `wait` fill in the words."""
    parts = urlsplit(url)
    names = {
        "host": parts.hostname,
        "port": parts.port or {"http": 80, "https": 443}[parts.scheme],
        "detail": detail.rstrip("."),
        "wait": wait,
    }
    return Failure(trouble, trouble.what.format(**names), trouble.next_step.format(**names))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, then the error that caused it, and so on."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


_CAUSES: tuple[tuple[type[BaseException], Trouble], ...] = (
    (requests.exceptions.SSLError, Trouble.TLS),
    (requests.Timeout, Trouble.TIMEOUT),
    (socket.gaierror, Trouble.NAME_NOT_FOUND),
    (ConnectionRefusedError, Trouble.REFUSED),
    (ConnectionError, Trouble.CUT_OFF),
    (IncompleteRead, Trouble.CUT_OFF),
    (BadStatusLine, Trouble.NO_COLLECTOR),
)


def describe_silence(error: requests.RequestException, url: str) -> Failure:
    """Return the failure that explains why there was no answer."""
    causes = list(_causes(error))
    known = (trouble for kind, trouble in _CAUSES if any(isinstance(cause, kind) for cause in causes))
    return describe_failure(next(known, Trouble.UNREACHABLE), url, _detail(causes[-1]))


def _detail(cause: BaseException) -> str:
    if isinstance(cause, BadStatusLine):
        return "it does not speak HTTP"
    return str(getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or cause)
