"""Parts of a number: sentences that say what a card is made of, how it is counted, and what its files hold."""

from collections.abc import Callable, Mapping
from typing import Any

from analytics.metrics.metric import Metric, Result
from analytics.metrics.modes import SERVICE_MODES, count_decided
from analytics.metrics.rates import DELIVERY_RATE, MESSAGE_FUNNEL
from analytics.metrics.response_time import RESPONSE_TIME, count_never_answered, numbers_of, share_in_target
from analytics.metrics.waiting import count_running

PERSONS = "Median of the waits for a person: from the handoff or the customer’s message until an agent replies"
ANY_REPLY = (
    "The raw event count is about any reply, also from the bot, and counts from each message. Per message is about "
    "customers who waited for a person, and counts each wait once."
)
MASKED = "Phone numbers are masked. Names and other personal properties are left out."
OWN_CSV = "These files are in our own CSV format. You can import them again."
TIMES_UTC = "All times are in UTC."

Ask = Callable[..., Any]
"""Asks a view a question, as `View.ask` does."""


def metric_of(key: str) -> Metric:
    """Return the metric that the number of a card belongs to."""
    return {"not_delivered": DELIVERY_RATE}.get(key, RESPONSE_TIME if key in _PARTS_OF_WAITS else SERVICE_MODES)


def describe_parts(key: str, numbers: Mapping[str, Result], ask: Ask, kind: int) -> str:
    """Return what the number of a card is made of; `kind` is the kind of wait for cards about waits."""
    if key in _PARTS_OF_WAITS:
        return _PARTS_OF_WAITS[key](ask, kind)
    if key == "not_delivered":
        steps = numbers[MESSAGE_FUNNEL.key]["ledger"]
        return f"Of {steps['sent']:,} sent messages, {_were(steps['sent'] - steps['delivered'])} not delivered."
    return _describe_outcomes(key, numbers)


def _describe_in_target(ask: Ask, kind: int) -> str:
    found, done = ask(share_in_target, kind), ask(numbers_of, kind)["answered"]
    decided = found.denominator or 0
    return (
        f"{_were(found.numerator or 0)} answered in time ÷ {decided:,} in all. Of these, {_were(done)} answered. "
        f"{_were(decided - done)} never answered, or the customer has been waiting for longer than the target."
    )


def _were(number: int) -> str:
    return f"{number:,} {'was' if number == 1 else 'were'}"


def _describe_waiting_now(ask: Ask, kind: int) -> str:
    return f"{ask(count_running, kind):,} waits are open now. They may have begun before this period."


def _describe_answered(ask: Ask, kind: int) -> str:
    return f"It is counted from the {ask(numbers_of, kind)['answered']:,} answered waits that began in this period."


def _describe_never_answered(ask: Ask, kind: int) -> str:
    found = ask(count_never_answered, kind)
    return (
        f"{found['no_reply']:,} had no reply at all in their conversation. In {found['last_word']:,} the customer had "
        "the last word after we had answered, often a “thanks”."
    )


def _describe_count(name: str, what: str) -> Callable[[Ask, int], str]:
    return lambda ask, kind: f"{ask(numbers_of, kind)[name]:,} waits that began in this period {what}."


_PARTS_OF_WAITS: dict[str, Callable[[Ask, int], str]] = {
    "waiting_now": _describe_waiting_now,
    "in_target": _describe_in_target,
    "median": _describe_answered,
    "p90": _describe_answered,
    "answered": _describe_count("answered", "ended with a reply"),
    "never_answered": _describe_never_answered,
    "closed": _describe_count("closed_without_reply", "were closed without a reply"),
    "waiting": _describe_count("waiting", "are still open"),
}


def _describe_outcomes(key: str, numbers: Mapping[str, Result]) -> str:
    if key == "stayed_solved":
        return _describe_stayed_solved(numbers[SERVICE_MODES.key]["stayed_solved"])
    counts = dict(numbers[SERVICE_MODES.key]["outcomes"])
    del counts["finished_without_agent"]
    total = sum(counts.values())
    if key == "finished":
        solved, quietly, over = counts["solved_by_bot"], counts["ended_quietly"], count_decided(counts)
        return (
            f"({_were(solved)} solved by the bot + {quietly:,} went silent) ÷ {over:,} in all. Ongoing conversations "
            "and messages after closing are not counted."
        )
    if key == "conversations":
        return f"The customer wrote in {total:,} conversations."
    return f"These are {counts[key]:,} of the {total:,} conversations in which the customer wrote."


def _describe_stayed_solved(found: Result) -> str:
    stayed, back = found["stayed"], found["came_back"]
    return (
        f"{stayed:,} stayed solved ÷ {stayed + back:,} that were resolved long enough ago. In the other {back:,} the "
        f"customer came back. {found['undecided']:,} more are too recent to tell. In {found['already_back']:,} of "
        "these the customer is already back."
    )
