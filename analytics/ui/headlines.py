"""Headlines: what a page found, in one plain sentence. Pure functions of the numbers."""

from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import display
from analytics.metrics.agents import active
from analytics.metrics.comparison import Comparison
from analytics.metrics.metric import Result
from analytics.metrics.response_time import share_in
from analytics.metrics.traffic import WEEKDAYS
from analytics.metrics.waiting import leaving_soon
from analytics.ui import waits
from analytics.ui.escape import for_markdown
from analytics.ui.waits import Wait

FEW = 20
"""Below so many cases a share or a median says little, and is shown with their number."""


def overview(
    numbers: dict[str, Result],
    target: timedelta,
    aimed: float,
    previous: dict[str, Result] | None = None,
    comparison: Comparison | None = None,
) -> str:
    """Return who got a reply in target, and who still waits; of persons where there are humans.

    `aimed` is the share that should, `previous` the numbers of the compared period.
    """
    wait = waits.leading(numbers)
    found = wait.of(numbers)
    waiting = _still_waiting(found["waiting"]) if found["waiting"] else "nobody is waiting now"
    in_time = share_in(target, found)
    if in_time is None:
        return f"No customer has waited for {wait.awaited} long enough to count; {waiting}."
    few = _few(found["answered"] + found["waiting"])
    within = f"{display.duration(target.total_seconds())} (target {display.share(aimed)})"
    before = share_in(target, wait.of(previous)) if previous else None
    change = _better(in_time, before, comparison) if before is not None and comparison else ""
    return f"{display.share(in_time)} of customers got {wait.awaited} within {within}{change}{few}; {waiting}."


def _better(share: float, before: float, comparison: Comparison) -> str:
    """Return how a share changed: `, 4 points better than the week before`."""
    then = {"previous": "the period before", "week": "a week before", "year": "a year before"}[comparison]
    points = round((share - before) * 100)
    if not points:
        return f", as in {then}" if comparison == "previous" else f", as {then}"
    counted = display.counted(abs(points), "point")
    return f", {counted} {'better' if points > 0 else 'worse'} than {then}"


def response_times(found: Result, wait: Wait, *, in_hours: bool = False) -> str:
    """Return the median and the slowest tenth of a kind of wait, of which only business hours may count."""
    if not found["answered"]:
        return f"Nobody who waited for {wait.awaited} got one yet."
    median, p90 = display.duration(found["median_seconds"]), display.duration(found["p90_seconds"])
    hours = ", business hours alone" if in_hours else ""
    return f"Half got {wait.awaited} within {median}; 1 in 10 waited over {p90}{hours}{_few(found['answered'])}."


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
    return (
        f"**{_still_waiting(number)}:** {display.count(in_window)} can be answered freely; for "
        f"{display.count(number - in_window)} WhatsApp asks for a template message, as more than 24 hours have passed "
        "since they wrote."
    )


def messages(numbers: dict[str, Result]) -> str:
    """Return how many messages arrived and were read."""
    arrived, read = numbers["delivery_rate"]["ledger"], numbers["read_rate"]["ledger"]
    if arrived["value"] is None:
        return "No message was sent."
    return (
        f"{display.share(arrived['value'])} of {display.count(arrived['denominator'])} messages arrived, "
        f"at least {display.share(read['value'])} were read{_few(arrived['denominator'])}."
    )


def undelivered(lost: int, numbers: dict[str, Result]) -> str:
    """Return how many of the messages sent show no sign of delivery after a day."""
    sent = numbers["delivery_rate"]["ledger"]["denominator"]
    if not lost:
        return "Every message that was sent so long ago shows a sign of delivery." if sent else "No message was sent."
    of = f"{display.share(lost / sent)} of {display.counted(sent, 'message')} sent{_few(sent)}"
    return f"**{display.count(lost)}**, {of}. The number may be wrong, or the customer blocked you or left WhatsApp."


def bot_and_handoffs(numbers: dict[str, Result], handoffs: Any) -> str:
    """Return what the bot finished, and the commonest reason for passing on (a frame with `reason`, `count`)."""
    share = numbers["service_modes"]["outcomes"]["finished_without_agent"]
    if share is None:
        return "No conversation has finished yet."
    finished = f"{display.share(share)} of conversations finished without an agent"
    by_reason = handoffs.groupby("reason")["count"].sum()
    if by_reason.empty:
        return f"{finished}; none was passed to one."
    commonest, share = display.words(str(by_reason.idxmax())), by_reason.max() / by_reason.sum()
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
    return f"{new}; busiest {WEEKDAYS[-day]} {-hour:02}:00."


def _still_waiting(number: int) -> str:
    return f"{display.count(number)} {'is' if number == 1 else 'are'} still waiting"


def _few(number: int) -> str:
    return f" (few cases, n = {number})" if number < FEW else ""
