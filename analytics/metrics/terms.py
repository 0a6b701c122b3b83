"""Terms: how answers are judged. They are the target time and the hours that count."""

from dataclasses import dataclass
from datetime import timedelta

from analytics.metrics.business_hours import Schedule


@dataclass(frozen=True)
class Terms:
    """An answer within `target` is in target. If `hours` are given, only open hours of a wait count."""

    target: timedelta = timedelta(minutes=15)
    hours: Schedule | None = None
