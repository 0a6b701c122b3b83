"""Response time: of customer waits, of waits for a person, and of every single message."""

from datetime import timedelta

import numpy as np
import numpy.typing as npt

from analytics.facts.timeline import RECEIVED, SENT, Mask
from analytics.facts.waits import AFTERWORD, ANSWERED, CLOSED, CUSTOMER, EVERY_MESSAGE, HUMAN, NEVER, WAITING
from analytics.metrics.account import Account, Sentences, mark_places, select_kinds, state_count
from analytics.metrics.metric import Metric, Reading, Result, divide
from analytics.metrics.question import added_up, conclude_from
from analytics.metrics.selection import Scope, Selection, fate_of
from analytics.metrics.tally import Tally

TARGETS = (60, 300, 900, 3600)
"""Common targets in seconds. The share within each is reported, and also that within the target of the terms."""

MICROSECONDS_PER_SECOND = 1_000_000


def tally_response_time(selection: Selection) -> Tally:
    """Return what there is of customer waits, of waits for a person, and of answers to every message."""
    return {
        "customer": tally_waits(selection, CUSTOMER),
        "human": tally_waits(selection, HUMAN),
        "every_message": answer_durations(selection, EVERY_MESSAGE),
    }


def conclude_response_time(tally: Tally, scope: Scope) -> Result:
    """Return median, mean and p90 in seconds; how many were answered, wait or were closed; and the shares in time."""
    return {
        **conclude_waits(tally["customer"], scope),
        "human": conclude_waits(tally["human"], scope),
        "every_message": _summarize(tally["every_message"]),
    }


def tally_waits(selection: Selection, kind: int) -> Tally:
    """Return how long the waits of a kind took or have lasted (microseconds), and how many ended in other ways."""
    return {
        "answered": answer_durations(selection, kind),
        "running": running_durations(selection, kind),
        "never": _count(selection, kind, NEVER),
        "last_word": int(np.count_nonzero(mark_last_words(selection, kind))),
        "closed": _count(selection, kind, CLOSED),
        "afterwords": _count(selection, kind, AFTERWORD),
        "out_of_hours": _count_out_of_hours(selection, kind),
    }


def conclude_waits(tally: Tally, scope: Scope) -> Result:
    """Return the same numbers as of response times, of the waits of a kind."""
    done, open_for = tally["answered"], tally["running"]
    never = tally["never"] if scope.terms.last_word_counts else tally["never"] - tally["last_word"]
    targets = sorted({*TARGETS, _in_seconds(scope.terms.target)})
    return {
        **_summarize(done),
        "waiting": len(open_for),
        "never_answered": tally["never"],
        "closed_without_reply": tally["closed"],
        "within_seconds": {str(target): _share_within(done, open_for, never, target) for target in targets},
    }


def _count(selection: Selection, kind: int, state: int) -> int:
    return int(np.count_nonzero(waits_of(selection, kind, state)))


def _count_out_of_hours(selection: Selection, kind: int) -> int:
    """Return how many answered waits of a kind took no open time at all."""
    if selection.terms.hours is None:
        return 0
    done = waits_of(selection, kind, ANSWERED)
    took_time = selection.facts.waits.duration[done] > 0
    return int(np.count_nonzero(took_time & (measure_durations(selection, done) == 0)))


@conclude_from(tally_waits)
def numbers_of(tally: Tally, scope: Scope, kind: int) -> Result:  # noqa: ARG001
    """Return the numbers of the waits of a kind."""
    return conclude_waits(tally, scope)


@added_up
def count_waiting(selection: Selection, kind: int) -> int:
    """Return how many waits of a kind that pass still run."""
    return _count(selection, kind, WAITING)


@added_up
def count_never_answered(selection: Selection, kind: int) -> dict[str, int]:
    """Return how many waits of a kind had `no_reply` at all, and in how many the customer had the `last_word`."""
    last_word = int(np.count_nonzero(mark_last_words(selection, kind)))
    return {"no_reply": _count(selection, kind, NEVER) - last_word, "last_word": last_word}


def _tally_answers(selection: Selection, kind: int) -> Tally:
    return answer_durations(selection, kind)


@conclude_from(_tally_answers)
def median(tally: Tally, _: Scope, kind: int) -> float | None:  # noqa: ARG001
    """Return the median of the answered waits of a kind in seconds; None if there are none."""
    return float(np.median(tally)) / MICROSECONDS_PER_SECOND if len(tally) else None


def _tally_in_target(selection: Selection, kind: int) -> Tally:
    limit = selection.terms.target // timedelta(microseconds=1)
    done = answer_durations(selection, kind)
    late = int(np.count_nonzero(mark_late(selection, kind)))
    return {"in_time": int(np.count_nonzero(done <= limit)), "decided": len(done) + late}


@conclude_from(_tally_in_target)
def share_in_target(tally: Tally, _: Scope, kind: int) -> Reading:  # noqa: ARG001
    """Return the share answered within the target, out of those answered, never answered or waiting for longer."""
    return Reading(divide(tally["in_time"], tally["decided"]), tally["in_time"], tally["decided"])


@added_up
def count_outside_hours(selection: Selection, kind: int) -> int:
    """Return how many answered waits of a kind lay wholly outside the hours that count."""
    done = waits_of(selection, kind, ANSWERED)
    outside = (measure_durations(selection, done) == 0) & (selection.facts.waits.duration[done] > 0)
    return int(np.count_nonzero(outside))


def waits_of(selection: Selection, kind: int, state: int) -> npt.NDArray[np.bool_]:
    """Return which waits pass the filter, are of a kind and, as of now, in a state."""
    found: Mask = selection.waits & (selection.wait_fates == fate_of(kind, state))
    return found


def mark_late(selection: Selection, kind: int) -> Mask:
    """Return which waits of a kind run for longer than the target, or were never answered."""
    late = waits_of(selection, kind, WAITING)
    late[late] = measure_running(selection, late) > selection.terms.target // timedelta(microseconds=1)
    never = waits_of(selection, kind, NEVER)
    return late | (never if selection.terms.last_word_counts else never & ~mark_last_words(selection, kind))


def mark_last_words(selection: Selection, kind: int) -> Mask:
    """Return which waits of a kind were never answered, but we had answered in the conversation before they began."""
    rows = selection.facts.waits
    answered_before = (rows.cells.table["answered_before"] == 1).to_numpy()[rows.cells.code]
    return waits_of(selection, kind, NEVER) & answered_before


def answer_durations(selection: Selection, kind: int) -> npt.NDArray[np.int64]:
    """Return how long the answered waits of a kind took, in microseconds."""
    return measure_durations(selection, waits_of(selection, kind, ANSWERED))


def running_durations(selection: Selection, kind: int) -> npt.NDArray[np.int64]:
    """Return how long the waits of a kind that are still open have lasted, in microseconds."""
    return measure_running(selection, waits_of(selection, kind, WAITING))


def measure_durations(selection: Selection, waits: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return how long the chosen waits took in microseconds; all of them are over.

    If the terms name business hours, only open time counts.
    """
    rows, hours = selection.facts.waits, selection.terms.hours
    duration = rows.duration[waits]
    if hours is None:
        return duration
    begin = selection.facts.events.time[rows.begin[waits]]
    return hours.between(begin, begin + duration)


def measure_running(selection: Selection, waits: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return how long the chosen waits have lasted in microseconds; all of them are running.

    If the terms name business hours, only open time counts. A wait that begins after "now" has lasted 0.
    """
    hours = selection.terms.hours
    begin = selection.facts.events.time[selection.facts.waits.begin[waits]]
    now = np.maximum(begin, selection.waits_as_of)
    return now - begin if hours is None else hours.between(begin, now)


def _in_seconds(target: timedelta) -> int:
    return target // timedelta(seconds=1)


def _summarize(durations: npt.NDArray[np.int64]) -> Result:
    count = len(durations)
    if not count:
        return {"median_seconds": None, "mean_seconds": None, "p90_seconds": None, "answered": 0}
    median, p90 = np.percentile(durations, [50, 90]) / MICROSECONDS_PER_SECOND
    # The sum is exact in integers, so that no order of adding changes the mean.
    mean = int(durations.sum()) / count / MICROSECONDS_PER_SECOND
    return {
        "median_seconds": float(median),
        "mean_seconds": mean,
        "p90_seconds": float(p90),
        "answered": count,
    }


def _share_within(
    done: npt.NDArray[np.int64], open_for: npt.NDArray[np.int64], never: int, target: int
) -> float | None:
    """Return answered in time ÷ (answered + never answered + waiting longer); a wait still shorter is undecided."""
    limit = target * MICROSECONDS_PER_SECOND
    in_time = int(np.count_nonzero(done <= limit))
    return divide(in_time, len(done) + never + int(np.count_nonzero(open_for > limit)))


def _tally_gap(selection: Selection) -> Tally:
    rows = selection.facts.waits
    of_customers = selection.waits & (rows.cells.table["kind"] == CUSTOMER).to_numpy()[rows.cells.code]
    unanswered = np.isin(selection.wait_states, (CLOSED, NEVER, AFTERWORD))
    replied = mark_places(selection, rows.begin[waits_of(selection, EVERY_MESSAGE, ANSWERED)])
    return {
        "followed": int((replied & ~mark_places(selection, rows.begin[of_customers])).sum()),
        "ended": int((replied & mark_places(selection, rows.begin[of_customers & unanswered])).sum()),
    }


@conclude_from(_tally_gap)
def explain_gap(tally: Tally, _: Scope) -> Sentences:
    """Return why the number of replies to every message differs from the number of answered customer waits."""
    return [
        *state_count(
            tally["followed"],
            "message came while another was still unanswered. Only the raw event count counts it as a wait of its own",
            "messages came while another was still unanswered. Only the raw event count counts each as a wait of its "
            "own",
        ),
        *state_count(
            tally["ended"],
            "wait ended without a reply before we wrote again. Only the raw event count counts it as answered",
            "waits ended without a reply before we wrote again. Only the raw event count counts them as answered",
        ),
    ]


@conclude_from(tally_waits)
def explain_left_out(tally: Tally, scope: Scope, kind: int) -> Sentences:  # noqa: ARG001
    """Return which waits of a kind are not part of the median, and which are not part of the share in target."""
    open_for, last_word = tally["running"], tally["last_word"]
    undecided = int((open_for <= scope.terms.target // timedelta(microseconds=1)).sum())
    missed = "counted as not in target, but not in the median"
    counts = missed if scope.terms.last_word_counts else "counted in neither"
    return [
        *state_count(
            undecided,
            "customer has been waiting for less than the target, and is not counted yet",
            "customers have been waiting for less than the target, and are not counted yet",
        ),
        *state_count(
            len(open_for) - undecided,
            f"customer has been waiting for longer than the target, and is {missed}",
            f"customers have been waiting for longer than the target, and are {missed}",
        ),
        *state_count(
            tally["never"] - last_word,
            f"wait was never answered, and nobody replied at all. It is {missed}",
            f"waits were never answered, and nobody replied at all. They are {missed}",
        ),
        *state_count(
            last_word,
            f"wait was never answered, but we had replied before, so it may be a “thanks”. It is {counts}",
            f"waits were never answered, but we had replied before, so they may be a “thanks”. They are {counts}",
        ),
        *state_count(
            tally["closed"],
            "wait was closed without a reply. It is counted in neither",
            "waits were closed without a reply. They are counted in neither",
        ),
        *state_count(
            tally["afterwords"],
            "message came after closing, such as a “thanks”, and the chat was closed again. It is no wait at all",
            "messages came after closing, such as a “thanks”, and the chats were closed again. They are no waits at "
            "all",
        ),
        *state_count(
            tally["out_of_hours"],
            "wait is completely outside the opening hours, and counts as 0 s",
            "waits are completely outside the opening hours, and count as 0 s",
        ),
    ]


def _tally_customer_waits(selection: Selection) -> Tally:
    return tally_waits(selection, CUSTOMER)


@conclude_from(_tally_customer_waits)
def _explain_left_out(tally: Tally, scope: Scope) -> Sentences:
    """Return the same of customer waits."""
    return explain_left_out.conclude(tally, scope, CUSTOMER)


def mark_beginnings(selection: Selection, kind: int) -> Mask:
    """Return which events begin a wait of a kind."""
    return mark_places(selection, selection.facts.waits.begin[mark_waits(selection, kind)])


def mark_waits(selection: Selection, kind: int) -> Mask:
    """Return which waits pass and are of a kind; what came after closing needed no reply."""
    rows = selection.facts.waits
    wanted = ((rows.cells.table["kind"] == kind) & (rows.cells.table["state"] != AFTERWORD)).to_numpy()
    return selection.waits & wanted[rows.cells.code]


RESPONSE_TIME = Metric(
    key="response_time",
    label="Response time (any reply)",
    definition="How long customers wait for a reply, the bot's included: "
    "from their first unanswered message to our next one that did not fail.",
    formula="Time between message.received and next message.sent",
    per_message="Median of customer waits; several messages in a row are one wait",
    unit="seconds",
    better="lower",
    tally=tally_response_time,
    conclude=conclude_response_time,
    guide=lambda result: Reading(result["every_message"]["median_seconds"], None, result["every_message"]["answered"]),
    ledger=lambda result: Reading(result["median_seconds"], None, result["answered"]),
    account=Account(
        explain_gap,
        _explain_left_out,
        select_kinds(RECEIVED, SENT),
        lambda selection: mark_beginnings(selection, CUSTOMER),
    ),
)
