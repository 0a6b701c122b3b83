"""Unread: what payloads of other systems held that was not understood, or that is no event. It is counted and named."""

from typing import NamedTuple


class Unread(NamedTuple):
    """A kind of thing in payloads of a system: `what` it is, such as "message type", and its name there."""

    system: str
    what: str
    name: str
