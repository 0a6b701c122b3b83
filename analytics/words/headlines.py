"""Headlines: what a page found, in one plain sentence. Pure functions of the numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.facts.calendar import WEEKDAYS
from analytics.metrics.agents import active
from analytics.metrics.comparison import Comparison
from analytics.metrics.metric import Reading, Result
from analytics.metrics.waiting import leaving_soon
from analytics.words import display
from analytics.words.escape import for_markdown
from analytics.words.wait_kinds import Wait

FEW = 20
"""Below so many cases a share or a median says little, and is shown with their number."""


@dataclass(frozen=True)
class Answers:
    """Who was answered in target: the share (see `in_target`), that of the compared period, None without one."""

    wait: Wait
    now: Reading
    before: Reading | None = None
    comparison: Comparison | None = None


def overview(found: Answers, target: timedelta, aimed: float, waiting: tuple[Wait, int], period: str = "") -> str:
    """Return who got an answer in target, which a share `aimed` at should, and how many wait now for what.

    `period` begins the sentence: `Yesterday`, `In the last 30 days`.
    """
    return f"{_answered(found, target, aimed, period)} {_waiting_now(*waiting, beside=found.wait)}"


def _answered(found: Answers, target: timedelta, aimed: float, period: str) -> str:
    awaited, share, of = found.wait.awaited, found.now.value, found.now.denominator or 0
    if share is None:
        return f"{f'{period} no' if period else 'No'} customer waited for {awaited} long enough to count."
    few = f"; few cases, n = {of}" if of < FEW else ""
    within = f"{display.duration(target.total_seconds())} (target {display.share(aimed)}{few})"
    said = f"{display.share(share)} of customers got {awaited} within {within}{_better(share, found)}."
    return f"{period} {said}" if period else said


def _better(share: float, found: Answers) -> str:
    """Return how a share changed: `, 4 points better than the week before`; nothing without another to compare."""
    if found.before is None or found.before.value is None or found.comparison is None:
        return ""
    then = {"previous": "the period before", "week": "a week before", "year": "a year before"}[found.comparison]
    points = round((share - found.before.value) * 100)
    if not points:
        return f", as in {then}" if found.comparison == "previous" else f", as {then}"
    counted = display.counted(abs(points), "point")
    return f", {counted} {'better' if points > 0 else 'worse'} than {then}"


def _waiting_now(wait: Wait, number: int, beside: Wait) -> str:
    """Return how many wait now; for what only where that is not what the sentence `beside` it speaks of."""
    who = f"{display.count(number)} {'is' if number == 1 else 'are'}" if number else "Nobody is"
    return f"{who} waiting {'' if wait is beside else f'for {wait.awaited} '}now."


def response_times(found: Result, wait: Wait, *, in_hours: bool = False) -> str:
    """Return the median and the slowest tenth of a kind of wait, of which only business hours may count."""
    if not found["answered"]:
        return f"Nobody who waited for {wait.awaited} got one yet."
    median, p90 = display.duration(found["median_seconds"]), display.duration(found["p90_seconds"])
    hours, few = ", business hours alone" if in_hours else "", _few(found["answered"])
    if found["answered"] == 1:
        return f"One customer got {wait.awaited}, after {median}{hours}."
    if median == p90:
        return f"At least 9 in 10 got {wait.awaited} within {p90}{hours}{few}."
    return f"Half got {wait.awaited} within {median}; 1 in 10 waited over {p90}{hours}{few}."


def assignments(found: Result) -> str:
    """Return the median and the slowest tenth of the time from an assignment to the agent's first reply."""
    if not found["answered"]:
        return "No agent replied to a chat that was assigned to them."
    median, p90 = display.duration(found["median_seconds"]), display.duration(found["p90_seconds"])
    replies = display.counted(found["answered"], "assignment")
    said = f"{replies} replied to: half within **{median}**, 9 in 10 within **{p90}**{_few(found['answered'])}."
    return f"{said} {display.count(found['waiting'])} still to be replied to." if found["waiting"] else said


def waiting_now(found: pd.DataFrame, wait: Wait) -> str:
    """Return how many wait (see `analytics.metrics.waiting`), and for how many of them a free reply soon ends."""
    if found.empty:
        return f"Nobody waits for {wait.awaited}."
    waits = f"{display.count(len(found))} {'waits' if len(found) == 1 else 'wait'} for {wait.awaited}"
    soon = leaving_soon(found)
    leave = f"{display.count(soon) if soon else 'none'} {'leaves' if soon == 1 else 'leave'}"
    return f"{waits}; {leave} the 24-hour reply window within the hour."


def waiting(number: int, in_window: int) -> str:
    """Return how many of those who wait may be answered freely: who wrote within WhatsApp’s 24 hours."""
    late = number - in_window
    free = f"{display.count(in_window) if in_window else 'none'} can be answered freely"
    template = (
        f"; for {display.count(late)} WhatsApp asks for a template message, as more than 24 hours have passed since "
        f"{'the customer' if late == 1 else 'they'} wrote"
    )
    return f"**{_still_waiting(number)}:** {free}{template if late else ''}."


def messages(numbers: dict[str, Result]) -> str:
    """Return how many messages arrived and were read."""
    arrived, read = numbers["delivery_rate"]["ledger"], numbers["read_rate"]["ledger"]
    if arrived["value"] is None:
        return "No message was sent."
    sent = arrived["denominator"]
    return (
        f"{display.share(arrived['value'])} of {display.counted(sent, 'message')} arrived, at least "
        f"{display.share(read['value'])} {'was' if sent == 1 else 'were'} read{_few(sent)}."
    )


def proofs(proved: Mapping[str, int]) -> str:
    """Return how many deliveries and reads are known from a later step alone (see `analytics.metrics.rates`)."""
    deliveries = display.count(proved["delivered"]), "delivery" if proved["delivered"] == 1 else "deliveries"
    reads = display.counted(proved["read"], "read")
    return f"Proved by a later step: {' '.join(deliveries)} and {reads} came without a status of their own."


def undelivered(lost: int, sent: int) -> str:
    """Return how many of the messages sent over a day ago show no sign of delivery."""
    if not sent:
        return "No message of this period was sent so long ago."
    if not lost:
        return "Every message that was sent so long ago shows a sign of delivery."
    of = f"{display.share(lost / sent)} of {display.counted(sent, 'message')} sent so long ago{_few(sent)}"
    return f"**{display.count(lost)}**, {of}. The number may be wrong, or the customer blocked you or left WhatsApp."


def bot_and_handoffs(numbers: dict[str, Result], handoffs: Any) -> str:
    """Return what the bot finished, and the commonest reason for passing on (a frame with `reason`, `count`)."""
    outcomes = dict(numbers["service_modes"]["outcomes"])
    share, ongoing = outcomes.pop("finished_without_agent"), outcomes.pop("ongoing")
    if share is None:
        return f"No conversation has finished yet{f'; {display.count(ongoing)} ongoing' if ongoing else ''}."
    few = _few(sum(outcomes.values()))
    finished = f"{display.share(share)} of conversations finished without an agent{few}"
    by_reason = handoffs.groupby(handoffs["reason"].map(display.words))["count"].sum()
    if by_reason.empty:
        return f"{finished}; none was passed to one."
    commonest, share = str(by_reason.idxmax()), by_reason.max() / by_reason.sum()
    return f"{finished}; “{for_markdown(commonest)}” causes {display.share(share)} of handoffs{_few(by_reason.sum())}."


def time_to_handoff(seconds: npt.NDArray[np.float64]) -> str:
    """Return the median and the ninth decile of how long conversations ran before they were passed on."""
    if not len(seconds):
        return "No conversation was passed to an agent."
    median, p90 = np.percentile(seconds, [50, 90])
    return (
        f"Half of them within **{display.duration(median)}** of the conversation’s start, "
        f"9 in 10 within **{display.duration(p90)}**{_few(len(seconds))}."
    )


def agents(numbers: dict[str, Result], slower: int | None) -> str:
    """Return how many agents were active, and how many of them were slower than the target; None if nobody can tell."""
    number = len(active(numbers["agent_performance"]))
    if not number:
        return "No event names an agent."
    if slower is None:
        return f"{display.count(number)} active; none has the {FEW} replies it takes to say who is slower than target."
    return f"{display.count(number)} active; {display.count(slower) if slower else 'none'} slower than target."


def customers(numbers: dict[str, Result]) -> str:
    """Return how many contacts are new, and the busiest hour of the week."""
    new = display.counted(numbers["daily_new_contacts"]["unique"]["total"], "new contact")
    grid = numbers["peak_hours"]["by_weekday_hour"]
    count, day, hour = max((count, -day, -hour) for day, row in enumerate(grid) for hour, count in enumerate(row))
    if not count:
        return f"{new}; nobody wrote."
    messages = sum(map(sum, grid))
    return f"{new}; busiest {WEEKDAYS[-day]} {-hour:02}:00{_few(messages)}."


def cases(number: int) -> str:
    """Return of how many cases a number is, and where they are few, that they are."""
    return f"few cases (n = {number})" if number < FEW else f"n = {display.count(number)}"


def _still_waiting(number: int) -> str:
    return f"{display.count(number)} {'is' if number == 1 else 'are'} still waiting"


def _few(number: int) -> str:
    return f" (few cases, n = {number})" if number < FEW else ""
