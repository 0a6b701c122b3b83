"""Back, Forward and reload show what the address says, and each step is one."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import SAMPLE, choose_several, drop, settle

pytestmark = pytest.mark.xdist_group("browser 2")


def steps(page):
    settle(page)
    return page.evaluate("history.length")


def expect_shown(page, name, data, country=None):
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text(data)).to_be_visible()
    chosen = page.get_by_test_id("stMultiSelect").filter(has_text="Country").get_by_text("Kenya", exact=True)
    expect(chosen).to_have_count(1 if country else 0)
    assert ("country=KE" in page.url) == bool(country)
    settle(page)


def test_a_step_of_a_person_is_a_step_of_the_history(open_page):
    page = open_page("/messages?data=sample&tz=Africa%2FNairobi", anew=True)
    expect_shown(page, "Messages", "Sample data")
    before = steps(page)
    page.get_by_role("link", name="Customers").click()
    expect_shown(page, "Customers", "Sample data")
    assert steps(page) == before + 1
    choose_several(page, "Country", "Kenya")
    page.wait_for_url(re.compile("country=KE"))
    assert steps(page) == before + 2
    page.get_by_text("As a map").click()
    page.wait_for_url(re.compile("map=true"))
    assert steps(page) == before + 3
    page.get_by_role("link", name="Agents").click()
    expect_shown(page, "Agents", "Sample data", "Kenya")
    assert steps(page) == before + 4
    page.go_back()
    expect_shown(page, "Customers", "Sample data", "Kenya")
    expect(page.locator(".geo .choropleth")).not_to_have_count(0)


def test_back_and_forward_lead_through_pages_filters_and_data(open_page):
    page = open_page("/?data=sample&tz=Africa%2FNairobi")
    expect_shown(page, "Overview", "Sample data")
    choose_several(page, "Country", "Kenya")
    page.wait_for_url(re.compile("country=KE"))
    page.get_by_role("link", name="Import").click()
    drop(page, SAMPLE)
    page.get_by_role("button", name="Explore only").click()
    expect_shown(page, "Overview", SAMPLE.name)
    page.get_by_role("link", name="Agents").click()
    expect_shown(page, "Agents", SAMPLE.name)

    page.go_back()
    expect_shown(page, "Overview", SAMPLE.name)
    page.go_back()
    expect_shown(page, "Import", SAMPLE.name)
    page.go_back()
    expect_shown(page, "Import", "Sample data", "Kenya")
    page.go_back()
    expect_shown(page, "Overview", "Sample data", "Kenya")
    page.go_back()
    expect_shown(page, "Overview", "Sample data")
    for _ in range(5):
        page.go_forward()
        settle(page)
    expect_shown(page, "Agents", SAMPLE.name)
    page.reload()
    expect_shown(page, "Agents", SAMPLE.name)


def test_back_to_the_first_page_shows_it_again(open_page):
    page = open_page("/")
    page.get_by_role("button", name="Explore sample data").click()
    expect_shown(page, "Overview", "Sample data")
    page.go_back()
    expect(page.get_by_role("button", name="Explore sample data")).to_be_visible()


def test_what_changed_most_leads_to_it_and_one_step_leads_back(open_page):
    page = open_page("/?data=sample&tz=Africa%2FNairobi&period=30d", anew=True)
    expect_shown(page, "Overview", "Sample data")
    before = steps(page)
    page.get_by_test_id("stMain").get_by_test_id("stPageLink").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_have_count(0)
    expect(page.locator(".st-key-chips").get_by_role("button")).not_to_have_count(1)  # the period and what changed
    assert steps(page) == before + 1
    page.go_back()
    expect_shown(page, "Overview", "Sample data")
    expect(page.locator(".st-key-chips").get_by_role("button")).to_have_count(1)
