"""Cards as they are declared: what each number is called, means, and which direction is good."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from analytics.facts.rules import Rules
from analytics.words import display, wait_kinds
from analytics.words.wait_kinds import Wait


@dataclass(frozen=True)
class Card:
    """A card: its label, the number that it shows with the unit, and which direction is good.

    In texts, `{awaited}` stands for a person or a reply, `{reached}` for the verb of those who got it, `{target}` for
    the time in which it should come, `{silence}` for the time after which a conversation ends, `{never}` for that from
    which on a wait counts as never answered, and `{stay}` for that in which a customer may come back. A number about
    "now" is not `is_compared`, as hardly anything of an earlier period is still open now.
    """

    label: str
    key: str
    unit: Literal["count", "share", "seconds"]
    better: Literal["higher", "lower", "neither"]
    explained: str
    is_compared: bool = True
    wait: Wait = wait_kinds.REPLY

    def about(self, rules: Rules, target: timedelta, wait: Wait = wait_kinds.REPLY) -> "Card":
        """Return the card with its texts filled in for rules, a target and a kind of wait."""
        words = {
            "awaited": wait.awaited,
            "reached": wait.reached,
            "target": display.duration(target.total_seconds()),
            "silence": display.duration(rules.silence.total_seconds()),
            "never": display.duration(rules.never_answered.total_seconds()),
            "stay": display.with_noun(rules.stay.days, "day"),
        }
        label, explained = (text.format(**words) for text in (self.label, self.explained))
        return replace(self, label=label, explained=explained, wait=wait)


IN_TARGET = Card(
    "Answered within {target}",
    "in_target",
    "share",
    "higher",
    "The share of customers who {reached} within {target}. Customers who were never answered are counted, and so are "
    "customers who have been waiting for longer than {target}.",
)
MEDIAN = Card(
    "Median wait for {awaited}", "median", "seconds", "lower", "Half of the customers {reached} within this time."
)
WAITING = Card(
    "Waiting now",
    "waiting_now",
    "count",
    "lower",
    "The customers who are waiting for {awaited} now, no matter when they began to wait.",
    is_compared=False,
)
STILL_WAITING = Card(
    "Still waiting",
    "waiting",
    "count",
    "lower",
    "The customers who began to wait in this period and are still waiting for {awaited} at the end of the data.",
    is_compared=False,
)
FINISHED = Card(
    "Finished without an agent",
    "finished",
    "share",
    "higher",
    "The share of conversations that the bot solved, or that went silent after our last message. Ongoing conversations "
    "and messages after closing are not counted.",
)
OVERVIEW = (
    WAITING,
    IN_TARGET,
    MEDIAN,
    Card(
        "Conversations",
        "conversations",
        "count",
        "neither",
        "The conversations that began in this period and hold a message from the customer.",
    ),
    FINISHED,
    Card(
        "Not delivered", "not_delivered", "share", "lower", "The share of sent messages that show no sign of delivery."
    ),
)
WAITS = (
    IN_TARGET,
    MEDIAN,
    Card("9 in 10 answered within", "p90", "seconds", "lower", "One customer in ten waited longer for {awaited}."),
    Card("Answered", "answered", "count", "neither", "The waits in which the customer {reached}."),
    STILL_WAITING,
    Card(
        "Never answered",
        "never_answered",
        "count",
        "lower",
        "The customer waited for {never} without {awaited}, or began a new conversation before one came.",
    ),
    Card(
        "Closed without reply",
        "closed",
        "count",
        "lower",
        "The chat was resolved, or passed back to the bot, before the customer {reached}.",
    ),
)
OUTCOMES = (
    FINISHED,
    Card(
        "Needed an agent",
        "needed_agent",
        "count",
        "neither",
        "An agent handled at least one event of the conversation.",
    ),
    Card(
        "Solved by the bot",
        "solved_by_bot",
        "count",
        "higher",
        "The conversation was answered, and then resolved without an agent.",
    ),
    Card(
        "Closed unanswered",
        "closed_unanswered",
        "count",
        "lower",
        "The conversation was resolved without an agent and without an answer.",
    ),
    Card(
        "Left before a reply",
        "gave_up",
        "count",
        "lower",
        "The customer wrote last and waited for {never} without an answer.",
    ),
    Card("Went silent", "ended_quietly", "count", "neither", "We wrote last, and then nothing happened for {silence}."),
    Card(
        "Ongoing",
        "ongoing",
        "count",
        "neither",
        "The conversation is not resolved, and it has not been silent for long enough to end.",
        is_compared=False,
    ),
    Card(
        "After closing",
        "afterwords",
        "count",
        "neither",
        "A short message such as “thanks” came soon after closing, and the chat was closed again without an answer. "
        "These conversations are part of no share.",
    ),
    Card(
        "Stayed solved",
        "stayed_solved",
        "share",
        "higher",
        "The share of resolved conversations whose customer did not come back within {stay}. Conversations that were "
        "resolved more recently are not counted yet.",
    ),
)
