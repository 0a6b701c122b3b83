"""Following the store: the latest events and facts of a project, kept for as long as somebody looks at them.

`snapshots.py` keeps them beside the store from one start to the next, by `mapped.py` as they lie in memory.
"""
