"""Headlines: what a page found, in one plain sentence. Pure functions of the numbers."""

from typing import Any

from analytics import display
from analytics.metrics.metric import Result
from analytics.metrics.traffic import WEEKDAYS
from analytics.ui.escape import for_markdown

FEW = 20
"""Below so many cases a share or a median says little, and is shown with their number."""


def overview(numbers: dict[str, Result]) -> str:
    """Return who got a reply how fast, and who still waits; of persons where there are humans."""
    waits, who = _leading_waits(numbers["response_time"])
    waiting = f"{display.count(waits['waiting'])} waiting for one at the end of the data"
    in_time = waits["within_seconds"]["900"]
    if in_time is None:
        return f"No customer has waited for {who} long enough to count; {waiting}."
    return f"{display.share(in_time)} of customers got {who} within 15 min{_few(waits['answered'])}; {waiting}."


def response_times(numbers: dict[str, Result]) -> str:
    """Return the median and the slowest tenth."""
    waits, who = _leading_waits(numbers["response_time"])
    if not waits["answered"]:
        return "Nobody who waited has been answered yet."
    median, p90 = display.duration(waits["median_seconds"]), display.duration(waits["p90_seconds"])
    return f"Half got {who} within {median}; 1 in 10 waited over {p90}{_few(waits['answered'])}."


def messages(numbers: dict[str, Result]) -> str:
    """Return how many messages arrived and were read."""
    arrived, read = numbers["delivery_rate"]["ledger"], numbers["read_rate"]["ledger"]
    if arrived["value"] is None:
        return "No message was sent."
    return (
        f"{display.share(arrived['value'])} of {display.count(arrived['denominator'])} messages arrived, "
        f"at least {display.share(read['value'])} were read{_few(arrived['denominator'])}."
    )


def bot_and_handoffs(numbers: dict[str, Result], handoffs: Any) -> str:
    """Return what the bot finished, and the commonest reason for passing on (a frame with `reason`, `count`)."""
    share = numbers["service_modes"]["outcomes"]["finished_without_agent"]
    if share is None:
        return "No conversation has finished yet."
    finished = f"{display.share(share)} of conversations finished without an agent"
    by_reason = handoffs.groupby("reason")["count"].sum()
    if by_reason.empty:
        return f"{finished}; none was passed to one."
    commonest, share = for_markdown(str(by_reason.idxmax())), by_reason.max() / by_reason.sum()
    return f"{finished}; “{commonest}” causes {display.share(share)} of handoffs."


def agents(numbers: dict[str, Result]) -> str:
    """Return how many agents were active and how many customers they answered."""
    active = [agent for name, agent in numbers["agent_performance"].items() if name != "(none)"]
    replies = sum(agent["replies"] for agent in active)
    if not active:
        return "No event names an agent."
    return f"{display.count(len(active))} agents were active and answered {display.count(replies)} waiting customers."


def customers(numbers: dict[str, Result]) -> str:
    """Return how many contacts are new, and the busiest hour of the week."""
    new = display.count(numbers["daily_new_contacts"]["unique"]["total"])
    grid = numbers["peak_hours"]["by_weekday_hour"]
    count, day, hour = max((count, -day, -hour) for day, row in enumerate(grid) for hour, count in enumerate(row))
    if not count:
        return f"{new} new contacts; nobody wrote."
    return f"{new} new contacts; busiest {WEEKDAYS[-day]} {-hour:02}:00."


def _leading_waits(response_time: Result) -> tuple[Result, str]:
    """Return the waits for a person where there are any, else all customer waits."""
    human = response_time["human"]
    if human["answered"] or human["waiting"]:
        return human, "a person"
    return response_time, "a reply"


def _few(number: int) -> str:
    return f" (few cases, n = {number})" if number < FEW else ""
