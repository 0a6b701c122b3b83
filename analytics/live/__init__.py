"""Following the store: the latest events and facts of a project, kept up to date while somebody looks at them.

`followers.py` has one follower for each project, and `last_answers.py` what else pages show while the store is away.
`snapshots.py` keeps them beside the store from one start to the next: `packing.py` makes plain arrays of them, and
`arrow_file.py` stores these as they lie in memory, with checksums.
"""
