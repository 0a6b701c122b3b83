"""The sample data: two months of realistic traffic that end today, with some customers who wait."""

import io
from datetime import datetime, timedelta

import pandas as pd

from analytics.events.files.dump import read_dump
from analytics.events.validate import Validation, validate
from analytics.simulation.simulate import simulate

_EVENTS = 60_000
_DAYS = 60


def make_sample(now: datetime) -> Validation:
    """Return the sample data as they are on a day, up to this moment."""
    dump = io.BytesIO(b"".join(simulate(_EVENTS, seed=1, start=now.date() - timedelta(days=_DAYS - 1), days=_DAYS)))
    found = validate(read_dump(dump))
    past = _leave_some_waiting(found.events[found.events["timestamp"] <= now], now)
    return Validation(past, found.rejected, found.repeats)


def _leave_some_waiting(events: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Remove what followed every second handoff of the last day, so that some customers wait now, as in a real shop."""
    lately = events[(events["event"] == "agent.handoff") & (events["timestamp"] > now - timedelta(days=1))]
    since = lately.iloc[::2].groupby("user_id", observed=True)["timestamp"].min()
    passed_on = events["user_id"].astype("str").map(since.rename(str))
    return events[~(events["timestamp"] > passed_on)].reset_index(drop=True)
