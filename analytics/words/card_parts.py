"""Parts: what the number on a card is made of, in a sentence, and the metric it belongs to."""

from collections.abc import Callable

from analytics.metrics.metric import Metric
from analytics.metrics.modes import SERVICE_MODES
from analytics.metrics.rates import DELIVERY_RATE, message_steps
from analytics.metrics.response_time import RESPONSE_TIME, answered, in_target, numbers_of
from analytics.metrics.selection import Selection
from analytics.metrics.waiting import running


def metric_of(key: str) -> Metric:
    """Return the metric that the number of a card belongs to."""
    return {"not_delivered": DELIVERY_RATE}.get(key, RESPONSE_TIME if key in _OF_WAITS else SERVICE_MODES)


def parts(key: str, selection: Selection, kind: int) -> str:
    """Say what the number of a card is made of; one of waits, of those of a kind."""
    if key in _OF_WAITS:
        return _OF_WAITS[key](selection, kind)
    if key == "not_delivered":
        steps = message_steps(selection.message_counts)
        return f"{steps['sent'] - steps['delivered']:,} of {steps['sent']:,} messages sent."
    return _of_outcomes(key, selection)


def _in_target(selection: Selection, kind: int) -> str:
    found, done = in_target(selection, kind), len(answered(selection, kind))
    decided = found.denominator or 0
    return (
        f"{found.numerator:,} answered in time ÷ {decided:,}, which are {done:,} answered and {decided - done:,} who "
        "wait for longer than the target."
    )


def _waiting_now(selection: Selection, kind: int) -> str:
    return f"{running(selection, kind):,} waits that run now, in this period or since before."


def _of_answered(selection: Selection, kind: int) -> str:
    return f"Of {len(answered(selection, kind)):,} answered waits that began in the period."


def _counted(name: str, what: str) -> Callable[[Selection, int], str]:
    return lambda selection, kind: f"{numbers_of(selection, kind)[name]:,} waits that began in the period and {what}."


_OF_WAITS: dict[str, Callable[[Selection, int], str]] = {
    "waiting_now": _waiting_now,
    "in_target": _in_target,
    "median": _of_answered,
    "p90": _of_answered,
    "answered": _counted("answered", "ended with a reply"),
    "closed": _counted("closed_without_reply", "were closed without one"),
    "waiting": _counted("waiting", "still run"),
}


def _of_outcomes(key: str, selection: Selection) -> str:
    counts = dict(SERVICE_MODES.compute(selection)["outcomes"])
    del counts["finished_without_agent"]
    total = sum(counts.values())
    if key == "finished":
        solved, quietly = counts["solved_by_bot"], counts["ended_quietly"]
        over = total - counts["ongoing"]
        return f"({solved:,} solved by the bot + {quietly:,} ended quietly) ÷ {over:,} that are not ongoing."
    if key == "conversations":
        return f"{total:,} in which the customer wrote, whatever came of them."
    return f"{counts[key]:,} of {total:,} conversations in which the customer wrote."
