"""Response time: of customer waits, of waits for a person, and of every single message."""

import numpy as np
import numpy.typing as npt

from analytics.metrics.filters import Selection
from analytics.metrics.metric import Metric, Reading, Result, divide
from analytics.metrics.waits import ANSWERED, CLOSED, CUSTOMER, EVERY_MESSAGE, HUMAN, WAITING

TARGETS = (60, 300, 900, 3600)
"""Seconds within which an answer may be promised."""

MICROSECOND = 1_000_000


def response_time(selection: Selection) -> Result:
    """Return median, mean and p90 in seconds, how many were answered, wait or were closed, shares in time."""
    every_message = _seconds(answered(selection, EVERY_MESSAGE))
    return {
        **_waits(selection, CUSTOMER),
        "human": _waits(selection, HUMAN),
        "every_message": every_message,
    }


def waits_of(selection: Selection, kind: int, state: int) -> npt.NDArray[np.bool_]:
    """Return which of all waits pass, are of a kind and in a state."""
    table = selection.facts.waits.cells.table
    wanted = ((table["kind"] == kind) & (table["state"] == state)).to_numpy()
    return selection.waits & wanted[selection.facts.waits.cells.code]


def answered(selection: Selection, kind: int) -> npt.NDArray[np.int64]:
    """Return how long the answered waits of a kind took, in microseconds."""
    return selection.facts.waits.duration[waits_of(selection, kind, ANSWERED)]


def waiting_since(selection: Selection, kind: int) -> npt.NDArray[np.int64]:
    """Return how long the waits of a kind that are still open have lasted, in microseconds."""
    begin = selection.facts.waits.begin[waits_of(selection, kind, WAITING)]
    return selection.as_of - selection.facts.events.time[begin]


def _waits(selection: Selection, kind: int) -> Result:
    done, open_for = answered(selection, kind), waiting_since(selection, kind)
    return {
        **_seconds(done),
        "waiting": len(open_for),
        "closed_without_reply": int(np.count_nonzero(waits_of(selection, kind, CLOSED))),
        "within_seconds": {str(target): _within(done, open_for, target) for target in TARGETS},
    }


def _seconds(durations: npt.NDArray[np.int64]) -> Result:
    count = len(durations)
    if not count:
        return {"median_seconds": None, "mean_seconds": None, "p90_seconds": None, "answered": 0}
    median, p90 = np.percentile(durations, [50, 90]) / MICROSECOND
    # The sum is exact in integers, so that no order of adding changes the mean.
    mean = int(durations.sum()) / count / MICROSECOND
    return {
        "median_seconds": float(median),
        "mean_seconds": mean,
        "p90_seconds": float(p90),
        "answered": count,
    }


def _within(done: npt.NDArray[np.int64], open_for: npt.NDArray[np.int64], target: int) -> float | None:
    """Return answered in time ÷ (answered + waiting for longer): who waits for less is undecided."""
    limit = target * MICROSECOND
    in_time = int(np.count_nonzero(done <= limit))
    return divide(in_time, len(done) + int(np.count_nonzero(open_for > limit)))


RESPONSE_TIME = Metric(
    key="response_time",
    label="Response time (any reply)",
    definition="How long customers wait for a reply, the bot's included: "
    "from their first unanswered message to our next one.",
    formula="Time between message.received and next message.sent",
    per_message="Median over customer waits; messages in a row are one wait",
    unit="seconds",
    better="lower",
    compute=response_time,
    guide=lambda result: Reading(result["every_message"]["median_seconds"], None, result["every_message"]["answered"]),
    ledger=lambda result: Reading(result["median_seconds"], None, result["answered"]),
)
