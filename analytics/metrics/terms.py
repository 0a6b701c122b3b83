"""Terms: how answers are judged. They are the target time and the hours that count."""

from dataclasses import dataclass
from datetime import timedelta

from analytics.metrics.business_hours import Schedule


@dataclass(frozen=True)
class Terms:
    """An answer within `target` is in target. If `hours` are given, only open hours of a wait count.

    Where `last_word_counts`, a wait that was never answered is not in target either if we had answered before it began,
    though it is often a "thanks".
    """

    target: timedelta = timedelta(minutes=15)
    hours: Schedule | None = None
    last_word_counts: bool = True
