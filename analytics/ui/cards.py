"""Cards: single numbers with their change and, where there is one, the line of the days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import pandas as pd
import streamlit as st

from analytics import display
from analytics.metrics import trends
from analytics.metrics.metric import Result
from analytics.metrics.waits import CUSTOMER, HUMAN
from analytics.ui.view import View

TARGET = timedelta(minutes=15)

Numbers = Mapping[str, float | None]
_SHOW = {"count": display.count, "share": display.share, "seconds": display.duration}
_COLOURS: dict[str, Any] = {"higher": "normal", "lower": "inverse", "neither": "off"}


@dataclass(frozen=True)
class Card:
    """A card: what it is called, which number it shows in which unit, and which way is good news."""

    label: str
    key: str
    unit: Literal["count", "share", "seconds"]
    better: Literal["higher", "lower", "neither"]
    explained: str


OVERVIEW = (
    Card("Waiting now", "waiting", "count", "lower", "Customers who wait for a reply at the end of the data"),
    Card("Answered within 15 min", "in_target", "share", "higher", "Of those answered or waiting for longer"),
    Card("Median wait", "median", "seconds", "lower", "Half were answered within this time"),
    Card(
        "Conversations",
        "conversations",
        "count",
        "neither",
        "Begun in the period, with a message from the customer",
    ),
    Card(
        "Finished without an agent",
        "finished",
        "share",
        "higher",
        "Solved by the bot or ended quietly, of all that ended",
    ),
    Card("Not delivered", "not_delivered", "share", "lower", "Messages sent without any sign of delivery"),
)
WAITS = (
    OVERVIEW[1],
    OVERVIEW[2],
    Card("9 in 10 answered within", "p90", "seconds", "lower", "One in ten waited for longer"),
    Card("Answered", "answered", "count", "neither", "Waits that ended with a reply"),
    OVERVIEW[0],
    Card(
        "Closed without reply",
        "closed",
        "count",
        "lower",
        "Resolved, or passed back to the bot, before anyone replied",
    ),
)
OUTCOMES = (
    OVERVIEW[4],
    Card(
        "Needed an agent",
        "needed_agent",
        "count",
        "neither",
        "Any event of the conversation was handled by an agent",
    ),
    Card("Solved by the bot", "solved_by_bot", "count", "higher", "Resolved without an agent"),
    Card("Customer gave up", "gave_up", "count", "lower", "Silent for 24 h, and the customer spoke last"),
    Card("Ended quietly", "ended_quietly", "count", "neither", "Silent for 24 h, and we spoke last"),
    Card("Ongoing", "ongoing", "count", "neither", "Neither resolved nor silent for 24 h"),
)


def overview(view: View) -> None:
    """Draw the six cards of the overview; waits are those for a person where there are any."""
    kind = "human" if has_human_waits(view.numbers) else None
    by_day = trends.responses(view.selection, HUMAN if kind else CUSTOMER, TARGET)
    conversations = trends.conversations(view.selection)
    finished = conversations["solved_by_bot"] + conversations["ended_quietly"]
    lines = {
        "in_target": by_day["in_target"],
        "median": by_day["median"],
        "conversations": conversations.sum(axis=1),
        "finished": finished / conversations.drop(columns="ongoing").sum(axis=1),
        "not_delivered": 1 - trends.rates(view.selection)["delivered"],
    }
    _draw(
        OVERVIEW,
        view,
        lambda numbers: {**_waits(numbers, kind), **_outcomes(numbers), **_delivery(numbers)},
        lines,
    )


def waits(view: View, kind: str | None) -> None:
    """Draw the cards of waits for a person (`kind` "human") or of all customer waits."""
    _draw(WAITS, view, lambda numbers: _waits(numbers, kind))


def outcomes(view: View) -> None:
    """Draw the cards of what came of conversations."""
    _draw(OUTCOMES, view, _outcomes)


def has_human_waits(numbers: Mapping[str, Result]) -> bool:
    """Return whether anybody waited for a person."""
    human = numbers["response_time"]["human"]
    return bool(human["answered"] or human["waiting"] or human["closed_without_reply"])


def _waits(numbers: Mapping[str, Result], kind: str | None) -> Numbers:
    found = numbers["response_time"][kind] if kind else numbers["response_time"]
    return {
        "waiting": found["waiting"],
        "in_target": found["within_seconds"][str(int(TARGET.total_seconds()))],
        "median": found["median_seconds"],
        "p90": found["p90_seconds"],
        "answered": found["answered"],
        "closed": found["closed_without_reply"],
    }


def _outcomes(numbers: Mapping[str, Result]) -> Numbers:
    found = dict(numbers["service_modes"]["outcomes"])
    finished = found.pop("finished_without_agent")
    return {**found, "finished": finished, "conversations": sum(found.values())}


def _delivery(numbers: Mapping[str, Result]) -> Numbers:
    delivered = numbers["delivery_rate"]["ledger"]["value"]
    return {"not_delivered": None if delivered is None else 1 - delivered}


def _draw(cards: Sequence[Card], view: View, read: Any, lines: Mapping[str, pd.Series] | None = None) -> None:
    now = read(view.numbers)
    before = read(view.previous_numbers) if view.previous_numbers else {}
    for row in (cards[:3], cards[3:]):
        for column, card in zip(st.columns(3), row, strict=True):
            line = (lines or {}).get(card.key)
            column.metric(
                card.label,
                _SHOW[card.unit](now[card.key]),
                _change(card, now[card.key], before.get(card.key)),
                delta_color=_COLOURS[card.better],
                help=card.explained,
                border=True,
                height="stretch",
                chart_data=None if line is None or line.count() < 2 else line.dropna().tolist(),
                chart_type="area",
            )


def _change(card: Card, now: float | None, before: float | None) -> str | None:
    if now is None or before is None:
        return None
    return display.difference(card.unit, now, before)
