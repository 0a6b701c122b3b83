"""The fast path: whole columns of events are parsed and judged at once, then joined into the event frame.

`parse_query.py` has DuckDB parse lines to JSON texts, the `leaves.py`. `parser.py` judges these by column, each
distinct value once (`vocabulary.py`) and times by `instants.py`; `assemble.py` joins many blocks into the event frame.
Every row that is not certainly good goes to the judge.
"""
