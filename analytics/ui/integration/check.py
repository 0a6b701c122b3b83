"""The full check: a conversation is sent twice, and each promise that holds gets a tick."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.events.samples import Event, as_json
from analytics.events.timestamps import to_microseconds
from analytics.live.dataset import Dataset
from analytics.live.rules import rules_of
from analytics.metrics.filters import Filter
from analytics.metrics.metric import Metric, Reading
from analytics.metrics.rates import count_statuses
from analytics.metrics.report import METRICS
from analytics.metrics.terms import Terms
from analytics.sending.answer import Answer
from analytics.sending.client import Client
from analytics.sending.trouble import Trouble
from analytics.ui.data.preferences import preferences
from analytics.ui.data.view import View
from analytics.words import display

PROMISES = (
    "Reached",
    "Key accepted",
    "Valid",
    "Stored",
    "Sent again and counted once",
    "Statuses joined their message",
    "On the dashboard",
)
"""The promises, in the order in which they are checked."""

_PATIENCE_SECONDS = 15.0
_LOOK_SECONDS = 0.1
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tick:
    """Whether a promise was kept, and the finding in words."""

    kept: bool
    finding: str


@dataclass(frozen=True)
class Move:
    """A metric's number before and after the check; `moved` is also true if it only counts one case more."""

    metric: Metric
    before: Reading
    after: Reading
    moved: bool


Shown = Callable[[], Dataset]
"""Returns the dataset that the dashboard shows at this moment."""


def check_sending(client: Client, events: Sequence[Event]) -> Iterator[Tick]:
    """Yield the ticks that follow from the collector's answers; the first failed one is the last."""
    bodies = as_json(events)
    dry = client.send(bodies, dry_run=True)
    yield from _check_judging(dry)
    if dry.failure or dry.rejected:
        return
    first = client.send(bodies)
    yield _check_stored(first, len(bodies))
    if first.accepted == len(bodies):
        yield _check_counted_once(client.send(bodies), len(bodies))


def check_showing(shown: Shown, events: Sequence[Event]) -> Iterator[Tick]:
    """Yield the ticks that follow from the dashboard's events, once these hold the events that were sent."""
    began = time.monotonic()
    sent = {event["properties"]["messageId"] for event in events if "messageId" in event["properties"]}
    user = events[0]["userId"]
    while True:
        mine = shown().of_customer(user)
        if len(mine.contents) >= len(events) and sent <= mine.contents.message_ids:
            break
        if time.monotonic() - began > _PATIENCE_SECONDS:
            waited = display.duration(_PATIENCE_SECONDS)
            yield Tick(False, f"The dashboard did not show it within {waited}. Open it in a minute and look again.")
            return
        time.sleep(_LOOK_SECONDS)
    seconds = time.monotonic() - began
    yield _check_joined(mine)
    yield Tick(True, f"after {display.duration(round(seconds, 1))}")


def view_last_day(dataset: Dataset, now: datetime, timezone: str, *, test: bool) -> View:
    """Return the view of the 24 hours before `now` of a dataset; `test` includes test events."""
    last_day = dataset.since(now - _DAY, rules_of(preferences(), include_test=test))
    return View(last_day, Filter(timezone=timezone), None, to_microseconds(now), Terms())


def compare_metrics(before: View, after: View) -> list[Move]:
    """Return for each of the metrics its numbers before and after."""
    was, became = before.numbers, after.numbers
    return [
        Move(
            metric,
            metric.ledger(was[metric.key]),
            metric.ledger(became[metric.key]),
            was[metric.key] != became[metric.key],
        )
        for metric in METRICS
    ]


def _check_judging(answer: Answer) -> Iterator[Tick]:
    failure = answer.failure
    if failure and failure.trouble is not Trouble.KEY:
        yield Tick(False, str(failure))
        return
    yield Tick(True, f"answered in {1000 * answer.seconds:,.0f} ms")
    if failure:
        yield Tick(False, str(failure))
        return
    yield Tick(True, "it may add events")
    if answer.rejected:
        first = answer.errors[0]
        yield Tick(False, f"{answer.rejected} of {answer.received} events are rejected: {first.field}: {first.message}")
    else:
        yield Tick(True, f"all {answer.received} events")


def _check_stored(answer: Answer, count: int) -> Tick:
    if answer.accepted == count:
        return Tick(True, f"{count} events in {1000 * answer.seconds:,.0f} ms")
    return Tick(False, str(answer.failure or f"only {answer.accepted} of {count} events"))


def _check_counted_once(answer: Answer, count: int) -> Tick:
    if answer.duplicates == count:
        return Tick(True, f"{count} duplicates, none of them stored twice")
    return Tick(False, str(answer.failure or f"{answer.accepted} events were stored twice"))


def _check_joined(mine: Dataset) -> Tick:
    """Return the tick that says whether each status was joined to its message."""
    found = View(mine, Filter(), None, None, Terms()).ask(count_statuses)
    return Tick(found["joined"] == found["all"], f"{found['joined']} of {found['all']} statuses")
