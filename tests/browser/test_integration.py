"""Connecting a program: from the first key to numbers that move, in a real browser."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from analytics import METRICS
from tests.browser import start
from tests.browser.steps import open_tab, rows_of, settle

pytestmark = pytest.mark.xdist_group("browser 2")

PROMISES = [
    "Reached",
    "Key accepted",
    "Valid",
    "Stored",
    "Sent again and counted once",
    "Statuses joined their message",
    "On the dashboard",
]


@pytest.fixture(scope="module")
def server(browser):  # noqa: ARG001  # without a browser none is started
    """An app with a store of its own, in which these tests may leave events."""
    with start.app() as address:
        yield address


def make_key(page, name, project=None):
    page.get_by_role("textbox", name="Name").fill(name)
    if project:
        page.get_by_test_id("stForm").get_by_role("combobox", name="Project").fill(project)
        page.get_by_role("option", name=re.compile(project)).click()
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_text("Copy it now")).to_be_visible()
    return page.get_by_test_id("stCode").first.inner_text().strip()


def test_a_key_is_made_the_full_check_ticks_and_the_dashboard_shows_all_metrics(open_page):
    page = open_page("/")
    page.get_by_role("button", name="Make a connection").click()
    key = make_key(page, "CRM", "first steps")
    assert key.startswith("wk_")
    page.get_by_role("button", name="Test the integration with this key").click()
    page.get_by_text("Count them like real traffic").click()
    settle(page)
    page.get_by_role("button", name="Run full check").click()
    expect(page.get_by_text("All seven checks passed.")).to_be_visible()
    for promise in PROMISES:
        tick = page.locator(".st-key-ticks").get_by_test_id("stMarkdown").filter(has_text=f"{promise} ·")
        expect(tick).to_contain_text("check_circle")
    expect(page.get_by_role("heading", name=f"{len(METRICS)} of {len(METRICS)} numbers changed")).to_be_visible()
    assert key not in page.url
    page.get_by_role("button", name="Open the dashboard").click()
    expect(page.get_by_role("heading", name="All metrics")).to_be_visible()
    settle(page)
    assert key not in page.url
    found = {row[0]: row[1:3] for row in rows_of(page)}
    assert found["Response time (any reply)"] == ["1 min", "1 min"]
    assert found["Daily new contacts"] == ["1", "1"]
    assert found["Read rate"] == ["100 % (1 of 1)", "100 % (1 of 1)"]


def test_the_field_of_a_broken_event_is_named_beside_it(open_page):
    page = open_page("/test_integration")
    page.get_by_role("button", name="Make a key for this test").click()
    expect(page.get_by_text("put it into the field")).to_be_visible()
    open_tab(page, "One event")
    page.get_by_role("textbox", name="userId *").fill("0712345678")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("0 accepted, 0 duplicates, 1 rejected")).to_be_visible()
    beside = page.get_by_test_id("stForm").get_by_role("alert")
    expect(beside).to_have_count(1)
    expect(beside).to_contain_text("This phone number has no country code")
    field, words = page.get_by_role("textbox", name="userId *").bounding_box(), beside.bounding_box()
    assert 0 < words["y"] - field["y"] < 120
    assert abs(words["x"] - field["x"]) < 30


def test_a_burst_is_stopped_and_says_how_far_it_came(open_page):
    page = open_page("/test_integration")
    page.get_by_role("button", name="Make a key for this test").click()
    expect(page.get_by_text("put it into the field")).to_be_visible()
    open_tab(page, "Burst")
    page.get_by_text("100,000", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Send them").click()
    expect(page.get_by_text(re.compile("[0-9]00 of 100,000 sent"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile("Stopped after [0-9,]+ of 100,000 events"))).to_be_visible()
    page.get_by_role("button", name="Delete all test events").click()
    deleted = page.get_by_text(re.compile("[0-9,]+ test events deleted"))
    expect(deleted).to_be_visible()
    page.wait_for_timeout(6_000)  # in which the page is drawn again, as the events are gone
    expect(deleted).to_be_visible()


def test_what_another_program_sends_is_heard_without_a_reload(open_page):
    page = open_page("/test_integration")
    page.get_by_role("button", name="Make a key for this test").click()
    expect(page.get_by_text("put it into the field")).to_be_visible()
    open_tab(page, "Listen")
    expect(page.get_by_text("Nothing has come yet")).to_be_visible()
    key = page.get_by_role("textbox", name="Connection key").input_value()
    sent = page.request.post(
        page.url.split("/test_integration")[0] + "/v1/capture", headers={"X-Write-Key": key}, data=EVENTS
    )
    assert sent.json()["accepted"] == 1
    expect(page.get_by_text("message.sent · 1")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("100 % of message.sent events not by the bot lack agentId")).to_be_visible()


EVENTS = {
    "batch": [
        {
            "event": "message.sent",
            "userId": "+254712345678",
            "timestamp": "2026-01-20T06:31:00Z",
            "context": {"channel": "whatsapp", "test": True},
            "properties": {"messageId": "m1", "chatId": "c1", "direction": "outbound", "contentType": "text"},
        }
    ]
}


def test_a_key_is_revoked_after_a_question(open_page):
    page, name = open_page("/connections"), f"Old program {uuid4().hex}"
    make_key(page, name)
    page.get_by_role("button", name="I have copied it").click()
    row = page.locator("[class*=st-key-key_]").filter(has_text=name)
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("button", name="Revoke connection").click()
    expect(page.get_by_text(re.compile(r"Revoked connections \([0-9]+\)"))).to_be_visible()
    expect(row).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_the_pages_are_whole_on_a_desk_by_day_and_on_a_phone_by_night(open_page, scheme, width):
    page = open_page("/connections", width=width, scheme=scheme)
    make_key(page, f"Program of {scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Test the integration with this key").click()
    for name in ("One event", "Scenario", "Burst", "JSON", "Other systems", "Listen", "Full check"):
        open_tab(page, name)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
