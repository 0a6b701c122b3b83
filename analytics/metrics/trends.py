"""Trends: the numbers of a selection by day, week or month.

Each frame is indexed by the intervals of the period (see `Axis`), every one of them; medians and shares are those
of the whole interval.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.facts.facts import FIRST_QUARTER, QUARTER
from analytics.facts.names import names_of
from analytics.facts.timeline import CREATED, RECEIVED, RESOLVED, SENT, Ints
from analytics.facts.waits import ANSWERED, WAITING
from analytics.metrics.filters import NOBODY
from analytics.metrics.intervals import Axis, Interval
from analytics.metrics.modes import NO_OUTCOME, OUTCOMES, outcomes
from analytics.metrics.rates import steps_of
from analytics.metrics.response_time import MICROSECOND, lasted, took, waits_of
from analytics.metrics.selection import Selection


def messages(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return messages `received` and `sent` (int64)."""
    return Axis(selection, by).counts(
        {"received": selection.quarters_of(RECEIVED), "sent": selection.quarters_of(SENT)}
    )


def contacts(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return `new_contacts` and `first_time_writers` (int64), each user when the first one came."""
    return Axis(selection, by).counts(
        {
            "new_contacts": selection.quarters_of(CREATED, first_only=True),
            "first_time_writers": selection.quarters_of(RECEIVED, first_only=True),
        }
    )


def conversations(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return conversations begun by outcome (int64, a column for each of `OUTCOMES`)."""
    outcome = outcomes(selection)
    quarter = selection.facts.conversations.quarter
    chosen = selection.conversations & (outcome != NO_OUTCOME)
    return Axis(selection, by).counts({name: quarter[chosen & (outcome == code)] for code, name in enumerate(OUTCOMES)})


def opened_and_closed(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return conversations `opened`, in which the customer wrote, and `closed`, by `chat.resolved` (int64)."""
    rows = selection.facts.conversations
    wrote = (rows.cells.table["customer_wrote"] == 1).to_numpy()[rows.cells.code]
    opened = rows.quarter[selection.conversations & wrote]
    return Axis(selection, by).counts({"opened": opened, "closed": selection.quarters_of(RESOLVED)})


def responses(selection: Selection, kind: int, by: Interval = "day") -> pd.DataFrame:
    """Return of the waits of a kind begun then: `median` and `p90` (seconds), `in_target`, `answered`.

    `in_target` is answered in time ÷ (answered + waiting for longer); missing where there is nothing to
    divide by.
    """
    rows, axis = selection.facts.waits, Axis(selection, by)
    limit = selection.terms.target // timedelta(microseconds=1)
    table = rows.cells.table
    state = np.where(table["kind"] == kind, table["state"], -1)[rows.cells.code]
    done = selection.waits & (state == ANSWERED)
    late = selection.waits & (state == WAITING)
    late[late] = lasted(selection, late) > limit
    number, duration = axis.number(rows.quarter[done]), took(selection, done)
    durations = pd.Series(duration).groupby(number)
    counts = durations.size()
    decided = counts.add(pd.Series(axis.number(rows.quarter[late])).value_counts(), fill_value=0)
    in_time = pd.Series(number[duration <= limit]).value_counts()
    found = pd.DataFrame(
        {
            "median": durations.quantile(0.5) / MICROSECOND,
            "p90": durations.quantile(0.9) / MICROSECOND,
            "in_target": in_time.reindex(decided.index, fill_value=0) / decided,
            "answered": counts,
        }
    )
    return axis.spread(found)


def rates(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return per message the share `delivered`, `read` and `replied` of those `sent` then."""
    rows, axis = selection.facts.messages, Axis(selection, by)
    cells = len(rows.cells.table)
    number = axis.number(rows.quarter[selection.messages])
    pairs, counts = np.unique(number * np.int64(cells) + rows.cells.code[selection.messages], return_counts=True)
    table = rows.cells.table.iloc[pairs % cells].assign(count=counts)
    steps = axis.spread(steps_of(table).groupby(pairs // cells).sum())
    return steps.div(steps["sent"], axis=0).assign(sent=steps["sent"])


def replies_by_agent(selection: Selection, kind: int, by: Interval = "day") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return of the answered waits of a kind begun then, with a column for each agent who answered one.

    Their number (int64), and their median in seconds, missing without one.
    """
    rows, axis = selection.facts.waits, Axis(selection, by)
    done = waits_of(selection, kind, ANSWERED)
    agent = rows.cells.table["agent"].to_numpy()[rows.cells.code[done]]
    found = pd.DataFrame(
        {
            "seconds": took(selection, done) / MICROSECOND,
            "place": axis.number(rows.quarter[done]),
            "agent": names_of(agent, selection.facts.agents, NOBODY),
        }
    ).groupby(["place", "agent"])["seconds"]
    counts, medians = (axis.spread(column.unstack("agent")) for column in (found.size(), found.median()))  # noqa: PD010
    return counts.fillna(0).astype(np.int64), medians


def waiting(selection: Selection, kind: int, by: Interval = "day") -> pd.Series:
    """Return how many waits of a kind ran at the end of each interval, whenever they began (int64)."""
    rows, whenever, axis = selection.facts.waits, selection.whenever, Axis(selection, by)
    begun = whenever.waits & (rows.cells.table["kind"] == kind).to_numpy()[rows.cells.code]
    over = begun & (rows.cells.table["state"] != WAITING).to_numpy()[rows.cells.code]
    ended = (selection.facts.events.time[rows.begin[over]] + rows.duration[over]) // QUARTER - FIRST_QUARTER
    day, last = selection.calendar.day, (axis.index.end_time - pd.Timestamp(0)).days.to_numpy()
    running = _up_to(last, day[rows.quarter[begun]]) - _up_to(last, day[ended])
    return pd.Series(running, axis.index)


def _up_to(last: Ints, days: Ints) -> Ints:
    """Return how many of some days are not after each of the `last` ones."""
    first = int(min(days.min(initial=0), last.min(initial=0)))
    reached: Ints = np.cumsum(np.bincount(days - first, minlength=int(last.max(initial=0)) - first + 1))[last - first]
    return reached
