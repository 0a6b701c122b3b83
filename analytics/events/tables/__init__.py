"""Tables as dumps: CSV, TSV, Excel and Parquet, in whatever shape a CRM exports them.

`reading.py` gives the rows of a table as texts, of any encoding (`encodings.py`). `matching.py` says how a table is
read; `proposing.py` finds the likeliest way from names and contents (`evidence.py`), or knows the table
(`known_exports.py`). `values.py` gives the values of cells, times by `written_times.py`, and `to_events.py` writes each
row as the events it stands for, which are then validated like all others.
"""
