"""Read, delivery and reply rate, and the funnel they form: over event counts, and per message.

Per message the steps are nested: a reply proves a read, a read proves a delivery.
"""

from collections.abc import Callable

import pandas as pd

from analytics.metrics.filters import Selection
from analytics.metrics.metric import Metric, Reading, Result, divide, ratio
from analytics.metrics.timeline import DELIVERED, READ, RECEIVED, SENT

STEPS = ("sent", "delivered", "read", "replied")
_KINDS = {"sent": SENT, "delivered": DELIVERED, "read": READ, "replied": RECEIVED}


def event_steps(selection: Selection) -> dict[str, int]:
    """Return the raw event count of each step; a reply is any `message.received`."""
    by_kind = selection.event_counts.groupby("kind")["count"].sum()
    return {step: int(by_kind.get(kind, 0)) for step, kind in _KINDS.items()}


def message_steps(counts: pd.DataFrame) -> dict[str, int]:
    """Return how many messages reached each step, from counted cells of the ledger; nested sets."""
    replied = counts["replied"] == 1
    read = replied | (counts["read"] == 1)
    delivered = read | (counts["delivered"] == 1)
    reached = {"sent": delivered | True, "delivered": delivered, "read": read, "replied": replied}
    return {step: int(counts["count"][rows].sum()) for step, rows in reached.items()}


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
)
