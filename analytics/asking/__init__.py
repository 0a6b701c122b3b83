"""What commands ask of the event store, be it theirs to open or held by a running process.

The embedded store belongs to one process. While the app or a collector runs, it answers the commands of the same user
over loopback; without one, they open the store themselves. What can be asked is listed in `store_questions.py`:
functions of the store and plain values. PostgreSQL, which many processes may use, a command always opens itself.
"""
