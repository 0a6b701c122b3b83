"""Tallies: what some customers add to a number, small enough to be sent, so that the data may lie in several shards.

A shard holds the facts of some customers, whole. Every number is `conclude(merge(tally(shard) for each shard))`: no
fact depends on two customers, sums are whole numbers, and values are put in order only in the end, so that neither how
customers are divided nor the order of merging can change a bit of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics.facts.facts import Facts
from analytics.facts.names import names_of
from analytics.metrics.filters import NOBODY, UNKNOWN

Tally = Any
"""A count, a series or frame of counts (int64) by names, an array of values, or tallies by name."""

NOT_GIVEN = "Not given"
UNKNOWN_ERROR = "unknown"
"""The code of a failure that names none."""

_NAMES = {
    "agent": ("agents", NOBODY),
    "country": ("countries", UNKNOWN),
    "template": ("templates", NOT_GIVEN),
    "content_type": ("content_types", NOT_GIVEN),
    "error": ("errors", UNKNOWN_ERROR),
    "reason": ("reasons", NOT_GIVEN),
    "step": ("steps", NOT_GIVEN),
}
"""What the codes of a part stand for: the place of their names in `Facts`, and the name of NONE."""


def merge(tallies: Sequence[Tally]) -> Tally:
    """Return the tally of all customers, from those of some each."""
    first = tallies[0]
    if len(tallies) == 1:
        return first
    if isinstance(first, Mapping):
        names = dict.fromkeys(name for tally in tallies for name in tally)
        return {name: merge([tally[name] for tally in tallies if name in tally]) for name in names}
    if isinstance(first, int):
        return sum(tallies)
    if isinstance(first, pd.Series | pd.DataFrame):
        return pd.concat(tallies).groupby(level=list(range(first.index.nlevels))).sum()
    return np.concatenate(tallies)


def count_by(cells: pd.DataFrame, facts: Facts, *parts: str) -> pd.Series:
    """Return counted cells as a series of counts (int64) by some of their parts, codes of which have their names.

    The index has a level for each part; what does not occur is left out.
    """
    counts = cells.groupby(list(parts), sort=False)["count"].sum()
    counts = counts[counts > 0]
    levels = [name_codes(facts, part, counts.index.get_level_values(part).to_numpy()) for part in parts]
    counts.index = (
        pd.MultiIndex.from_arrays(levels, names=parts) if len(parts) > 1 else pd.Index(levels[0], name=parts[0])
    )
    return counts


def count_names(facts: Facts, part: str, codes: Any) -> pd.Series:
    """Return how often each code of a part occurs, as a series of counts (int64) by what it stands for."""
    found, counts = np.unique(codes, return_counts=True)
    return pd.Series(counts, pd.Index(name_codes(facts, part, found), name=part))


def divide_by_name(facts: Facts, part: str, codes: Any, values: Any) -> dict[str, Any]:
    """Return values, one for each code of a part, by what the code stands for."""
    order = np.argsort(codes, kind="stable")
    found, begins = np.unique(codes[order], return_index=True)
    names = name_codes(facts, part, found)
    return dict(zip(names, np.split(values[order], begins[1:]), strict=True)) if len(found) else {}


def in_order(names: pd.Index) -> pd.Index:
    """Return names in the order in which readers expect them: first that of what is missing, then by name."""
    missing = {name for _, name in _NAMES.values()}
    return pd.Index(sorted(names, key=lambda name: (name not in missing, name)), dtype=object)


def name_codes(facts: Facts, part: str, codes: Any) -> Any:
    """Return what the codes of a part stand for, as shards number names each in its way; other codes as they are."""
    if part not in _NAMES:
        return codes
    known, missing = _NAMES[part]
    return names_of(codes, getattr(facts, known), missing)
