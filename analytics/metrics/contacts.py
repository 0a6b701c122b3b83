"""Daily new contacts: events, distinct users, and first-time writers, each by local day."""

from datetime import date, timedelta

import numpy as np

from analytics.facts.timeline import CREATED, RECEIVED, Ints, Mask
from analytics.metrics.account import Account, Sentences, nothing, of_kinds, said
from analytics.metrics.metric import Metric, Reading, Result
from analytics.metrics.selection import Selection


def daily_new_contacts(selection: Selection) -> Result:
    """Return totals and counts by local day (ISO), only days that have any."""
    return {
        "guide": _by_day(selection, selection.quarters_of(CREATED)),
        "unique": _by_day(selection, selection.quarters_of(CREATED, first_only=True)),
        "first_time_writers": _by_day(selection, selection.quarters_of(RECEIVED, first_only=True)),
    }


def days(selection: Selection, quarters: Ints) -> dict[date, int]:
    """Return how many of the quarters of an hour fall on each local day that has any, in order."""
    per_quarter = np.bincount(quarters)
    occurring = np.flatnonzero(per_quarter)
    counts: dict[date, int] = {}
    for number, count in zip(selection.calendar.day[occurring].tolist(), per_quarter[occurring].tolist(), strict=True):
        day = date(1970, 1, 1) + timedelta(days=number)
        counts[day] = counts.get(day, 0) + count
    return counts


def _by_day(selection: Selection, quarters: Ints) -> Result:
    by_day = {day.isoformat(): count for day, count in days(selection, quarters).items()}
    return {"total": len(quarters), "by_day": by_day}


def _gap(selection: Selection) -> Sentences:
    """Say how many contacts were made of customers who were known."""
    again = len(selection.quarters_of(CREATED)) - len(selection.quarters_of(CREATED, first_only=True))
    return said(
        again,
        "contact was created for a customer who had one before: in the raw event count only",
        "contacts were created for customers who had one before: in the raw event count only",
    )


def _new(selection: Selection) -> Mask:
    """Return the first contact of each customer, where it passes."""
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
    compute=daily_new_contacts,
    guide=lambda result: Reading(result["guide"]["total"]),
    ledger=lambda result: Reading(result["unique"]["total"]),
    account=Account(_gap, nothing, of_kinds(CREATED), _new),
)
