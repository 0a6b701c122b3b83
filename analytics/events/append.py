"""Appending: an event frame with newer events after it."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.events.frame import CATEGORIES, COLUMN, EVENT_NAMES

Codes = npt.NDArray[np.int32]


def append(events: pd.DataFrame, newer: pd.DataFrame) -> pd.DataFrame:
    """Return the event frame of both; users and chats keep their codes."""
    columns: dict[str, Any] = {}
    for name in events.columns:
        before, after = events[name], newer[name]
        if name in CATEGORIES:
            columns[name] = _categorical(name, before.array, after.array)
        else:
            columns[name] = pd.concat([before, after], ignore_index=True)
    return pd.DataFrame(columns, copy=False)


def _categorical(name: str, before: Any, after: Any) -> "pd.Categorical[Any]":
    categories = _union(name, before.categories, after.categories)
    known = before.codes if COLUMN[name].many else _translated(before, categories)
    return pd.Categorical.from_codes(np.concatenate([known, _translated(after, categories)]), categories=categories)


def _union(name: str, before: pd.Index, after: pd.Index) -> pd.Index:
    new = after[before.get_indexer(after) < 0]
    if new.empty:
        return before
    union = before.append(new) if len(before) else new
    keep_order = COLUMN[name].many or name == "event"
    if not keep_order:
        return union.sort_values()
    return union if name != "event" else pd.Index([*EVENT_NAMES, *sorted(set(union) - set(EVENT_NAMES))])


def _translated(part: Any, categories: pd.Index) -> Codes:
    if part.categories is categories:
        return np.asarray(part.codes, np.int32)
    places = np.append(categories.get_indexer(part.categories), -1).astype(np.int32)
    codes: Codes = places[part.codes]
    return codes
