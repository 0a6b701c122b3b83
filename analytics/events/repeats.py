"""Repeats: events that came again. The first of each identity counts; we report in what the later ones differ."""

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.events.frame import STORED, Column

Repeats = Counter[tuple[str, tuple[str, ...]]]
"""How many events came again, by name and by the fields that differ from the first; `()` means that none differ."""

_CONTENT = tuple(column for column in STORED if column.name != "event")

_Places = npt.NDArray[np.intp]


def find_repeats(events: pd.DataFrame) -> Repeats:
    """Return the repeats in an event frame in which an identity may occur more than once."""
    first, again = _pair_with_first(events)
    differing = np.zeros(len(again), np.int64)  # a bit for each field
    for place, column in enumerate(_CONTENT):
        differing |= _find_differing(events[column.name], first, again).astype(np.int64) << place
    names, codes = events["event"].cat.categories, events["event"].array.codes[again]
    counts = pd.DataFrame({"event": codes, "differing": differing}).value_counts()
    return Counter({
        (str(names[event]), tuple(field for place, field in enumerate(_FIELDS) if bits >> place & 1)): number
        for (event, bits), number in zip(counts.index.tolist(), counts.tolist(), strict=True)
    })  # fmt: skip


def _field(column: Column) -> str:
    """Return what a column is called where events differ in it: `userId`, `chatId`, `deliveredAt or readAt`."""
    sources = [source.removeprefix("properties.") for source in column.sources]
    return "other properties" if column.name == "properties" else " or ".join(sources)


_FIELDS = tuple(map(_field, _CONTENT))


def _pair_with_first(events: pd.DataFrame) -> tuple[_Places, _Places]:
    """Return for each repeat the place of the first event of its identity, and its own place."""
    identities = pd.MultiIndex.from_frame(events[["key_high", "key_low"]])
    group, _ = pd.factorize(identities)
    earliest = np.full(len(events), len(events), np.intp)
    np.minimum.at(earliest, group, np.arange(len(events)))
    first = earliest[group]
    again = np.flatnonzero(first != np.arange(len(events)))
    return first[again], again


def _find_differing(column: pd.Series, first: _Places, again: _Places) -> npt.NDArray[np.bool_]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes: npt.NDArray[Any] = column.array.codes
        return np.asarray(codes[first] != codes[again], np.bool_)
    one, other = column.take(first).array, column.take(again).array
    return np.asarray(one != other, np.bool_) & ~np.asarray(pd.isna(one) & pd.isna(other), np.bool_)
