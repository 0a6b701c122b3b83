"""Tables as dumps: CSV, TSV, Excel and Parquet, in whatever shape a CRM exports them.

`reading.py` gives the rows of a table as texts, `matching.py` says which column holds what, and `to_events.py`
writes each row as the events it stands for, which are then validated like all others.
"""
