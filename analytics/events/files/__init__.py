"""Files of events: what a file holds is decided by its content, never by its name.

`packed.py` unpacks compressed files, `dump.py` distinguishes JSON from tables and yields lines, and `choices.py` holds
what people tell us where a file leaves something open.
"""
