"""How far the cells of a sheet reach, found before a reader holds all up to the last, filled or not."""

import numpy as np
import numpy.typing as npt

from analytics.events.dump_error import DumpError

MOST_CELLS = 30_000_000
"""A full sheet of 1,048,576 rows and 28 columns."""

_MOST_UNFILLED = 2_000_000
_MOST_A_FILLED_ONE = 20
"""Beyond `_MOST_UNFILLED` cells, one of so many is filled at least."""

_UPPER = 0xDF

_REFERENCE = b'r="'
_MOST_LETTERS, _MOST_DIGITS = 3, 10
_OVERLAP = len(_REFERENCE) + _MOST_LETTERS + _MOST_DIGITS


class Extent:
    """How far the cells of a sheet reach and how many there are, by their references (`r="C7"`)."""

    def __init__(self) -> None:
        self._rows = self._columns = self._filled = 0
        self._rest = b""

    def look_at(self, xml: bytes) -> None:
        """Look at the next part of a sheet's XML."""
        whole = self._rest + xml
        text, end = np.frombuffer(whole, np.uint8), max(0, len(whole) - _OVERLAP)
        found = text[:end] == _REFERENCE[0]
        for place, letter in enumerate(_REFERENCE[1:], 1):
            found &= text[place : end + place] == letter
        self._note(text, np.flatnonzero(found) + len(_REFERENCE))
        self._rest = whole[end:]

    def _note(self, text: npt.NDArray[np.uint8], places: npt.NDArray[np.int64]) -> None:
        """Note the cells whose references begin at places of a text."""
        column, row = np.zeros((2, len(places)), np.int64)
        for _ in range(_MOST_LETTERS):
            letter = text[places] & _UPPER
            is_letter = (letter >= ord("A")) & (letter <= ord("Z"))
            column = np.where(is_letter, column * 26 + letter - (ord("A") - 1), column)
            places = places + is_letter
        for _ in range(_MOST_DIGITS):
            digit = text[places]
            is_digit = (digit >= ord("0")) & (digit <= ord("9"))
            row = np.where(is_digit, row * 10 + digit - ord("0"), row)
            places = places + is_digit
        is_cell = (column > 0) & (row > 0)
        self._filled += int(np.count_nonzero(is_cell))
        self._columns = max(self._columns, int(column.max(initial=0, where=is_cell)))
        self._rows = max(self._rows, int(row.max(initial=0, where=is_cell)))

    def check(self) -> None:
        """Refuse a sheet whose cells reach too far.

        Raises:
            DumpError: saying how far, and what to do.
        """
        cells = self._rows * self._columns
        where = f"The cells of this sheet reach to row {self._rows:,} and column {self._columns:,}"
        if cells > max(_MOST_UNFILLED, _MOST_A_FILLED_ONE * self._filled):
            raise DumpError(
                f"{where}, but only {self._filled:,} of them are filled: delete the empty rows and columns after the "
                "table, or save it as CSV."
            )
        if cells > MOST_CELLS:
            raise DumpError(f"{where}, which is more than {MOST_CELLS:,} cells: split the sheet, or save it as CSV.")
