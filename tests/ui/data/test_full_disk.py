"""While nothing new can be stored, open pages say so above numbers that are right; then they go on by themselves."""

import time
from contextlib import closing

import requests

from analytics.store.event_store import open_store_at
from tests.browser import start
from tests.events_of import received
from tests.full_disk import full
from tests.tab import open_tab

FULL = "New events are not stored"


def test_pages_say_that_the_disk_is_full_until_it_is_not(small_disk):
    folder = small_disk(64)
    url = f"duckdb:///{folder}/events.duckdb"
    with closing(open_store_at(url)) as store:
        key = store.keys.create("crm", "shop")
    with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:

        def post(name):
            batch = {"batch": [received("06:30", name, chat=name)]}
            return requests.post(f"{address}/v1/capture", json=batch, headers={"X-Write-Key": key}, timeout=30)

        def look_until(tab, done):
            until = time.monotonic() + 30
            while not done():
                assert time.monotonic() < until
                tab.look(0.2)

        assert post("first").status_code == 200
        with open_tab(address) as tab:
            look_until(tab, lambda: tab.numbers)
            assert not tab.alerts
            with full(folder):
                look_until(tab, lambda: tab.alerts)
                assert FULL in tab.alerts[0]
                assert tab.numbers["Conversations"][-1] == "1"
            look_until(tab, lambda: not tab.alerts)
            assert post("second").status_code == 200
            look_until(tab, lambda: tab.numbers["Conversations"][-1] == "2")
