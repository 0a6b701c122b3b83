"""Appending: join an event frame and newer events."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.events.frame import CATEGORIES, COLUMN, EVENT_NAMES

Codes = npt.NDArray[np.int32]

_KEY = ["key_high", "key_low"]


def append(events: pd.DataFrame, newer: pd.DataFrame) -> pd.DataFrame:
    """Return one event frame with the events of both; users and chats keep their codes."""
    columns: dict[str, Any] = {}
    for name in events.columns:
        before, after = events[name], newer[name]
        if name in CATEGORIES:
            columns[name] = _join_categoricals(name, before.array, after.array)
        else:
            columns[name] = pd.concat([before, after], ignore_index=True)
    return pd.DataFrame(columns, copy=False)


def leave_out_known(events: pd.DataFrame, newer: pd.DataFrame) -> pd.DataFrame:
    """Return the newer events whose key none of the events has."""
    near = events.loc[events["key_high"].isin(newer["key_high"]), _KEY]
    if near.empty:
        return newer
    known = pd.MultiIndex.from_frame(newer[_KEY]).isin(pd.MultiIndex.from_frame(near))
    return newer[~known].reset_index(drop=True)


def _join_categoricals(name: str, before: Any, after: Any) -> "pd.Categorical[Any]":
    categories = _join_categories(name, before.categories, after.categories)
    known = before.codes if COLUMN[name].many else _translate_codes(before, categories)
    return pd.Categorical.from_codes(
        np.concatenate([known, _translate_codes(after, categories)]), categories=categories
    )


def _join_categories(name: str, before: pd.Index, after: pd.Index) -> pd.Index:
    new = after[before.get_indexer(after) < 0]
    if new.empty:
        return before
    union = before.append(new) if len(before) else new
    keep_order = COLUMN[name].many or name == "event"
    if not keep_order:
        return union.sort_values()
    return union if name != "event" else pd.Index([*EVENT_NAMES, *sorted(set(union) - set(EVENT_NAMES))])


def _translate_codes(part: Any, categories: pd.Index) -> Codes:
    if part.categories is categories:
        return np.asarray(part.codes, np.int32)
    places = np.append(categories.get_indexer(part.categories), -1).astype(np.int32)
    codes: Codes = places[part.codes]
    return codes
