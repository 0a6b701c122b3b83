"""A metric: it is declared once, with the words that explain it, what it tallies and what it concludes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from analytics.metrics.account import Account
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally, merge

Result = dict[str, Any]
"""A metric's numbers as they appear in the JSON; None if there is nothing to divide by."""


@dataclass(frozen=True)
class Reading:
    """One of the two numbers of a metric; with its parts if it is a ratio, and with a name if it is about one thing."""

    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    name: str = ""

    @classmethod
    def of_ratio(cls, ratio: Result) -> "Reading":
        """Read a ratio as it stands in the JSON."""
        return cls(ratio["value"], ratio["numerator"], ratio["denominator"])


@dataclass(frozen=True)
class Metric:
    """A metric.

    `formula` is over event counts, in the words of the integration guide; `per_message` is the definition of the other
    reading, over messages, waits or conversations. `guide` and `ledger` take the leading number of each reading from a
    result. `better` says which direction is good, and `account` explains how both readings are counted. `tally` takes
    from a selection of some customers what `conclude` makes the result of, once the tallies of all are merged.
    `settles_late` says that receipts or replies of recent messages may still change it.
    """

    key: str
    label: str
    definition: str
    formula: str
    per_message: str
    unit: Literal["seconds", "share", "count"]
    better: Literal["higher", "lower", "neither"]
    tally: Callable[[Selection], Tally]
    conclude: Callable[[Tally, Scope], Result]
    guide: Callable[[Result], Reading]
    ledger: Callable[[Result], Reading]
    account: Account
    settles_late: bool = False

    def compute(self, *shards: Selection) -> Result:
        """Return the result of a selection, which may lie in several shards of customers each."""
        return self.conclude(merge([self.tally(shard) for shard in shards]), shards[0].scope)


def ratio(numerator: int, denominator: int) -> Result:
    """Return a ratio with its parts; its value is None if there is nothing to divide by."""
    return {"numerator": numerator, "denominator": denominator, "value": divide(numerator, denominator)}


def divide(numerator: int, denominator: int) -> float | None:
    """Return the quotient; None if there is nothing to divide by."""
    return numerator / denominator if denominator else None
