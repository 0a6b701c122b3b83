"""The page *Test the integration*: events sent to a collector, and what came of them.

`page.py` puts it together: what to send to and with which key (`connection.py`), then a tab each:
`full_check.py`, `one_event.py`, `scenarios.py`, `burst.py`, `edit_json.py` and `listen.py`. What they share:
`analytics.events.samples` makes events, `exchange.py` shows a request with its answer.
"""
