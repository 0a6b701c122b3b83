"""Trends: the numbers of a selection by day, week or month.

The index of each frame holds every interval of the period (see `Axis`). Medians and shares are computed over the
whole interval.
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
from analytics.metrics.modes import NO_OUTCOME, OUTCOMES, find_outcomes
from analytics.metrics.rates import count_steps
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND, measure_durations, measure_running, waits_of
from analytics.metrics.selection import Selection


def count_messages(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return messages `received` and `sent` (int64)."""
    return Axis(selection, by).counts(
        {"received": selection.quarters_of(RECEIVED), "sent": selection.quarters_of(SENT)}
    )


def count_contacts(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return `new_contacts` and `first_time_writers` (int64); each user counts once, at the first such event."""
    return Axis(selection, by).counts(
        {
            "new_contacts": selection.quarters_of(CREATED, first_only=True),
            "first_time_writers": selection.quarters_of(RECEIVED, first_only=True),
        }
    )


def count_conversations(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return how many conversations began, by their outcome (int64, a column for each of `OUTCOMES`)."""
    outcome = find_outcomes(selection)
    quarter = selection.facts.conversations.quarter
    chosen = selection.conversations & (outcome != NO_OUTCOME)
    return Axis(selection, by).counts({name: quarter[chosen & (outcome == code)] for code, name in enumerate(OUTCOMES)})


def count_opened_and_closed(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return conversations `opened` (the customer wrote in them) and `closed` (by `chat.resolved`), both int64."""
    rows = selection.facts.conversations
    wrote = (rows.cells.table["customer_wrote"] == 1).to_numpy()[rows.cells.code]
    opened = rows.quarter[selection.conversations & wrote]
    return Axis(selection, by).counts({"opened": opened, "closed": selection.quarters_of(RESOLVED)})


def measure_responses(selection: Selection, kind: int, by: Interval = "day") -> pd.DataFrame:
    """Return for the waits of a kind that began in each interval: `median`, `p90` (seconds), `in_target`, `answered`.

    `in_target` is answered in time ÷ (answered + waiting for longer); missing if there is nothing to divide by.
    """
    rows, axis = selection.facts.waits, Axis(selection, by)
    limit = selection.terms.target // timedelta(microseconds=1)
    table = rows.cells.table
    state = np.where(table["kind"] == kind, table["state"], -1)[rows.cells.code]
    done = selection.waits & (state == ANSWERED)
    late = selection.waits & (state == WAITING)
    late[late] = measure_running(selection, late) > limit
    number, duration = axis.number(rows.quarter[done]), measure_durations(selection, done)
    durations = pd.Series(duration).groupby(number)
    counts = durations.size()
    decided = counts.add(pd.Series(axis.number(rows.quarter[late])).value_counts(), fill_value=0)
    in_time = pd.Series(number[duration <= limit]).value_counts()
    found = pd.DataFrame(
        {
            "median": durations.quantile(0.5) / MICROSECONDS_PER_SECOND,
            "p90": durations.quantile(0.9) / MICROSECONDS_PER_SECOND,
            "in_target": in_time.reindex(decided.index, fill_value=0) / decided,
            "answered": counts,
        }
    )
    return axis.spread(found)


def measure_rates(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return the messages `sent` in each interval, and the shares of them `delivered`, `read` and `replied`."""
    rows, axis = selection.facts.messages, Axis(selection, by)
    cells = len(rows.cells.table)
    number = axis.number(rows.quarter[selection.messages])
    pairs, counts = np.unique(number * np.int64(cells) + rows.cells.code[selection.messages], return_counts=True)
    table = rows.cells.table.iloc[pairs % cells].assign(count=counts)
    steps = axis.spread(count_steps(table).groupby(pairs // cells).sum())
    return steps.div(steps["sent"], axis=0).assign(sent=steps["sent"])


def measure_replies_by_agent(
    selection: Selection, kind: int, by: Interval = "day"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two frames about the answered waits of a kind that began in each interval, with a column for each agent.

    The first holds their number (int64), the second their median in seconds; missing if there are none.
    """
    rows, axis = selection.facts.waits, Axis(selection, by)
    done = waits_of(selection, kind, ANSWERED)
    agent = rows.cells.table["agent"].to_numpy()[rows.cells.code[done]]
    found = pd.DataFrame(
        {
            "seconds": measure_durations(selection, done) / MICROSECONDS_PER_SECOND,
            "place": axis.number(rows.quarter[done]),
            "agent": names_of(agent, selection.facts.agents, NOBODY),
        }
    ).groupby(["place", "agent"])["seconds"]
    counts, medians = (axis.spread(column.unstack("agent")) for column in (found.size(), found.median()))  # noqa: PD010
    return counts.fillna(0).astype(np.int64), medians


def count_waiting(selection: Selection, kind: int, by: Interval = "day") -> pd.Series:
    """Return how many waits of a kind ran at the end of each interval, whenever they began (int64)."""
    rows, whenever, axis = selection.facts.waits, selection.without_period, Axis(selection, by)
    begun = whenever.waits & (rows.cells.table["kind"] == kind).to_numpy()[rows.cells.code]
    over = begun & (rows.cells.table["state"] != WAITING).to_numpy()[rows.cells.code]
    ended = (selection.facts.events.time[rows.begin[over]] + rows.duration[over]) // QUARTER - FIRST_QUARTER
    day, last = selection.calendar.day, (axis.index.end_time - pd.Timestamp(0)).days.to_numpy()
    running = _count_up_to(last, day[rows.quarter[begun]]) - _count_up_to(last, day[ended])
    return pd.Series(running, axis.index)


def _count_up_to(last: Ints, days: Ints) -> Ints:
    """Return for each of the `last` days how many of `days` are not after it."""
    first = int(min(days.min(initial=0), last.min(initial=0)))
    reached: Ints = np.cumsum(np.bincount(days - first, minlength=int(last.max(initial=0)) - first + 1))[last - first]
    return reached
