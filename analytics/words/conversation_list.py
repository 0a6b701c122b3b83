"""What *Conversations* says of the conversations that it found, and of one of them."""

from datetime import timedelta

from analytics.metrics.search import SHORTEST_SEARCH
from analytics.words import display
from analytics.words.wait_kinds import Wait

SEARCH_HELP = (
    f"Type a phone number in any form, or at least its last {SHORTEST_SEARCH} digits. Or type at least "
    f"{SHORTEST_SEARCH} characters of a WhatsApp user ID or of a chat ID, or any part of an agent’s ID or name. The "
    "search finds a customer by each of their IDs."
)
NOTHING_MATCHES = "No phone number ends with this, no user ID or chat ID contains it, and no agent has this name."
TOO_SHORT = (
    f"No agent has this name. Type at least {SHORTEST_SEARCH} digits of a phone number, or {SHORTEST_SEARCH} "
    "characters of a user ID or a chat ID."
)
OTHER_KIND = "Choose another kind of conversation, or a longer period."
NONE_BEGAN = "No conversation began in this period. Choose a longer period."
NOT_HERE = "The conversation in this link is not in these data, or it is no longer there."

_FIRST = {"newest": "The newest come first.", "handed_off": "The latest handoffs come first."}


def name_kinds(target: timedelta) -> dict[str, tuple[str, str]]:
    """Return for each kind of conversation its words as an option and its words in a sentence."""
    within = display.duration(target.total_seconds())
    return {
        "": ("All conversations", ""),
        "customer": ("The customer wrote", "in which the customer wrote"),
        "waiting": ("Still waiting", "whose customer is still waiting"),
        "late": (f"Answered later than {within}", f"answered later than {within}"),
        "closed": ("Closed without reply", "closed without a reply"),
        "never_answered": ("Never answered", "that were never answered"),
        "handed_off": ("Passed to an agent", "passed to an agent"),
        "needed_agent": ("Needed an agent", "that needed an agent"),
        "finished": ("Finished without an agent", "finished without an agent"),
        "solved_by_bot": ("Solved by the bot", "solved by the bot"),
        "ended_quietly": ("Went silent", "that went silent"),
        "closed_unanswered": ("Closed unanswered", "closed without an answer"),
        "gave_up": ("Left before a reply", "in which the customer left before a reply"),
        "ongoing": ("Ongoing", "that are ongoing"),
        "afterwords": ("After closing", "with only a message after closing"),
        "came_back": ("Customer came back", "whose customer came back"),
        "undelivered": ("Not delivered within 24 h", "with a message that was not delivered within 24 h"),
    }


def say_found(number: int, kind: str, *, searched: bool) -> str:
    """Return how many conversations of a kind were found; `kind` are its words in a sentence."""
    found = display.with_noun(number, "conversation") if number else "no conversation"
    kind = kind if number > 1 else kind.replace("that are", "that is").replace("that were", "that was")
    matching = f"that {'match' if number > 1 else 'matches'} your search" if searched else ""
    return f"We found {' '.join(part for part in (found, kind, matching) if part)}."


def say_order(sort: str, longest: float | None, wait: Wait) -> str:
    """Return which conversations come first, and how long the longest wait is (seconds); None if nobody waited."""
    if sort in _FIRST:
        return _FIRST[sort]
    if longest is None:
        return f"Nobody waited for {wait.awaited}."
    return f"The longest wait for {wait.awaited} was {display.duration(longest)}."


def with_customer(number: int) -> str:
    """Return in how many of the conversations the customer wrote."""
    return f"The customer wrote in {display.count(number)} of them."


def explain(silence: str, longest: str) -> str:
    """Return what a conversation is; both written times end one, the longer while its customer waits."""
    return (
        "A conversation lasts from the first event of a chat to the next `chat.resolved`, or until nothing happens for "
        f"{silence}. While its customer is waiting for an answer, that is {longest}. It counts on the day of its first "
        "event. Filters let it pass if one of its waits, messages or handoffs passes."
    )


def found_elsewhere(number: int) -> str:
    """Return how many conversations match a search outside the filters."""
    matches = "matches" if number == 1 else "match"
    return f"{display.with_noun(number, 'conversation')} outside your filters {matches} your search."


def describe_case(outcome: str, waited: tuple[float, bool] | None, wait: Wait, ran: float, *, resolved: bool) -> str:
    """Return the outcome of a conversation, how long its customer waited, and how long it ran, both in seconds.

    `waited` says, too, whether its customer is still waiting.
    """
    parts = [f"{outcome}."]
    if waited:
        seconds, still = waited
        verb = "The customer has been waiting" if still else "The longest wait was"
        parts.append(f"{verb} {display.duration(seconds)} for {wait.awaited}.")
    if ran:
        parts.append(f"{'It was resolved after' if resolved else 'It lasted'} {display.duration(ran)}.")
    return " ".join(parts)
