"""Ends: what became of the messages that we sent. Each was delivered, failed, or is pending; these add up to sent."""

import pandas as pd

from analytics.metrics.question import conclude_from
from analytics.metrics.rates import count_steps
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally, count_by, in_order

ENDS = ("delivered", "failed", "pending")

KNOWN_OF_MESSAGES = ("delivered", "read", "replied", "failed")
"""What cells of the ledger say of how a message ended."""


def count_ends(counts: pd.DataFrame) -> pd.DataFrame:
    """Return for each counted cell of the ledger how many messages were `sent`, and how many ended as each of `ENDS`.

    All are int64. A read or a reply proves a delivery; what neither arrived nor failed is pending.
    """
    steps = count_steps(counts)
    failed = counts["count"] * (counts["failed"] == 1)
    pending = steps["sent"] - steps["delivered"] - failed
    return pd.DataFrame(
        {"sent": steps["sent"], "delivered": steps["delivered"], "failed": failed, "pending": pending}, dtype="int64"
    )


def _tally_ends(selection: Selection) -> Tally:
    return count_by(selection.message_counts, selection.facts, *KNOWN_OF_MESSAGES)


@conclude_from(_tally_ends)
def measure_ends(tally: Tally, _: Scope) -> dict[str, int]:
    """Return how many messages were `sent`, and how many of them ended as each of `ENDS`."""
    return {str(end): int(count) for end, count in count_ends(tally.reset_index()).sum().items()}


def _tally_ends_by(selection: Selection, part: str) -> Tally:
    return count_by(selection.message_counts, selection.facts, part, *KNOWN_OF_MESSAGES)


@conclude_from(_tally_ends_by)
def ends_by(tally: Tally, _: Scope, part: str) -> pd.DataFrame:
    """Return the same by `template`, `country` or `content_type`, the most sent first."""
    table = tally.reset_index()
    frame = count_ends(table).groupby(table[part]).sum()
    return frame.reindex(in_order(frame.index)).sort_values("sent", ascending=False, kind="stable")


def _tally_failures(selection: Selection) -> Tally:
    counts = selection.message_counts
    return count_by(counts[counts["failed"] == 1], selection.facts, "error")


@conclude_from(_tally_failures)
def count_failures(tally: Tally, _: Scope) -> "pd.Series[int]":
    """Return how many messages failed, by the code of the error, the most first."""
    found: pd.Series[int] = tally.reindex(in_order(tally.index)).sort_values(ascending=False, kind="stable")
    return found


def _tally_failures_by(selection: Selection, part: str) -> Tally:
    counts = selection.message_counts
    return count_by(counts[counts["failed"] == 1], selection.facts, part, "error")


@conclude_from(_tally_failures_by)
def failures_by(tally: Tally, _: Scope, part: str) -> "pd.Series[str]":
    """Return the commonest code of an error by `template`, `country` or `content_type`, where messages failed."""
    table = tally.reset_index()
    table = table.sort_values("error").sort_values("count", ascending=False, kind="stable").drop_duplicates(part)
    commonest: pd.Series[str] = table.set_index(part)["error"].astype(object)
    return commonest.reindex(in_order(commonest.index))
