"""The fast path: whole columns of events are parsed and judged at once, and put together to the event frame.

`parse_query.py` has DuckDB parse lines to JSON texts, `parser.py` judges these by column with `instants.py` for times,
and `assemble.py` makes the event frame of many blocks. Whatever is not certainly good is left to the judge.
"""
