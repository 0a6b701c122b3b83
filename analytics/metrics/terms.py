"""Terms: on which answers are judged — the time that is aimed at, and the hours that count."""

from dataclasses import dataclass
from datetime import timedelta

from analytics.metrics.business_hours import Schedule


@dataclass(frozen=True)
class Terms:
    """An answer is in target if it came within `target`; of waits only open hours count, where `hours` are given."""

    target: timedelta = timedelta(minutes=15)
    hours: Schedule | None = None
