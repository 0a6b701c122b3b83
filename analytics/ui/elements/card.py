"""Cards as they are declared: what each number is called, means, and which direction is good."""

from dataclasses import dataclass, replace
from typing import Literal

from analytics.ui.data.view import View
from analytics.words import display, wait_kinds
from analytics.words.wait_kinds import Wait


@dataclass(frozen=True)
class Card:
    """A card: its label, the number that it shows with the unit, and which direction is good.

    In texts, `{awaited}` stands for a person or a reply, `{target}` for the time in which it should come, `{silence}`
    for the time after which a conversation ends, `{never}` for that from which on a wait counts as never answered, and
    `{stay}` for that in which a customer may come back. A number about "now" is not `is_compared`, as hardly
    anything of an earlier period is still open now.
    """

    label: str
    key: str
    unit: Literal["count", "share", "seconds"]
    better: Literal["higher", "lower", "neither"]
    explained: str
    is_compared: bool = True
    wait: Wait = wait_kinds.REPLY

    def about(self, view: View, wait: Wait = wait_kinds.REPLY) -> "Card":
        """Return the card with its texts filled in for a view and a kind of wait."""
        rules = view.rules
        words = {
            "awaited": wait.awaited,
            "target": display.duration(view.target.total_seconds()),
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
    "Who got {awaited} within {target}, of all who got one, never did, or wait for longer",
)
MEDIAN = Card("Median wait for {awaited}", "median", "seconds", "lower", "Half got {awaited} within this time")
WAITING = Card(
    "Waiting now",
    "waiting_now",
    "count",
    "lower",
    "Who waits for {awaited}, whenever the wait began",
    is_compared=False,
)
STILL_WAITING = Card(
    "Still waiting",
    "waiting",
    "count",
    "lower",
    "Who began to wait in the period and still waits for {awaited} at the end of the data",
    is_compared=False,
)
FINISHED = Card(
    "Finished without an agent",
    "finished",
    "share",
    "higher",
    "Solved by the bot or ended quietly, of all conversations but ongoing ones and words after closing",
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
        "Begun in the period, with a message from the customer",
    ),
    FINISHED,
    Card("Not delivered", "not_delivered", "share", "lower", "Messages sent without any sign of delivery"),
)
WAITS = (
    IN_TARGET,
    MEDIAN,
    Card("9 in 10 answered within", "p90", "seconds", "lower", "One in ten waited for {awaited} for longer"),
    Card("Answered", "answered", "count", "neither", "Waits that ended with {awaited}"),
    STILL_WAITING,
    Card(
        "Never answered",
        "never_answered",
        "count",
        "lower",
        "Without {awaited} for {never}, or the customer began a new conversation before one came",
    ),
    Card(
        "Closed without reply",
        "closed",
        "count",
        "lower",
        "Resolved, or passed back to the bot, before {awaited} came",
    ),
)
OUTCOMES = (
    FINISHED,
    Card(
        "Needed an agent",
        "needed_agent",
        "count",
        "neither",
        "Any event of the conversation was handled by an agent",
    ),
    Card("Solved by the bot", "solved_by_bot", "count", "higher", "Resolved without an agent, after an answer"),
    Card(
        "Closed unanswered", "closed_unanswered", "count", "lower", "Resolved without an agent, and without an answer"
    ),
    Card("Customer gave up", "gave_up", "count", "lower", "Silent for {never}, and the customer spoke last"),
    Card("Ended quietly", "ended_quietly", "count", "neither", "Silent for {silence}, and we spoke last"),
    Card("Ongoing", "ongoing", "count", "neither", "Neither resolved nor silent for too long", is_compared=False),
    Card(
        "After closing",
        "afterwords",
        "count",
        "neither",
        "A word such as a “thanks” soon after closing, closed again without an answer: part of no share",
    ),
    Card(
        "Stayed solved",
        "stayed_solved",
        "share",
        "higher",
        "Resolved, and the customer did not come back within {stay}, of all resolved that long ago",
    ),
)
