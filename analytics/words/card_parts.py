"""Parts of a card's number: a sentence that says what it is made of, and the metric that it belongs to."""

from collections.abc import Callable, Mapping
from typing import Any

from analytics.metrics.metric import Metric, Result
from analytics.metrics.modes import SERVICE_MODES, count_decided
from analytics.metrics.rates import DELIVERY_RATE, MESSAGE_FUNNEL
from analytics.metrics.response_time import RESPONSE_TIME, count_never_answered, numbers_of, share_in_target
from analytics.metrics.waiting import count_running

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
        return f"{steps['sent'] - steps['delivered']:,} of {steps['sent']:,} messages sent."
    return _describe_outcomes(key, numbers)


def _describe_in_target(ask: Ask, kind: int) -> str:
    found, done = ask(share_in_target, kind), ask(numbers_of, kind)["answered"]
    decided = found.denominator or 0
    return (
        f"{found.numerator:,} answered in time ÷ {decided:,}, which are {done:,} answered and {decided - done:,} who "
        "were never answered, or wait for longer than the target."
    )


def _describe_waiting_now(ask: Ask, kind: int) -> str:
    return f"{ask(count_running, kind):,} waits that run now, in this period or since before."


def _describe_answered(ask: Ask, kind: int) -> str:
    return f"Of {ask(numbers_of, kind)['answered']:,} answered waits that began in the period."


def _describe_never_answered(ask: Ask, kind: int) -> str:
    found = ask(count_never_answered, kind)
    return (
        f"{found['no_reply']:,} with no reply at all in their conversation, and {found['last_word']:,} in which the "
        "customer had the last word after we had answered, often a “thanks”."
    )


def _describe_count(name: str, what: str) -> Callable[[Ask, int], str]:
    return lambda ask, kind: f"{ask(numbers_of, kind)[name]:,} waits that began in the period and {what}."


_PARTS_OF_WAITS: dict[str, Callable[[Ask, int], str]] = {
    "waiting_now": _describe_waiting_now,
    "in_target": _describe_in_target,
    "median": _describe_answered,
    "p90": _describe_answered,
    "answered": _describe_count("answered", "ended with a reply"),
    "never_answered": _describe_never_answered,
    "closed": _describe_count("closed_without_reply", "were closed without one"),
    "waiting": _describe_count("waiting", "still run"),
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
            f"({solved:,} solved by the bot + {quietly:,} ended quietly) ÷ {over:,} that are neither ongoing nor a "
            "word after closing."
        )
    if key == "conversations":
        return f"{total:,} in which the customer wrote, whatever came of them."
    return f"{counts[key]:,} of {total:,} conversations in which the customer wrote."


def _describe_stayed_solved(found: Result) -> str:
    stayed, back = found["stayed"], found["came_back"]
    return (
        f"{stayed:,} whose customers did not come back ÷ {stayed + back:,} resolved long enough ago. Of {back:,} the "
        f"customer came back; {found['undecided']:,} are too young to tell, "
        f"with {found['already_back']:,} back already."
    )
