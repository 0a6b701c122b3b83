"""A dialog stays open while events arrive; the page behind it follows them once it is closed."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import expect

from analytics.store.event_store import open_store_at
from tests.browser import start
from tests.events_of import received

pytestmark = pytest.mark.xdist_group("browser 2")


@pytest.fixture
def key_and_app(tmp_path):
    url = f"duckdb:///{tmp_path}/events.duckdb"
    with closing(open_store_at(url)) as store:
        key = store.keys.create("crm", "shop")
    with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:
        yield key, address


def post(key, address, name):
    now = datetime.now(UTC) - timedelta(minutes=1)
    event = received(f"{now:%Y-%m-%d %H:%M:%S}", name, chat=name)
    body = json.dumps({"batch": [event]})
    assert requests.post(f"{address}/v1/capture", body, headers={"X-Write-Key": key}, timeout=30).status_code == 200


def test_a_dialog_stays_open_while_events_arrive(key_and_app, open_page):
    key, address = key_and_app
    post(key, address, "first")
    page = open_page("/?period=today", at=address, anew=True)
    conversations = page.locator(".st-key-card-conversations").get_by_test_id("stMetricValue")
    expect(conversations).to_have_text("1")
    page.locator(".st-key-card-conversations").get_by_role("button", name="How is this counted?").click()
    expect(page.get_by_role("dialog")).to_contain_text("The events behind it")
    post(key, address, "second")
    page.wait_for_timeout(12_000)  # its card follows after 5 s, and would be drawn with the whole page after 10 s
    expect(page.get_by_role("dialog")).to_contain_text("The events behind it")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(conversations).to_have_text("2")
