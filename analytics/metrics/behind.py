"""The events behind a number: how many they are, and as the rows of a file, asked for by page."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analytics.events.export import to_table
from analytics.facts.timeline import Ints, Mask
from analytics.metrics.question import added_up, listed_by
from analytics.metrics.selection import Selection
from analytics.metrics.tally import Page, TopRows

Mark = Callable[..., Mask]
"""Marks some of a selection's events; it may be told what it is about."""


@added_up
def count_behind(selection: Selection, mark: Mark, *about: Any) -> int:
    """Return how many events are marked."""
    return int(np.count_nonzero(mark(selection, *about)))


def _take_behind(selection: Selection, page: Page, mark: Mark, *about: Any) -> TopRows:
    row, frame = selection.facts.events.row[mark(selection, *about)], selection.shard.frame
    count, time = len(row), frame["timestamp"].array.asi8
    if count > page.end:
        row = row[time[row] <= np.partition(time[row], page.end - 1)[page.end - 1]]
    order = {"time": time[row], **{name: frame[name].to_numpy()[row] for name in ("key_high", "key_low")}}
    first = np.lexsort([*reversed(order.values())])[: page.end]
    return TopRows(count, pd.DataFrame({name: values[first] for name, values in order.items()}, row[first]), page)


@listed_by(_take_behind)
def list_behind(selection: Selection, row: Ints, page: Page, mark: Mark, *about: Any) -> pd.DataFrame:  # noqa: ARG001
    """Return the marked events as our own tables hold them (see `to_table`), the oldest first."""
    told: pd.DataFrame = to_table(selection.shard.frame.iloc[row]).to_pandas(types_mapper=pd.ArrowDtype)
    return told
