"""Read, delivery and reply rate, and the funnel they form: over event counts, and per message.

Per message the steps are nested: a reply proves a read, a read proves a delivery.
"""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.facts.timeline import DELIVERED, NONE, READ, RECEIVED, SENT, Ints, Mask
from analytics.metrics.account import Account, Sentences, at, is_kind, of_kinds, said
from analytics.metrics.metric import Metric, Reading, Result, divide, ratio
from analytics.metrics.selection import Selection

RECEIPTS = timedelta(hours=48)
"""How long deliveries and reads of a message may come late."""

STEPS = ("sent", "delivered", "read", "replied")
_KINDS = {"sent": SENT, "delivered": DELIVERED, "read": READ, "replied": RECEIVED}


def event_steps(selection: Selection) -> dict[str, int]:
    """Return the raw event count of each step; a reply is any `message.received`."""
    by_kind = selection.event_counts.groupby("kind")["count"].sum()
    return {step: int(by_kind.get(kind, 0)) for step, kind in _KINDS.items()}


def message_steps(counts: pd.DataFrame) -> dict[str, int]:
    """Return how many messages reached each step, from counted cells of the ledger; nested sets."""
    reached = steps_of(counts).sum()
    return {step: int(reached[step]) for step in STEPS}


def steps_of(counts: pd.DataFrame) -> pd.DataFrame:
    """Return of each counted cell how many messages reached each of `STEPS` (int64)."""
    replied = counts["replied"] == 1
    read = replied | (counts["read"] == 1)
    delivered = read | (counts["delivered"] == 1)
    reached = (counts["count"] * rows for rows in (delivered, read, replied))
    return pd.DataFrame(dict(zip(STEPS, (counts["count"], *reached), strict=True)))


def proved(counts: pd.DataFrame) -> dict[str, int]:
    """Return how many messages reached a step only by proof of a later one, without a status of their own."""
    reached = message_steps(counts)
    with_status = {step: int(counts["count"][counts[step] == 1].sum()) for step in ("delivered", "read")}
    return {step: reached[step] - count for step, count in with_status.items()}


def _funnel(selection: Selection) -> Result:
    return {"guide": event_steps(selection), "ledger": message_steps(selection.message_counts)}


def _rate(step: str) -> Callable[[Selection], Result]:
    def compute(selection: Selection) -> Result:
        funnel = _funnel(selection)
        return {reading: ratio(steps[step], steps["sent"]) for reading, steps in funnel.items()}

    return compute


def _replied_share(steps: Result) -> Reading:
    return Reading(divide(steps["replied"], steps["sent"]), steps["replied"], steps["sent"])


def _account(*steps: str) -> Account:
    """Return the account of how many messages reached some steps."""

    def gap(selection: Selection) -> Sentences:
        gaps = {"delivered": _status_gap, "read": _status_gap, "replied": _reply_gap}
        return [sentence for step in steps for sentence in gaps[step](selection, step)]

    kinds = [_KINDS[step] for step in steps]
    return Account(gap, _still_counting, of_kinds(SENT, *kinds), lambda selection: _made_of(selection, kinds))


def _status_gap(selection: Selection, step: str) -> Sentences:
    """Say why the deliveries or reads that came are not the messages delivered or read."""
    one, many = {"delivered": ("delivery", "deliveries"), "read": ("read", "reads")}[step]
    verb = {"delivered": "delivered", "read": "read"}[step]
    statuses, message = selection.events & is_kind(selection, _KINDS[step]), selection.facts.events.message
    ours = at(selection, _places(selection))
    known = statuses & (message != NONE)
    own = int(ours[message[known]].sum())
    counts = selection.message_counts
    with_status = int(counts["count"][counts[step] == 1].sum())
    proof = {"delivered": "a read or a reply", "read": "a reply"}[step]
    return [
        *said(
            int(statuses.sum() - known.sum()),
            f"{one} has no message here: it counts in the raw event count only",
            f"{many} have no message here: they count in the raw event count only",
        ),
        *said(
            int(known.sum()) - own,
            f"{one} is of a message sent outside the period or the filters: in the raw event count only",
            f"{many} are of messages sent outside the period or the filters: in the raw event count only",
        ),
        *said(
            with_status - own,
            f"message was {verb} outside the period or the filters: per message only",
            f"messages were {verb} outside the period or the filters: per message only",
        ),
        *said(
            proved(counts)[step],
            f"{one} was proved by {proof}, without a status of its own: per message only",
            f"{many} were proved by {proof}, without a status of their own: per message only",
        ),
    ]


def _reply_gap(selection: Selection, step: str) -> Sentences:  # noqa: ARG001
    """Say why the messages that customers wrote are not the messages of ours that they answered."""
    received = selection.events & is_kind(selection, RECEIVED)
    replies = at(selection, _replies(selection))
    return [
        *said(
            int((received & ~replies).sum()),
            "message received answers none of ours in time, or follows one that did: in the raw event count only",
            "messages received answer none of ours in time, or follow one that did: in the raw event count only",
        ),
        *said(
            int((replies & ~received).sum()),
            "reply came outside the period or the filters: per message only",
            "replies came outside the period or the filters: per message only",
        ),
    ]


def _still_counting(selection: Selection) -> Sentences:
    """Say how many messages are too young for their statuses to be all there."""
    youngest = selection.as_of - RECEIPTS // timedelta(microseconds=1)
    recent = int((selection.facts.events.time[_places(selection)] > youngest).sum())
    return said(
        recent,
        "message was sent in the last 48 h and is still counting: receipts can come late",
        "messages were sent in the last 48 h and are still counting: receipts can come late",
    )


def _made_of(selection: Selection, kinds: list[int]) -> Mask:
    """Return the messages that pass, their statuses of some kinds, and their replies, whenever these came."""
    message, places = selection.facts.events.message, _places(selection)
    found = at(selection, places)
    statuses = np.flatnonzero((message != NONE) & is_kind(selection, *kinds))
    found[statuses] = found[message[statuses]]
    return found | at(selection, _replies(selection))


def _places(selection: Selection) -> Ints:
    return selection.facts.messages.place[selection.messages]


def _replies(selection: Selection) -> Ints:
    """Return the places of what customers wrote in time after messages that pass."""
    rows = selection.facts.messages
    replied = rows.cells.table["replied"].to_numpy()[rows.cells.code] == 1
    spoken = np.flatnonzero(is_kind(selection, SENT, RECEIVED))  # in the order of each chat
    after = np.searchsorted(spoken, rows.place[selection.messages & replied], side="right")
    places: Ints = spoken[after]
    return places


READ_RATE = Metric(
    key="read_rate",
    label="Read rate",
    definition="The share of our messages that customers opened. At least: some switch read receipts off.",
    formula="message.read / message.sent",
    per_message="Sent messages read ÷ sent; a reply proves a read",
    unit="share",
    better="higher",
    compute=_rate("read"),
    guide=lambda result: Reading.of_ratio(result["guide"]),
    ledger=lambda result: Reading.of_ratio(result["ledger"]),
    account=_account("read"),
)

DELIVERY_RATE = Metric(
    key="delivery_rate",
    label="Delivery rate",
    definition="The share of our messages that reached the customer's phone.",
    formula="message.delivered / message.sent",
    per_message="Sent messages delivered ÷ sent; a read proves a delivery",
    unit="share",
    better="higher",
    compute=_rate("delivered"),
    guide=lambda result: Reading.of_ratio(result["guide"]),
    ledger=lambda result: Reading.of_ratio(result["ledger"]),
    account=_account("delivered"),
)

REPLY_RATE = Metric(
    key="reply_rate",
    label="Reply rate",
    definition="How often customers write back. Over event counts it may pass 100 %: customers write unasked.",
    formula="message.received / message.sent",
    per_message="Sent messages that the customer followed within 24 h ÷ sent",
    unit="share",
    better="higher",
    compute=_rate("replied"),
    guide=lambda result: Reading.of_ratio(result["guide"]),
    ledger=lambda result: Reading.of_ratio(result["ledger"]),
    account=_account("replied"),
)

MESSAGE_FUNNEL = Metric(
    key="message_funnel",
    label="Message funnel",
    definition="How far our messages get: sent, delivered, read, replied. The number is the share replied.",
    formula="Sent → Delivered → Read → Replied",
    per_message="Nested sets: a later step proves the earlier ones",
    unit="share",
    better="higher",
    compute=_funnel,
    guide=lambda result: _replied_share(result["guide"]),
    ledger=lambda result: _replied_share(result["ledger"]),
    account=_account("delivered", "read", "replied"),
)
