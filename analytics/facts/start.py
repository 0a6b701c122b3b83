"""The start mode: who answers first, the bot or people, as the events have it."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd

from analytics.events.frame import EVENT_NAMES
from analytics.facts.stated import AGENT, BOT, MODES, encode_as, state_modes
from analytics.facts.timeline import HANDOFF, NONE, SENT, Mask, category_codes, find_messages_of

PEOPLE_FROM_SHARE = 0.95
"""Where people answer first, at least this share of the messages they write names one of them."""

_TEMPLATE = "template"


@dataclass(frozen=True)
class Evidence:
    """What events say of who answers first. Of all events that count, whatever the filters.

    `bot_handoffs` come from a bot or lead to one, `bot_events` say that a bot handled them. Of all messages `sent`,
    `written` are no templates, and `signed` those of them that name an agent or say that one wrote them.
    """

    bot_handoffs: int = 0
    bot_events: int = 0
    sent: int = 0
    written: int = 0
    signed: int = 0

    @property
    def mode(self) -> str:
        """Who answers first: `agent` where no bot shows and almost all that was written is signed, else `bot`."""
        of_people = self.written and self.signed >= PEOPLE_FROM_SHARE * self.written
        return MODES[AGENT if of_people and not self.bot_handoffs and not self.bot_events else BOT]


def weigh(events: pd.DataFrame, bots: tuple[str, ...]) -> Evidence:
    """Return what the events of a frame say, all of which count but those with other names; `bots` are agents."""
    kind, mode = category_codes(events["event"]), state_modes(events, bots)
    ours = kind == SENT
    template = (category_codes(events["template_id"]) != NONE) | _is(events["content_type"], _TEMPLATE)
    written = ours & ~template
    signed = written & ((category_codes(events["agent_id"]) != NONE) | (mode == AGENT))
    handed = (kind == HANDOFF) & (_is(events["from_mode"], MODES[BOT]) | _is(events["to_mode"], MODES[BOT]))
    said = (mode == BOT) & (kind < len(EVENT_NAMES))
    return Evidence(*(int(np.count_nonzero(found)) for found in (handed, said, ours, written, signed)))


def add_up(parts: Sequence[Evidence]) -> Evidence:
    """Return what the events of all parts say together."""
    return Evidence(*(sum(numbers) for numbers in zip(*map(astuple, parts), strict=True)))


def choose_counting(events: pd.DataFrame, *, include_test: bool) -> Mask | None:
    """Return which rows of a frame are no test events nor statuses of test messages; None where all are chosen."""
    if include_test or not events["test"].any():
        return None
    test = events["test"].to_numpy()
    message = find_messages_of(events)
    counting: Mask = ~(test | (message != NONE) & test[message])
    return counting


def _is(column: pd.Series, value: str) -> Mask:
    found: Mask = encode_as(column, (value,)) == 0
    return found
