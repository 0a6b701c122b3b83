"""While events come all the time, cards follow within seconds, and whole pages are drawn again now and then."""

import time
from contextlib import closing

import requests

from analytics.store.event_store import open_store_at
from analytics.ui.data import live
from tests.browser import start
from tests.events_of import received
from tests.tab import open_tab


def test_cards_follow_soon_and_whole_pages_rest(tmp_path):
    url = f"duckdb:///{tmp_path}/events.duckdb"
    with closing(open_store_at(url)) as store:
        key = store.keys.create("crm", "shop")
    with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:

        def post(number):
            batch = {"batch": [received("06:30", f"m{number}", chat=f"chat {number}")]}
            requests.post(f"{address}/v1/capture", json=batch, headers={"X-Write-Key": key}, timeout=30)

        post(1)
        with open_tab(address) as tab:
            until = time.monotonic() + 30
            while not tab.numbers:
                assert time.monotonic() < until
                tab.look(0.2)
            began = time.monotonic()
            for number in range(2, 14):
                post(number)
                tab.look(1)
            seconds = time.monotonic() - began
    shown = tab.numbers["Conversations"]
    assert shown[0] == "1"
    assert int(shown[-1]) >= 5
    assert len(set(shown)) >= 3, "the cards followed"
    assert tab.whole_pages <= 1 + seconds / live._BETWEEN_PAGES_SECONDS  # noqa: SLF001
