"""Steps of a person in the app, for browser tests, and what the page then shows."""

import re
from pathlib import Path

from playwright.sync_api import expect

from analytics import build_facts, metric_table, read_dump, report, validate
from analytics.ui.elements.explanation import describe_reading

SAMPLE = Path(__file__).parents[1] / "data" / "sample-events.ndjson"


def expected(chosen):
    """The two readings of each metric as the page should show them."""
    facts = build_facts(validate(read_dump(SAMPLE)).events)
    rows = metric_table(report(facts, chosen)["metrics"])
    return [
        [row.metric.label, *(describe_reading(row.metric, part) for part in (row.guide, row.ledger))] for row in rows
    ]


def rows_of(page):
    """The cells of the metric table; its grid is a canvas with a table for screen readers."""
    grid = page.get_by_test_id("stDataFrame").first.locator("table")
    grid.locator("tbody tr").first.wait_for(state="attached")
    return grid.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))"
    )


def wait_for_rows(page, wanted):
    expect(page.get_by_role("heading", name="All metrics")).to_be_visible()
    found = None
    for _ in range(120):
        found = rows_of(page)
        if [row[:3] for row in found] == wanted:
            return
        page.wait_for_timeout(250)
    assert [row[:3] for row in found] == wanted


def settle(page):
    """Wait until the script has run and nothing is drawn any more.

    The front end tells the server of a change within a tenth of a second, and the script may start a bit later.
    """
    page.wait_for_timeout(100)
    for _ in range(2):
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        page.wait_for_timeout(50)


def open_tab(page, name):
    settle(page)
    tab = page.get_by_role("tab", name=name)
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")
    settle(page)
    expect(tab).to_have_attribute("aria-selected", "true")


def drop(page, path):
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(path)


def choose_one(page, label, value):
    """Choose from a select box of the sidebar as a person does: open, type, pick."""
    settle(page)
    box = page.get_by_test_id("stSidebar").get_by_role("combobox", name=re.compile(re.escape(label)))
    box.click()
    box.fill(value)
    page.get_by_role("option", name=value, exact=True).click()
    settle(page)


def choose_several(page, label, value):
    choose_one(page, label, value)
    page.keyboard.press("Escape")


def clear(page, label, key):
    settle(page)
    box = page.get_by_test_id("stMultiSelect").filter(has_text=label)
    box.get_by_role("button", name="Clear all").click()
    settle(page)
    page.wait_for_url(lambda url: not re.search(f"[?&]{key}=.", url))
