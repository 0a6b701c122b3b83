"""Vocabularies: the distinct values of a column, each judged once and known by a code from then on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import ValidationError

MISSING, DOUBTFUL = -1, -2
"""The code of a missing value, and of a value that only the judge of whole events may reject."""

Codes = npt.NDArray[np.int32]

_MANY = 30_000
"""Beyond this many texts, such as the customers of a large file, few come again soon: the others are forgotten."""


class Vocabulary:
    """The distinct values of one column. Each is judged once and then known by its code."""

    def __init__(self, judge: Callable[[list[str]], list[Any]]) -> None:
        """Take a `judge` that turns JSON texts into values, None for a missing one, or raises."""
        self.values: list[Any] = []
        self._judge = judge
        self._code_of_value: dict[Any, int] = {None: MISSING}
        self._code_of_text: dict[str, int] = {}

    def code(self, value: object) -> int:
        """Return the code of a valid value."""
        code = self._code_of_value.setdefault(value, len(self.values))
        if code == len(self.values):
            self.values.append(value)
        return code

    def encode(self, column: pa.Array) -> Codes:
        """Return the code of each JSON text."""
        if column.null_count == len(column):
            return np.full(len(column), MISSING, np.int32)
        encoded = column.dictionary_encode()
        codes: Codes = np.array([*self._codes(encoded.dictionary.to_pylist()), MISSING], np.int32)
        # The last serves missing values, whose index is -1.
        indices: Codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return codes[indices]

    def decode(self, codes: npt.NDArray[Any], kind: pa.DataType) -> pa.Array:
        """Return the values of codes, missing for those below 0."""
        known = pa.array([*self.values, None], kind)
        return known.take(pa.array(np.where(codes < 0, len(known) - 1, codes.astype(np.intp))))

    def _codes(self, texts: list[str]) -> list[int]:
        if not all(text in self._code_of_text for text in texts):
            self._learn(texts)
        return [self._code_of_text[text] for text in texts]

    def _learn(self, texts: list[str]) -> None:
        """Learn the texts that are not known yet. If too many are known, only those of `texts` are remembered."""
        known = self._code_of_text
        new = [text for text in texts if text not in known]
        if len(known) > _MANY:
            self._code_of_text = known = {text: known[text] for text in texts if text in known}
        try:
            codes = [self.code(value) for value in self._judge(new)]
        except ValidationError:
            codes = [self._judge_one(text) for text in new]
        known.update(zip(new, codes, strict=True))

    def _judge_one(self, text: str) -> int:
        try:
            return self.code(self._judge([text])[0])
        except ValidationError:
            return DOUBTFUL
