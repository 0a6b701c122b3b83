"""Daily new contacts: events, distinct users, and first-time writers, each by local day."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.facts.timeline import CREATED, RECEIVED, Ints, Mask
from analytics.metrics.account import Account, Sentences, say_nothing, select_kinds, state_count
from analytics.metrics.metric import Metric, Reading, Result
from analytics.metrics.question import conclude_from
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally


def tally_daily_new_contacts(selection: Selection) -> Tally:
    """Return the counts of each reading by local day."""
    return {
        "guide": tally_by_day(selection, selection.quarters_of(CREATED)),
        "unique": tally_by_day(selection, selection.quarters_of(CREATED, first_only=True)),
        "first_time_writers": tally_by_day(selection, selection.quarters_of(RECEIVED, first_only=True)),
    }


def conclude_daily_new_contacts(tally: Tally, _: Scope) -> Result:
    """Return totals, and counts by local day (ISO) for days that have any."""
    return {reading: _total_by_day(counts) for reading, counts in tally.items()}


def tally_by_day(selection: Selection, quarters: Ints) -> pd.Series:
    """Return how many quarters of an hour fall on each local `day` (days since 1970); days without any are left out."""
    per_quarter = np.bincount(quarters)
    occurring = np.flatnonzero(per_quarter)
    by_quarter = pd.Series(per_quarter[occurring], pd.Index(selection.calendar.day[occurring], name="day"))
    return by_quarter.groupby(level="day").sum()


def _total_by_day(counts: pd.Series) -> Result:
    days = ((date(1970, 1, 1) + timedelta(days=day)).isoformat() for day in counts.index.tolist())
    return {"total": int(counts.sum()), "by_day": dict(zip(days, counts.tolist(), strict=True))}


def _count_again(selection: Selection) -> Tally:
    return len(selection.quarters_of(CREATED)) - len(selection.quarters_of(CREATED, first_only=True))


@conclude_from(_count_again)
def _explain_gap(tally: Tally, _: Scope) -> Sentences:
    """Return how many contacts were created for customers who had one already."""
    return state_count(
        tally,
        "contact was created for a customer who had one before, and counts only in the raw event count",
        "contacts were created for customers who had one before, and count only in the raw event count",
    )


def _mark_new(selection: Selection) -> Mask:
    """Return which events pass and are the first contact of their customer."""
    cells = selection.facts.events.cells
    first = ((cells.table["kind"] == CREATED) & (cells.table["first"] == 1)).to_numpy()
    return selection.events & first[cells.code]


DAILY_NEW_CONTACTS = Metric(
    key="daily_new_contacts",
    label="Daily new contacts",
    definition="How many customers are new, each counted on the day the CRM first met them.",
    formula="Count of contact.created per day",
    per_message="Distinct users, on the day of their first contact.created",
    unit="count",
    better="higher",
    tally=tally_daily_new_contacts,
    conclude=conclude_daily_new_contacts,
    guide=lambda result: Reading(result["guide"]["total"]),
    ledger=lambda result: Reading(result["unique"]["total"]),
    account=Account(_explain_gap, say_nothing, select_kinds(CREATED), _mark_new),
)
