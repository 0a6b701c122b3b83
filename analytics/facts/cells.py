"""Cells: the distinct combinations that a fact's few-valued columns take.

A fact stores one int32, its cell. A small table says what each cell means. So a filter is decided once per cell and
then looked up per fact, and counting facts is one `bincount` whose result is again a small table.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

_TABLE_UP_TO_COMBINATIONS = 2**24  # up to this many possible combinations are numbered with a table, more by sorting


@dataclass(frozen=True)
class Cells:
    """`code` (int32) is the cell of each fact: a row of `table`, which has a column of integers for each part."""

    code: npt.NDArray[np.int32]
    table: pd.DataFrame

    @classmethod
    def of(cls, **parts: npt.NDArray[Any]) -> "Cells":
        """Combine columns of small integers, each at least -1."""
        sizes = {name: int(values.max(initial=-1)) + 2 for name, values in parts.items()}
        mixed = np.zeros(len(next(iter(parts.values()))), np.int64)
        for name, values in parts.items():
            mixed *= sizes[name]
            mixed += values
            mixed += 1
        distinct, code = _number_values(mixed, int(np.prod([float(size) for size in sizes.values()])))
        table: dict[str, npt.NDArray[Any]] = {}
        for name in reversed(parts):
            table[name] = (distinct % sizes[name] - 1).astype(parts[name].dtype)
            distinct = distinct // sizes[name]
        return cls(code, pd.DataFrame({name: table[name] for name in parts}))

    def count(self, chosen: npt.NDArray[np.bool_] | None = None) -> pd.DataFrame:
        """Return the table of cells with a column `count` (int64) of the `chosen` facts in each."""
        code = self.code if chosen is None else self.code[chosen]
        return self.table.assign(count=np.bincount(code, minlength=len(self.table)))


def _number_values(values: npt.NDArray[np.int64], size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the distinct values, sorted, and each value's place among them."""
    if size > _TABLE_UP_TO_COMBINATIONS:
        distinct, code = np.unique(values, return_inverse=True)
        return distinct, code.astype(np.int32)
    occurs = np.zeros(size, np.bool_)
    occurs[values] = True
    number = np.cumsum(occurs, dtype=np.int32) - 1
    return np.flatnonzero(occurs), number.astype(np.int32)[values]
