"""The bytes of all requests that a process holds at one time: one budget, and what each request has taken of it."""

import threading
from typing import Self

from analytics.collector.answers import CaptureError

_STRANGERS_SHARE = 8
"""Requests whose key is not known yet may take an eighth of the budget together: they cannot keep out the others."""
_RETRY_SECONDS = 2


class InFlight:
    """A budget of bytes, which requests take while they arrive and give back when they are answered."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_strangers = most // _STRANGERS_SHARE
        self._held = self._of_strangers = 0
        self._changing = threading.Lock()  # bodies are unpacked in threads

    def change(self, size: int, of_strangers: int) -> bool:
        """Take or give back bytes; return False where there are not so many, and change nothing."""
        with self._changing:
            held, strangers = self._held + size, self._of_strangers + of_strangers
            if (size > 0 and held > self._most) or (of_strangers > 0 and strangers > self._most_of_strangers):
                return False
            self._held, self._of_strangers = held, strangers
            return True


class Share:
    """What one request has taken of a budget, to be used as a context; at its end all is given back."""

    __slots__ = ("_held", "_in_flight", "_known")

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._held = 0
        self._known = False

    def __enter__(self) -> Self:
        """Return the share."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give all of it back."""
        self._in_flight.change(-self._held, 0 if self._known else -self._held)

    def take(self, size: int) -> None:
        """Take so many bytes.

        Raises:
            CaptureError: 503 where the budget has not as many left.
        """
        if not self._in_flight.change(size, 0 if self._known else size):
            message = "Too many requests are waiting to be stored: try again in a moment."
            raise CaptureError(503, "queue_full", message, retry_after=_RETRY_SECONDS)
        self._held += size

    def count_as_known(self) -> None:
        """Note that the key is known: from now on the whole budget is there for this request."""
        if self._held and not self._known:
            self._in_flight.change(0, -self._held)
        self._known = True
