"""Tallies: what some customers add to a number, small enough to be sent, so that the data may lie in several shards.

A shard holds the facts of some customers, whole. Every number is `conclude(merge(tally(shard) for each shard))`: no
fact depends on two customers, sums are whole numbers, and values are put in order only in the end, so that neither how
customers are divided nor the order of merging can change a bit of it. Of a list, the shards tally which rows come
first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.facts.facts import Facts
from analytics.facts.names import names_of
from analytics.metrics.filters import NOBODY, UNKNOWN

Tally = Any
"""A count, a series or frame of counts (int64) by names, values, top rows, or tallies by name.

Values are an array, or a list where they are whole things.
"""

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


@dataclass(frozen=True)
class Page:
    """Which rows of a list are asked for: at most `most` from the place `first` on, which counts from 0."""

    first: int
    most: int

    @property
    def end(self) -> int:
        """How many rows of a list have to be known for it."""
        return self.first + self.most


@dataclass(frozen=True)
class TopRows:
    """The rows that come first in a list, as many as a page needs, and the `count` of all.

    The columns of `frame` are what the rows are in order by, one after the other, the least first; no two customers
    have rows that are equal in all of them. Its index says where each row is: in which shard, and at which place there.
    """

    count: int
    frame: pd.DataFrame
    page: Page

    def of_shard(self, number: int) -> "TopRows":
        """Return the same rows as those of a shard."""
        index = pd.MultiIndex.from_product([[number], self.frame.index])
        return TopRows(self.count, self.frame.set_axis(index), self.page)

    @classmethod
    def merge(cls, parts: Sequence["TopRows"]) -> "TopRows":
        """Return the top rows of all, from those of some each."""
        rows = pd.concat([part.frame for part in parts if len(part.frame)] or [parts[0].frame])
        rows = rows.sort_values([*rows.columns], kind="stable").head(parts[0].page.end)
        return cls(sum(part.count for part in parts), rows, parts[0].page)


def merge(tallies: Sequence[Tally]) -> Tally:
    """Return the tally of all customers, from those of some each."""
    return tallies[0] if len(tallies) == 1 else _MERGE[type(tallies[0])](tallies)


def _merge_each(tallies: Sequence[dict[str, Tally]]) -> dict[str, Tally]:
    names = dict.fromkeys(name for tally in tallies for name in tally)
    return {name: merge([tally[name] for tally in tallies if name in tally]) for name in names}


def _add_up(tallies: Sequence[Any]) -> Any:
    return pd.concat(tallies).groupby(level=list(range(tallies[0].index.nlevels))).sum()


_MERGE: dict[type, Callable[[Sequence[Any]], Any]] = {
    int: sum,
    pd.Series: _add_up,
    pd.DataFrame: _add_up,
    np.ndarray: np.concatenate,
    list: lambda tallies: [value for tally in tallies for value in tally],
    dict: _merge_each,
    TopRows: TopRows.merge,
}
"""Each kind of tally, and how it is merged: counts are added, values put together, top rows chosen anew."""


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
