"""Following the store: the latest events and facts of a project, kept up to date while somebody looks at them.

`snapshots.py` keeps them beside the store from one start to the next: `packing.py` makes plain arrays of them, and
`arrow_file.py` stores these as they lie in memory, with checksums.
"""
