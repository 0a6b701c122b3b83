"""WhatsApp without code: what it delivered is dropped and read, and a connection to it is made, verified and used."""

import json
import os
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from analytics.events.adapters.signatures import sign
from tests.browser import start
from tests.browser.steps import drop, open_tab, settle
from tests.events.adapters.payloads import cloud, received, status

pytestmark = pytest.mark.xdist_group("browser 2")

DUMP = Path(__file__).parents[1] / "cases" / "dumps" / "cloud_api_webhooks.ndjson"


@pytest.fixture(scope="module")
def server(browser):  # noqa: ARG001  # without a browser none is started
    """An app with a store of its own, in which these tests may leave events."""
    with start.app() as address:
        yield address


def look(page, name):
    """Take a picture where somebody wants to see the page."""
    if folder := os.environ.get("LOOK_AT"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_dump_of_what_whatsapp_delivered_is_dropped_and_read(open_page):
    page = open_page("/import_events")
    drop(page, DUMP)
    expect(page.get_by_text("All events can be used.")).to_be_visible()
    received_events = page.get_by_test_id("stMetric").filter(has_text="Events received")
    expect(received_events.get_by_test_id("stMetricValue")).to_have_text("4")
    look(page, "import")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_a_connection_to_whatsapp_is_made_verified_and_shows_its_first_event(open_page, server, scheme, width):
    page = open_page("/connections", width=width, scheme=scheme)
    page.get_by_role("radio", name="WhatsApp Cloud API").click()
    settle(page)
    page.get_by_role("textbox", name="Name").fill(f"Number of {scheme}")
    page.get_by_role("textbox", name="App secret").fill("an app secret")
    look(page, f"connect-{width}")
    page.get_by_role("button", name="Connect WhatsApp Cloud API").click()
    expect(page.get_by_text("We show it only this once")).to_be_visible()
    look(page, f"shown-once-{width}")
    address, token = (page.get_by_test_id("stCode").nth(place).inner_text().strip() for place in (0, 1))
    assert address.startswith(f"{server}/v1/webhooks/wh_")
    row = page.locator("[class*=st-key-key_]").filter(has_text=f"Number of {scheme}")
    expect(row).to_contain_text("Meta has not verified the address yet")

    asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    assert requests.get(address, params=asked, timeout=30).text == "1158201444"
    expect(row).to_contain_text("The address is verified, but no event has come yet")
    body = json.dumps(received()).encode()
    headers = {"X-Hub-Signature-256": sign("cloud_api", "an app secret", body)}
    assert requests.post(address, body, headers=headers, timeout=30).json()["received"] == 1
    expect(row).to_contain_text("First event received on")

    page.get_by_role("button", name="I have entered it").click()
    expect(page.get_by_text("We show it only this once")).to_have_count(0)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    look(page, f"connections-{width}")


def test_what_is_not_understood_is_named_under_data_health(open_page):
    page = open_page("/connections")
    page.get_by_role("radio", name="WhatsApp Cloud API").click()
    settle(page)
    page.get_by_role("textbox", name="Name").fill("Odd number")
    page.get_by_role("textbox", name="App secret").fill("an app secret")
    page.get_by_role("button", name="Connect WhatsApp Cloud API").click()
    expect(page.get_by_text("We show it only this once")).to_be_visible()
    address = page.get_by_test_id("stCode").first.inner_text().strip()
    for payload in (received(7), cloud(statuses=[status("levitated")])):
        body = json.dumps(payload).encode()
        headers = {"X-Hub-Signature-256": sign("cloud_api", "an app secret", body)}
        assert requests.post(address, body, headers=headers, timeout=30).status_code == 200
    page = open_page("/data_health")
    expect(page.get_by_role("heading", name="Payloads of other systems that we did not understand")).to_be_visible()
    expect(page.get_by_text("levitated")).to_be_attached()
    look(page, "data-health")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_sample_of_each_system_shows_what_became_of_it(open_page, width):
    page = open_page("/test_integration", width=width)
    open_tab(page, "Other systems")
    for system, label in (("WhatsApp Cloud API", "Deliver"), ("Chatwoot", "Deliver"), ("Twilio", "Read")):
        page.get_by_role("radio", name=system).click()
        settle(page)
        page.get_by_role("button", name=f"{label} a sample").click()
        expect(page.get_by_text("The result")).to_be_visible()
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        look(page, f"sample-{system.split()[0]}-{width}")


def test_the_old_address_still_opens(open_page):
    page = open_page("/connection_keys?data=sample&country=KE&country=NG")
    expect(page.get_by_role("heading", name="Connections", exact=True)).to_be_visible()
    page.wait_for_url("**/connections?*country=KE&country=NG*")
