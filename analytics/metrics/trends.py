"""Trends: the numbers of a selection by hour, day, week or month.

The index of each frame holds every interval of the period (see `Axis`). Medians and shares are computed over the
whole interval.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.facts.facts import FIRST_QUARTER, QUARTER
from analytics.facts.timeline import CREATED, NONE, RECEIVED, RESOLVED, SENT
from analytics.facts.waits import ANSWERED
from analytics.metrics.ends import KNOWN_OF_MESSAGES, count_ends
from analytics.metrics.intervals import Axis, Interval
from analytics.metrics.modes import NO_OUTCOME, OUTCOMES, find_outcomes
from analytics.metrics.question import added_up, conclude_from
from analytics.metrics.rates import count_steps
from analytics.metrics.response_time import (
    MICROSECONDS_PER_SECOND,
    mark_late,
    mark_waits,
    measure_durations,
    waits_of,
)
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally, count_by, divide_by_name


@added_up
def count_messages(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return messages `received` and `sent` (int64)."""
    return Axis(selection.scope, by).counts(
        {"received": selection.quarters_of(RECEIVED), "sent": selection.quarters_of(SENT)}
    )


@added_up
def count_contacts(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return `new_contacts` and `first_time_writers` (int64); each user counts once, at the first such event."""
    return Axis(selection.scope, by).counts(
        {
            "new_contacts": selection.quarters_of(CREATED, first_only=True),
            "first_time_writers": selection.quarters_of(RECEIVED, first_only=True),
        }
    )


@added_up
def count_conversations(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return how many conversations began, by their outcome (int64, a column for each of `OUTCOMES`)."""
    outcome = find_outcomes(selection)
    quarter = selection.facts.conversations.quarter
    chosen = selection.conversations & (outcome != NO_OUTCOME)
    return Axis(selection.scope, by).counts(
        {name: quarter[chosen & (outcome == code)] for code, name in enumerate(OUTCOMES)}
    )


@added_up
def count_opened_and_closed(selection: Selection, by: Interval = "day") -> pd.DataFrame:
    """Return conversations `opened` (the customer wrote in them) and `closed` (by `chat.resolved`), both int64."""
    rows = selection.facts.conversations
    wrote = (rows.cells.table["customer_wrote"] == 1).to_numpy()[rows.cells.code]
    opened = rows.quarter[selection.conversations & wrote]
    return Axis(selection.scope, by).counts({"opened": opened, "closed": selection.quarters_of(RESOLVED)})


def _tally_responses(selection: Selection, kind: int, by: Interval = "day") -> Tally:
    rows, axis = selection.facts.waits, Axis(selection.scope, by)
    done = waits_of(selection, kind, ANSWERED)
    return {
        "place": axis.number(rows.quarter[done]),
        "duration": measure_durations(selection, done),
        "late": axis.number(rows.quarter[mark_late(selection, kind)]),
    }


@conclude_from(_tally_responses)
def measure_responses(tally: Tally, scope: Scope, kind: int, by: Interval = "day") -> pd.DataFrame:  # noqa: ARG001
    """Return for the waits of a kind that began in each interval: `median`, `p90` (seconds), `in_target`, `answered`.

    `in_target` is answered in time ÷ (answered, never answered or waiting for longer); missing if there are none.
    """
    place, duration = tally["place"], tally["duration"]
    durations = pd.Series(duration).groupby(place)
    counts = durations.size()
    decided = counts.add(pd.Series(tally["late"]).value_counts(), fill_value=0)
    in_time = pd.Series(place[duration <= scope.terms.target // timedelta(microseconds=1)]).value_counts()
    found = pd.DataFrame(
        {
            "median": durations.quantile(0.5) / MICROSECONDS_PER_SECOND,
            "p90": durations.quantile(0.9) / MICROSECONDS_PER_SECOND,
            "in_target": in_time.reindex(decided.index, fill_value=0) / decided,
            "answered": counts,
        }
    )
    return Axis(scope, by).spread(found)


def _tally_rates(selection: Selection, by: Interval = "day") -> Tally:
    rows, axis = selection.facts.messages, Axis(selection.scope, by)
    cells = len(rows.cells.table)
    number = axis.number(rows.quarter[selection.messages])
    pairs, counts = np.unique(number * np.int64(cells) + rows.cells.code[selection.messages], return_counts=True)
    table = rows.cells.table.iloc[pairs % cells].assign(count=counts, place=pairs // cells)
    return count_by(table, selection.facts, "place", *KNOWN_OF_MESSAGES)


@conclude_from(_tally_rates)
def measure_rates(tally: Tally, scope: Scope, by: Interval = "day") -> pd.DataFrame:
    """Return the messages `sent` in each interval, and the shares of them `delivered`, `read` and `replied`."""
    table = tally.reset_index()
    steps = Axis(scope, by).spread(count_steps(table).groupby(table["place"]).sum())
    return steps.div(steps["sent"], axis=0).assign(sent=steps["sent"])


@conclude_from(_tally_rates)
def measure_not_delivered(tally: Tally, scope: Scope, by: Interval = "day") -> pd.DataFrame:
    """Return of the messages sent in each interval how many `failed` and how many are `pending` (int64)."""
    table = tally.reset_index()
    ends = Axis(scope, by).spread(count_ends(table).groupby(table["place"]).sum())
    return ends[["failed", "pending"]].fillna(0).astype(np.int64)


def _tally_replies_by_agent(selection: Selection, kind: int, by: Interval = "day") -> Tally:
    rows, axis = selection.facts.waits, Axis(selection.scope, by)
    done = waits_of(selection, kind, ANSWERED)
    agent = rows.cells.table["agent"].to_numpy()[rows.cells.code[done]]
    place, duration = axis.number(rows.quarter[done]), measure_durations(selection, done)
    both = np.column_stack([place.astype(np.int64), duration])
    return divide_by_name(selection.facts, "agent", agent, both)


@conclude_from(_tally_replies_by_agent)
def measure_replies_by_agent(
    tally: Tally,
    scope: Scope,
    kind: int,  # noqa: ARG001
    by: Interval = "day",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two frames about the answered waits of a kind that began in each interval, with a column for each agent.

    The first holds their number (int64), the second their median in seconds; missing if there are none.
    """
    both, axis = np.concatenate([np.zeros((0, 2), np.int64), *tally.values()]), Axis(scope, by)
    found = pd.DataFrame(
        {
            "seconds": both[:, 1] / MICROSECONDS_PER_SECOND,
            "place": both[:, 0],
            "agent": np.repeat(np.array([*tally], object), [*map(len, tally.values())]),
        }
    ).groupby(["place", "agent"])["seconds"]
    counts, medians = (axis.spread(column.unstack("agent")) for column in (found.size(), found.median()))  # noqa: PD010
    return counts.fillna(0).astype(np.int64), medians


@added_up
def count_waiting(selection: Selection, kind: int, by: Interval = "day") -> pd.Series:
    """Return how many waits of a kind ran at the end of each interval, whenever they began (int64).

    From the age on at which a wait counts as never answered, it runs no more.
    """
    rows, whenever, axis = selection.facts.waits, selection.without_period, Axis(selection.scope, by)
    begun, longest = mark_waits(whenever, kind), selection.facts.rules.never_answered // timedelta(microseconds=1)
    begin = selection.facts.events.time[rows.begin[begun]]
    lasted = np.where(rows.end[begun] == NONE, longest, np.minimum(rows.duration[begun], longest))
    ended = (begin + lasted)[begin + lasted <= selection.as_of] // QUARTER - FIRST_QUARTER
    return pd.Series(axis.count_begun(rows.quarter[begun]) - axis.count_begun(ended), axis.index)
