"""The page *Test the integration*: send events to a collector, and see the result.

`page.py` puts it together: the collector and the key (`connection.py`), then a tab for each way to test:
`full_check.py`, `one_event.py`, `scenarios.py`, `burst.py`, `edit_json.py`, `other_systems.py` and `listen.py`. What
they share: `analytics.events.samples` makes events, `exchange.py` shows a request with its answer.
"""
