"""What stands beside the charts and tables of reports: what they show, in whole sentences."""

from analytics.words import display
from analytics.words.headlines import FEW_CASES

# Overview
OPENED_AND_CLOSED = (
    "Opened: the customer wrote. Closed: marked resolved. Chats that just go quiet are not counted as closed."
)
MESSAGES_OVER_TIME = "The messages that customers sent to you, and the messages that you sent. Each counts once."
WHAT_CHANGED = (
    "These are messages by country, agent and template, and handoffs by reason. They show changes too large to be "
    "random."
)
NOTHING_CHANGED = "No country, agent, template or handoff reason changed by more than a random amount."
NOT_COMPARED = (
    "This list needs an earlier period. Choose a *Period* that has a first day, and choose under *Compare with* a "
    "period that the data hold."
)

# Waiting now
IGNORES_THE_PERIOD = "This page ignores the period filter."
WAITS_NOW = "All waits that are open now, no matter when they began."
NOW_IN_A_FILE = "This is a file: “now” means its last event."
WINDOW_CLOSED = "Window closed: template only"

# Response times
HOUR_OF_A_WAIT = "Each wait counts in the hour in which it began. Each message counts in the hour in which it came."
ASSIGNED = (
    "The time from the assignment of a chat to the first message that this agent writes in it. There is no reply if "
    "the chat is resolved, passed to the bot or assigned to somebody else before. Assigning it to the same agent again "
    "changes nothing."
)
NOTHING_ASSIGNED = "No chat was assigned to an agent."

# Messages
ENDS = {
    "delivered": ("Delivered", "A delivery was reported, or a read or a reply proves it."),
    "failed": ("Failed", "WhatsApp reported that it could not deliver the message, and no delivery or read came."),
    "pending": (
        "Pending",
        "Neither a delivery nor a failure was reported yet. The phone may be off, or the number may be blocked.",
    ),
}
"""How messages end, by code: what it is called, and what it means."""

# Bot and handoffs
REASONS = "Handoffs to an agent (`agent.handoff`) by their `handoffReason`."
TIME_TO_HANDOFF = "The time from the first event of a conversation to its first handoff to an agent."
REASONS_BY_STEP = "Handoffs to an agent by their `handoffReason` and `journeyStep`."

# Customers
SOURCES = "New contacts by the `source` of their first `contact.created`."


def order_of_waiting(shown: int, count: int) -> str:
    """Return in which order those who wait stand, and how many of `count` are `shown`."""
    more = f" The table shows the first {display.count(shown)} of {display.count(count)}." if count > shown else ""
    return (
        "The reply window that closes next is at the top. Closed windows come last, those who waited longest first."
        f"{more}"
    )


def waiting_elsewhere(others: int) -> str:
    """Return that nobody waits whom the filters let pass, but so many others do."""
    who = f"{display.with_noun(others, 'customer')} {'is' if others == 1 else 'are'}"
    return f"{who} waiting, but your filters hide them. Remove a filter to see who is waiting."


def median_with(off: float | None, on: float | None, switch: str) -> str:
    """Return what a switch makes of a median, in seconds: without it and with it."""
    return f"The median is {display.duration(off)}. With {switch} it is {display.duration(on)}."


def waits_outside(count: int) -> str:
    """Return how many answered waits lay completely outside business hours; empty without any."""
    if not count:
        return ""
    return f" {display.with_noun(count, 'wait')} lay completely outside business hours and {_count(count)} as 0 s."


def every_message(name: str) -> str:
    """Return what the switch for every message does, and the kind of wait by whose `name` it can be switched on."""
    return f"This counts each message by itself, as the integration guide does. It works with *{name}*."


def last_words(no_reply: int, last_word: int, all_shown: str, without: str) -> str:
    """Return what was never answered, and the share in target with and without those that may be last words."""
    return (
        f"Never answered: {display.count(no_reply)} had no reply at all. In {display.count(last_word)} the customer "
        f"had the last word, often a “thanks”. Without the latter, the share in target is {without} instead of "
        f"{all_shown}."
    )


def rates_over_time(interval: str) -> str:
    """Return by when rates are counted, and which of them may still change."""
    return (
        f"Messages count in the {interval} in which they were sent. The last 48 hours are still counting, as receipts "
        "can come late."
    )


def ends_over_time(interval: str) -> str:
    """Return by when the ends of messages are counted."""
    return f"Messages count in the {interval} in which they were sent."


def ends_add_up(sent: int) -> str:
    """Return what the three ends of messages add up to."""
    return f"Together these are the {display.with_noun(sent, 'message')} that you sent."


def agents_table(silence: str, target: str, aimed: str) -> str:
    """Return how the table of agents is read; all are written durations and shares."""
    return (
        f"A conversation is open until it is resolved, or until nobody writes for {silence}. If its customer is "
        f"waiting, it stays open longer. Agents miss the target if they answer fewer than {aimed} of their waits "
        f"within {target}. Only agents with at least {FEW_CASES} replies are compared. Click the name of a column to "
        "sort by it. Tick an agent to see their trend and longest waits. Choose several agents in the filter to "
        "compare them."
    )


def stayed_solved_by_reason(stay: str) -> str:
    """Return what the table of solved conversations shows; `stay` is the written time of staying away."""
    return (
        f"The resolved conversations whose customer did not come back within {stay}, by the reason of their last "
        "handoff."
    )


def _count(number: int) -> str:
    return "counts" if number == 1 else "count"
