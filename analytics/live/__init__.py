"""Following the store: the latest events and facts of a project, kept up to date while somebody looks at them.

`snapshots.py` keeps them beside the store from one start to the next; `mapped.py` stores them as they lie in memory.
"""
