"""How events arrive over HTTP.

`collector.py` answers. `body.py` and `batch.py` read a request within its limits and the budget of `in_flight.py`, and
`judging.py` separates good events from bad ones. `group_commit.py` keeps the events of many requests in one
transaction; each answer follows the commit.
"""
