"""What the columns of tables and downloads mean, in whole sentences."""

from collections.abc import Sequence

from analytics.metrics.report import METRICS

READINGS = (
    "**Raw event count** divides events by events, as in the integration guide. **Per message** counts each message "
    "once, on the day it was sent. It cannot pass 100 %: a reply proves a read, and a read proves a delivery."
)
"""How the two readings of a metric differ."""

MEANINGS = {
    "Open now": "The agent’s conversations that are neither resolved nor silent for as long as Settings say.",
    "Waiting now": "The customers who are waiting for the agent now, no matter when they began to wait.",
    "Replies": "The waits for a person that the agent answered.",
    "Per active day": "Conversations on each day on which the agent did anything.",
    "In target": "The share of waits that were answered within the target. Waits that were never answered are counted, "
    "and so are waits that are longer than the target.",
    "Never answered": "The agent’s waits for a person that were never answered.",
    "Stayed solved": "The share of resolved conversations whose customer did not come back. Conversations that were "
    "resolved too recently are not counted.",
    "Passed to them": "The handoffs to the agent.",
}
"""The meaning of columns, on the screen and in files."""

ON_SCREEN = {
    **MEANINGS,
    "Median": "Half of the waits were answered within this time.",
    "Answered": "With fewer than 20 cases, a median or a share says little.",
    "9 in 10 within": "One wait in ten took longer.",
    "Read (at least)": "Some customers switch read receipts off.",
}
"""The help of columns on the screen."""

_BY_KEY = {metric.key: metric for metric in METRICS}
_IN_FILES = {
    **{metric.label: f"{metric.definition} {metric.per_message}." for metric in METRICS},
    "Delivered": _BY_KEY["delivery_rate"].per_message,
    "Read (at least)": _BY_KEY["read_rate"].per_message,
    "Replied": _BY_KEY["reply_rate"].per_message,
    "Median": "Half of the waits were answered within this time, in seconds.",
    "9 in 10 within": "One wait in ten took longer, in seconds.",
    "9 in 10 answered within": "One wait in ten took longer, in seconds.",
    "Answered": "The waits that ended with a reply.",
    **MEANINGS,
    "Opened": "The conversations that began, and in which the customer wrote.",
    "Closed": "The chat.resolved events.",
    "Received": "The message.received events. Each message counts once.",
    "Sent": "The message.sent events. Each message counts once.",
    "Waited": "The time from the beginning of the wait until now, in seconds.",
    "Reply window": "What is left of the 24 hours after the customer’s last message.",
    "Outcome": "How the conversation ended: needed an agent (an agent handled any event of it), solved by the bot "
    "(resolved without an agent), left before a reply (the customer wrote last), went silent (we wrote last), or "
    "ongoing.",
    "New contacts": _BY_KEY["daily_new_contacts"].per_message,
    "First-time writers": "The customers, on the day of their first message.received ever.",
}


def meanings_of(columns: Sequence[str]) -> list[tuple[str, str]]:
    """Return the meanings in files of those columns that have one, in pairs with their names."""
    return [(column, _IN_FILES[column]) for column in columns if column in _IN_FILES]
