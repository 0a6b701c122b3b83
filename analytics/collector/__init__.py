"""How events arrive over HTTP.

`app.py` answers, `body.py` and `batch.py` read a request within its limits, `judging.py` tells good events from
bad ones, and `group_commit.py` keeps what many requests brought in one transaction; an answer follows its commit.
"""
