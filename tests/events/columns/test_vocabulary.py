"""The distinct values of a column: each has one code, however often its text is forgotten."""

import json

import numpy as np
import pyarrow as pa

from analytics.events.columns import vocabulary
from analytics.events.columns.vocabulary import Vocabulary


def test_a_text_that_was_forgotten_gets_the_code_it_had(monkeypatch):
    monkeypatch.setattr(vocabulary, "_MANY", 2)
    judged = []

    def judge(texts):
        judged.append(texts)
        return [json.loads(text).upper() for text in texts]

    words = Vocabulary(judge)
    found = [
        words.encode(pa.array(texts)).tolist()
        for texts in (['"a"', '"b"', '"c"', None], ['"c"', '"d"'], ['"a"', '"A"', '"c"'])
    ]
    assert found == [[0, 1, 2, -1], [2, 3], [0, 0, 2]]
    assert words.values == ["A", "B", "C", "D"]
    assert judged == [['"a"', '"b"', '"c"'], ['"d"'], ['"a"', '"A"']]
    assert words.decode(np.array([3, -1, 0, -2]), pa.string()).to_pylist() == ["D", None, "A", None]
