"""Trends: the numbers of a selection by local day. Each frame is indexed by day, every day of the period."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.metrics.filters import Selection
from analytics.metrics.modes import NO_OUTCOME, OUTCOMES, outcomes
from analytics.metrics.rates import STEPS, message_steps
from analytics.metrics.response_time import MICROSECOND
from analytics.metrics.timeline import CREATED, RECEIVED, SENT, Ints
from analytics.metrics.waits import ANSWERED, WAITING

_FIRST_DAY = date(1970, 1, 1)


def period(selection: Selection) -> pd.DatetimeIndex:
    """Return the local days of the filter's period, or of the data where the filter is open, in order."""
    if selection.facts.oldest is None:
        return pd.DatetimeIndex([])
    ends = pd.to_datetime([selection.facts.oldest, selection.as_of], unit="us", utc=True)
    first, last = ends.tz_convert(selection.filter.timezone).date
    return pd.date_range(selection.filter.first_day or first, selection.filter.last_day or last, unit="s")


def messages(selection: Selection) -> pd.DataFrame:
    """Return messages `received` and `sent` (int64)."""
    return pd.DataFrame(
        {
            "received": _per_day(selection, selection.quarters_of(RECEIVED)),
            "sent": _per_day(selection, selection.quarters_of(SENT)),
        },
        index=period(selection),
    )


def contacts(selection: Selection) -> pd.DataFrame:
    """Return `new_contacts` and `first_time_writers` (int64), each user on the day of the first one."""
    return pd.DataFrame(
        {
            "new_contacts": _per_day(selection, selection.quarters_of(CREATED, first_only=True)),
            "first_time_writers": _per_day(selection, selection.quarters_of(RECEIVED, first_only=True)),
        },
        index=period(selection),
    )


def conversations(selection: Selection) -> pd.DataFrame:
    """Return conversations begun by outcome (int64, a column for each of `OUTCOMES`)."""
    outcome = outcomes(selection)
    quarter = selection.facts.conversations.quarter
    chosen = selection.conversations & (outcome != NO_OUTCOME)
    return pd.DataFrame(
        {name: _per_day(selection, quarter[chosen & (outcome == code)]) for code, name in enumerate(OUTCOMES)},
        index=period(selection),
    )


def responses(selection: Selection, kind: int, target: timedelta) -> pd.DataFrame:
    """Return of the waits of a kind begun each day: `median` and `p90` (seconds), `in_target`, `answered`.

    `in_target` is answered in time ÷ (answered + waiting for longer); missing where there is nothing to
    divide by.
    """
    rows, limit = selection.facts.waits, target // timedelta(microseconds=1)
    table = rows.cells.table
    state = np.where(table["kind"] == kind, table["state"], -1)[rows.cells.code]
    done = selection.waits & (state == ANSWERED)
    late = selection.waits & (state == WAITING)
    late[late] = selection.as_of - selection.facts.events.time[rows.begin[late]] > limit
    by_day = pd.Series(rows.duration[done]).groupby(_days(selection, rows.quarter[done]))
    counts = by_day.size()
    decided = counts.add(pd.Series(_days(selection, rows.quarter[late])).value_counts(), fill_value=0)
    in_time = pd.Series(_days(selection, rows.quarter[done])[rows.duration[done] <= limit]).value_counts()
    found = pd.DataFrame(
        {
            "median": by_day.quantile(0.5) / MICROSECOND,
            "p90": by_day.quantile(0.9) / MICROSECOND,
            "in_target": in_time.reindex(decided.index, fill_value=0) / decided,
            "answered": counts,
        }
    )
    return _on(period(selection), found)


def rates(selection: Selection) -> pd.DataFrame:
    """Return per message the share `delivered`, `read` and `replied` of those `sent` that day."""
    rows = selection.facts.messages
    cells = len(rows.cells.table)
    day = _days(selection, rows.quarter[selection.messages])
    pairs, counts = np.unique(day * np.int64(cells) + rows.cells.code[selection.messages], return_counts=True)
    table = rows.cells.table.iloc[pairs % cells].assign(count=counts)
    by_day = {number: message_steps(part) for number, part in table.groupby(pairs // cells)}
    steps = _on(period(selection), pd.DataFrame.from_dict(by_day, orient="index", columns=list(STEPS)))
    return steps.div(steps["sent"], axis=0).assign(sent=steps["sent"])


def _per_day(selection: Selection, quarters: Ints) -> npt.NDArray[np.int64]:
    """Count quarters of an hour by day of the period."""
    axis = period(selection)
    if not len(axis):
        return np.zeros(0, np.int64)
    first = (axis[0].date() - _FIRST_DAY).days
    counts = np.bincount(_days(selection, quarters) - first, minlength=len(axis))
    return counts[: len(axis)]


def _on(axis: pd.DatetimeIndex, found: pd.DataFrame) -> pd.DataFrame:
    """Spread rows indexed by days since 1970 over the days of `axis`."""
    days = found.index.to_numpy(np.int64).astype("M8[D]").astype("M8[s]")
    return found.set_axis(pd.DatetimeIndex(days)).reindex(axis)


def _days(selection: Selection, quarters: Ints) -> Ints:
    """Return the local day of each quarter of an hour, days since 1970."""
    return selection.calendar.day[quarters]
