"""Equal rows: how many rows of a file that say the same came before each."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analytics.arrow_query import run_query_once

_Hashes = npt.NDArray[np.uint64]
_Counts = npt.NDArray[np.int64]


class EqualRows:
    """Counts equal rows over all blocks of a file; it keeps 16 bytes for each row that is unlike all before it.

    What was seen lies in sorted parts, of which small ones are joined, so that there are never many.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[_Hashes, _Counts]] = []

    def places(self, rows: pa.Table) -> _Counts:
        """Return for each row how many equal ones came before it, in this block or an earlier one."""
        names = ", ".join(rows.column_names)
        query = f"SELECT hash({names}) AS hash FROM equal_rows"
        hashes: _Hashes = run_query_once(query, "equal_rows", rows)["hash"].to_numpy()
        codes, distinct = pd.factorize(hashes)
        place = pd.Series(codes).groupby(codes).cumcount().to_numpy()
        known = self._count_known(distinct)
        self._note(distinct, np.bincount(codes, minlength=len(distinct)))
        places: _Counts = place + known[codes]
        return places

    def _count_known(self, hashes: _Hashes) -> _Counts:
        counts = np.zeros(len(hashes), np.int64)
        for known, count in self._parts:
            places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
            counts += np.where(known[places] == hashes, count[places], 0)
        return counts

    def _note(self, hashes: _Hashes, counts: _Counts) -> None:
        order = np.argsort(hashes)
        part = hashes[order], counts[order].astype(np.int64)
        while self._parts and len(self._parts[-1][0]) <= len(part[0]):
            part = _join(self._parts.pop(), part)
        if len(part[0]):
            self._parts.append(part)


def _join(one: tuple[_Hashes, _Counts], other: tuple[_Hashes, _Counts]) -> tuple[_Hashes, _Counts]:
    hashes, codes = np.unique(np.concatenate([one[0], other[0]]), return_inverse=True)
    counts = np.bincount(codes, np.concatenate([one[1], other[1]]), len(hashes)).astype(np.int64)
    return hashes, counts
