"""Saved views in a real browser: a person saves one, opens it again, copies its link and lets the app begin with it."""

import io
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from analytics import read_dump, validate
from analytics.simulation import simulate
from analytics.store.event_store import open_store_at
from tests.browser import start
from tests.browser.steps import choose_several, settle

pytestmark = pytest.mark.xdist_group("browser 2")


@pytest.fixture
def shop(tmp_path):
    """An app that has events of this week stored; named before `open_page`, it outlives its pages."""
    url = f"duckdb:///{tmp_path}/events.duckdb"
    with closing(open_store_at(url)) as store:
        project = store.create_project("shop").id
        events = io.BytesIO(b"".join(simulate(500, seed=5, start=datetime.now(UTC).date() - timedelta(days=6), days=5)))
        store.add_import(project, validate(read_dump(events)), file="events.ndjson", digest="")
    with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:
        yield address


def sidebar(page):
    return page.get_by_test_id("stSidebar")


def heading(page, name):
    return page.get_by_role("heading", name=name, exact=True)


def test_a_view_is_saved_opened_copied_and_made_the_first_of_the_app(shop, open_page):
    page = open_page("/agents?period=all", at=shop, anew=True)
    expect(heading(page, "Agents")).to_be_visible()
    choose_several(page, "Country", "Kenya")
    sidebar(page).get_by_text("Save or share this view").click()
    sidebar(page).get_by_placeholder("Kenya on Mondays").fill("Kenya’s agents")
    sidebar(page).get_by_placeholder("Kenya on Mondays").press("Enter")
    settle(page)
    sidebar(page).get_by_role("button", name="Save this view").click()
    expect(sidebar(page).get_by_text("“Kenya’s agents” is saved.")).to_be_visible()

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    settle(page)
    sidebar(page).get_by_role("button", name="Copy the link").click()
    copied = urlsplit(page.evaluate("navigator.clipboard.readText()"))
    assert copied.path == "/agents"
    chosen = {"period": ["all"], "project": ["shop"], "tz": ["Africa/Nairobi"], "country": ["KE"]}
    assert parse_qs(copied.query) == chosen

    other = open_page("/", at=shop)
    expect(heading(other, "Overview")).to_be_visible()
    settle(other)
    steps = other.evaluate("history.length")
    sidebar(other).get_by_role("link", name="Kenya’s agents", exact=True).click()
    expect(heading(other, "Agents")).to_be_visible()
    settle(other)
    assert other.evaluate("history.length") == steps + 1
    expect(other.locator(".st-key-chips").get_by_role("button")).to_have_text(["Country: Kenyaclose"])
    settle(other)
    sidebar(other).get_by_role("button", name="Open the app with this view").click()
    expect(sidebar(other).get_by_role("button", name="Open the app with Overview")).to_be_visible()

    first = open_page("/", at=shop)
    expect(heading(first, "Agents")).to_be_visible()
    expect(first.locator(".st-key-chips").get_by_role("button")).to_contain_text(["Country: Kenya"])
