"""Files of events: what a file holds is decided by its content, never by its name.

`packed.py` unpacks what is compressed, `dump.py` tells JSON from tables and yields lines, and `choices.py` holds what
people say of files that do not say enough themselves.
"""
