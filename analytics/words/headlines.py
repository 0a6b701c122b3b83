"""Headlines: the finding of a page in one plain sentence. These are pure functions of the numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.facts.calendar import WEEKDAYS
from analytics.metrics.agents import list_active
from analytics.metrics.changes import UNLIKELY, deviations_of_shares
from analytics.metrics.comparison import Comparison
from analytics.metrics.metric import Reading, Result
from analytics.metrics.modes import count_decided
from analytics.metrics.waiting import Waiting
from analytics.words import display
from analytics.words.escape import for_markdown
from analytics.words.wait_kinds import Wait

FEW_CASES = 20
"""With fewer cases than this a share or a median says little; it is then shown with the number of cases."""


@dataclass(frozen=True)
class Answers:
    """The share answered in target (see `response_time.share_in_target`), now and in the compared period if any."""

    wait: Wait
    now: Reading
    before: Reading | None = None
    comparison: Comparison | None = None


def overview(found: Answers, target: timedelta, aimed: float, waiting: tuple[Wait, int], period: str = "") -> str:
    """Return the share that got an answer in target, beside the share `aimed` at, and how many wait now.

    `waiting` is the kind of wait and the number of those who wait now. `period` begins the sentence: `Yesterday`.
    """
    return f"{_say_answered(found, target, aimed, period)} {_say_waiting_now(*waiting, beside=found.wait)}"


def _say_answered(found: Answers, target: timedelta, aimed: float, period: str) -> str:
    awaited, share, of = found.wait.awaited, found.now.value, found.now.denominator or 0
    if share is None:
        return f"{f'{period} no' if period else 'No'} customer waited for {awaited} long enough to count."
    few = f"; few cases, n = {of}" if of < FEW_CASES else ""
    within = f"{display.duration(target.total_seconds())} (target {display.share(aimed)}{few})"
    sentence = f"{display.share(share)} of customers {found.wait.reached} within {within}{_say_change(share, found)}."
    return f"{period} {sentence}" if period else sentence


def _say_change(share: float, found: Answers) -> str:
    """Return how a share changed, such as `, 4 points better than a week before`.

    It is empty without a comparison, and where cases are few or chance explains the change.
    """
    if found.before is None or found.before.value is None or found.comparison is None:
        return ""
    then = {"previous": "the period before", "week": "a week before", "year": "a year before"}[found.comparison]
    points = round((share - found.before.value) * 100)
    if not points:
        return f", the same as {'in ' if found.comparison == 'previous' else ''}{then}"
    of, of_before = found.now.denominator or 0, found.before.denominator or 0
    deviations = deviations_of_shares(share, of, found.before.value, of_before)
    if min(of, of_before) < FEW_CASES or abs(deviations) < UNLIKELY:
        return ""
    counted = display.with_noun(abs(points), "point")
    return f", {counted} {'better' if points > 0 else 'worse'} than {then}"


def _say_waiting_now(wait: Wait, number: int, beside: Wait) -> str:
    """Return how many wait now; for what is only said if it differs from the sentence `beside` it."""
    return f"{_say_who(number)} waiting {'' if wait is beside else f'for {wait.awaited} '}now."


def response_times(found: Result, wait: Wait, *, in_hours: bool = False) -> str:
    """Return the median and the 90th percentile of a kind of wait; `in_hours` says that only business hours count."""
    if not found["answered"]:
        return f"No customer who waited for {wait.awaited} has got one yet."
    median, p90 = display.duration(found["median_seconds"]), display.duration(found["p90_seconds"])
    hours, few = " Only business hours count." if in_hours else "", _say_few(found["answered"])
    if found["answered"] == 1:
        return f"One customer {wait.reached} after {median}.{hours}"
    if median == p90:
        return f"At least 9 in 10 customers {wait.reached} within {p90}{few}.{hours}"
    return f"Half of the customers {wait.reached} within {median}. 1 in 10 waited more than {p90}{few}.{hours}"


def assignments(found: Result) -> str:
    """Return the median and the slowest tenth of the time from an assignment to the agent's first reply."""
    if not found["answered"]:
        return "No agent has replied to a chat that was assigned to them."
    median, p90 = display.duration(found["median_seconds"]), display.duration(found["p90_seconds"])
    if found["answered"] == 1:
        said = f"An agent replied to 1 assigned chat after **{median}**."
    else:
        few = _say_few(found["answered"])
        said = f"Agents replied to {display.with_noun(found['answered'], 'assigned chat')}. Half of these replies came "
        said += f"within **{median}**, 9 in 10 within **{p90}**{few}."
    still = found["waiting"]
    return f"{said} {display.count(still)} {'is' if still == 1 else 'are'} still without a reply." if still else said


def waiting_now(found: Waiting) -> str:
    """Return how many wait, and how many reply windows close soon."""
    soon = found.leaving_soon
    windows = f"{display.with_noun(soon, 'reply window')} {'closes' if soon == 1 else 'close'}"
    closing = windows if soon else "No reply window closes"
    return f"{_say_who(found.number)} waiting.{f' {closing} in the next hour.' if found.number else ''}"


def waiting(number: int, in_window: int) -> str:
    """Return how many of those who wait can get a free-form reply, as they wrote within WhatsApp’s 24 hours."""
    late = number - in_window
    free = f" {display.count(in_window)} can get a free-form reply." if in_window else ""
    template = f" {display.count(late)} wrote more than 24 hours ago: you can only send them a template."
    return f"**{_say_who(number)} still waiting.**{free}{template if late else ''}"


def messages(numbers: dict[str, Result]) -> str:
    """Return how many messages arrived and were read."""
    arrived, read = numbers["delivery_rate"]["ledger"], numbers["read_rate"]["ledger"]
    if arrived["value"] is None:
        return "No message was sent."
    sent = arrived["denominator"]
    return (
        f"{display.share(arrived['value'])} of {display.with_noun(sent, 'message')} arrived. At least "
        f"{display.share(read['value'])} {'was' if sent == 1 else 'were'} read{_say_few(sent)}."
    )


def proofs(proved: Mapping[str, int]) -> str:
    """Return how many deliveries and reads only a later step proves (see `analytics.metrics.rates`)."""
    delivered, read = proved["delivered"], proved["read"]
    if not delivered + read:
        return "Every delivery and every read had a receipt of its own."
    deliveries = f"{display.count(delivered)} {'delivery' if delivered == 1 else 'deliveries'}"
    found = " and ".join(
        part for part, number in ((deliveries, delivered), (display.with_noun(read, "read"), read)) if number
    )
    return f"{found} had no receipt. A later read or reply proves {'it' if delivered + read == 1 else 'them'}."


def not_delivered(lost: int, sent: int) -> str:
    """Return how many of the messages sent over a day ago show no sign of delivery."""
    if not sent:
        return "No message of this period was sent more than 24 hours ago."
    if not lost:
        return "Every message that was sent more than 24 hours ago was delivered."
    of = f"**{display.count(lost)}** of {display.with_noun(sent, 'message')} sent more than 24 hours ago"
    return (
        f"{of} {'was' if lost == 1 else 'were'} not delivered: {display.share(lost / sent)}{_say_few(sent)}. "
        "The number may be wrong, or the customer blocked you or left WhatsApp."
    )


def bot_and_handoffs(numbers: dict[str, Result], handoffs: Any) -> str:
    """Return the share that the bot finished, and the commonest reason of `handoffs` (a frame: `reason`, `count`)."""
    outcomes = dict(numbers["service_modes"]["outcomes"])
    share, ongoing = outcomes.pop("finished_without_agent"), outcomes["ongoing"]
    if share is None:
        still = f" {display.count(ongoing)} {'is' if ongoing == 1 else 'are'} ongoing." if ongoing else ""
        return f"No conversation has finished yet.{still}"
    few = _say_few(count_decided(outcomes))
    finished = f"{display.share(share)} of conversations finished without an agent{few}."
    by_reason = handoffs.groupby(handoffs["reason"].map(display.words))["count"].sum()
    if by_reason.empty:
        return f"{finished} No conversation was passed to an agent."
    commonest, share = str(by_reason.idxmax()), by_reason.max() / by_reason.sum()
    few = _say_few(by_reason.sum())
    return f"{finished} “{for_markdown(commonest)}” caused {display.share(share)} of handoffs{few}."


def time_to_handoff(seconds: npt.NDArray[np.float64]) -> str:
    """Return the median and the 90th percentile of the time from a conversation's start to its handoff."""
    if not len(seconds):
        return "No conversation was passed to an agent."
    median, p90 = np.percentile(seconds, [50, 90])
    if len(seconds) == 1:
        return f"The handoff came **{display.duration(median)}** after the start of the conversation."
    return (
        f"Half of the handoffs came within **{display.duration(median)}** of the start of the conversation, "
        f"9 in 10 within **{display.duration(p90)}**{_say_few(len(seconds))}."
    )


def agents(numbers: dict[str, Result], slower: int | None) -> str:
    """Return how many agents were active, and how many were `slower` than the target; None if that is not known."""
    number = len(list_active(numbers["agent_performance"]))
    if not number:
        return "No event names an agent."
    if slower is None:
        missed = f"None has enough replies ({FEW_CASES}) to compare."
    else:
        missed = f"{display.count(slower) if slower else 'None'} missed the target."
    return f"{display.with_noun(number, 'agent')} {'was' if number == 1 else 'were'} active. {missed}"


def customers(numbers: dict[str, Result]) -> str:
    """Return how many contacts are new, and the busiest hour of the week."""
    total = numbers["daily_new_contacts"]["unique"]["total"]
    new = f"{display.with_noun(total, 'contact') if total else 'No contact'} {'are' if total > 1 else 'is'} new."
    grid = numbers["peak_hours"]["by_weekday_hour"]
    count, day, hour = max((count, -day, -hour) for day, row in enumerate(grid) for hour, count in enumerate(row))
    if not count:
        return f"{new} No customer wrote."
    messages = sum(map(sum, grid))
    return f"{new} The busiest hour was {WEEKDAYS[-day]} {-hour:02}:00{_say_few(messages)}."


def say_cases(number: int) -> str:
    """Return the number of cases that a number is based on, with a remark if they are few."""
    return f"few cases (n = {number})" if number < FEW_CASES else f"n = {display.count(number)}"


def _say_who(number: int) -> str:
    """Return so many customers with their verb: `Nobody is`, `1 customer is`, `7 customers are`."""
    return f"{display.with_noun(number, 'customer')} {'is' if number == 1 else 'are'}" if number else "Nobody is"


def _say_few(number: int) -> str:
    return f" (few cases, n = {number})" if number < FEW_CASES else ""
