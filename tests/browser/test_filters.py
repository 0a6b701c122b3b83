"""Filters in a real browser: numbers as in the report, kept on reload, on other pages and at the view's address."""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from analytics import Filter, Selection, build_facts, metric_table, read_dump, report, validate
from analytics.metrics.rates import count_still_counting
from analytics.simulation import simulate
from analytics.ui.elements.explanation import describe_reading
from analytics.words import display
from tests.browser.steps import SAMPLE, choose_one, choose_several, drop, rows_of, settle

pytestmark = pytest.mark.xdist_group("browser 2")

ZONE = "Africa/Nairobi"


@pytest.fixture(scope="module")
def traffic(tmp_path_factory):
    """Two weeks from Monday 2 March 2026, and the Monday after."""
    path = tmp_path_factory.mktemp("traffic") / "traffic.ndjson"
    path.write_bytes(b"".join(simulate(3_000, seed=5, start=date(2026, 3, 2), days=15)))
    return path


@pytest.fixture
def expect_numbers(traffic):
    """Return a function that waits until a page shows the numbers of a filter, and changes where compared."""
    facts = build_facts(validate(read_dump(traffic)).events)

    def expect_numbers(page, comparison=None, **chosen):
        filters = Filter(**{"timezone": ZONE, **chosen})
        found, recent = report(facts, filters, comparison=comparison), count_still_counting(Selection(facts, filters))
        rows = metric_table(found["metrics"], found.get("previous"), settled=not recent)
        wanted = [
            [describe_reading(row.metric, row.guide), describe_reading(row.metric, row.ledger)]
            + [display.change(row.metric, row.ledger, row.previous_ledger)] * bool(comparison)
            for row in rows
        ]
        for _ in range(240):
            settle(page)
            if (shown := [row[1:-1] for row in rows_of(page)]) == wanted:
                return
            page.wait_for_timeout(250)
        assert shown == wanted

    return expect_numbers


def busiest_agent(path, **chosen):
    facts = build_facts(validate(read_dump(path)).events)
    agents = report(facts, Filter(timezone=ZONE, **chosen))["metrics"]["agent_performance"]
    return max(sorted({*agents} - {"(none)"}), key=lambda name: agents[name]["conversations"])


def imported(page, path):
    drop(page, path)
    page.get_by_role("button", name="Explore only").click()
    expect(page.get_by_role("heading", name="All metrics")).to_be_visible()


def test_each_filter_changes_the_numbers_and_all_are_kept(open_page, traffic, expect_numbers):
    page = open_page("/import_events")
    imported(page, traffic)
    expect_numbers(page)
    choose_one(page, "Period", "Last week")
    days = {"first_day": date(2026, 3, 9), "last_day": date(2026, 3, 15)}
    expect_numbers(page, comparison="previous", **days)
    choose_one(page, "Compare with", "Same days a week before")
    expect_numbers(page, comparison="week", **days)
    choose_several(page, "Country", "Kenya")
    expect_numbers(page, comparison="week", countries=("KE",), **days)
    choose_several(page, "Handled by", "Agent (assisted)")
    chosen = {"comparison": "week", "countries": ("KE",), "modes": ("agent",), **days}
    expect_numbers(page, **chosen)
    choose_several(page, "Agent", agent := busiest_agent(traffic, countries=("KE",), modes=("agent",), **days))
    chosen["agents"] = (agent,)
    expect_numbers(page, **chosen)

    page.reload()
    expect_numbers(page, **chosen)
    page.get_by_role("link", name="Agents").click()
    expect(page.get_by_role("heading", name="Agents", exact=True)).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    expect_numbers(page, **chosen)

    address = urlsplit(page.url)
    elsewhere = open_page(f"{address.path}?{address.query}")
    expect_numbers(elsewhere, **chosen)
    for value in ("Kenya", "Agent (assisted)", agent):
        expect(elsewhere.get_by_test_id("stMultiSelect").get_by_text(value, exact=True)).to_be_visible()


def click_on(page, name, across, down):
    """Click on a chart, at these shares of its width and height."""
    settle(page)
    chart = page.get_by_role("figure", name=name)
    chart.scroll_into_view_if_needed()
    chart.locator(".plot-container").wait_for()
    box = chart.bounding_box()
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def tick(page, row):
    """Tick a row of the first table, counted from 1."""
    settle(page)
    table = page.get_by_test_id("stDataFrame").first
    table.locator("table tbody tr").first.wait_for(state="attached")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + 18 + 35 * row)


def expect_address(page, **chosen):
    """Wait until the address says just these filters."""

    def says(url):
        said = parse_qs(urlsplit(url).query)
        return {key: values for key, values in said.items() if key not in ("data", "tz")} == chosen

    page.wait_for_url(says, timeout=10_000)
    settle(page)


def chips(page):
    return page.locator(".st-key-chips").get_by_role("button")


def test_a_click_filters_and_the_same_click_lets_go(open_page, traffic, expect_numbers):
    """Each click is one step of the history, which Back undoes; the chip lets go, too."""
    page = open_page("/import_events", anew=True)
    imported(page, traffic)
    page.get_by_role("link", name="Customers").click()
    expect(page.get_by_role("heading", name="Customers", exact=True)).to_be_visible()
    steps = page.evaluate("history.length")

    click_on(page, "Messages received by country", 0.4, 0.05)
    expect_address(page, country=["NG"])
    expect(chips(page)).to_have_text(["Country: Nigeriaclose"])
    click_on(page, "Messages received by country", 0.4, 0.3)
    expect_address(page)
    expect(chips(page)).to_have_count(0)
    click_on(page, "Messages received by weekday and hour", 0.45, 0.1)
    page.wait_for_url(re.compile("weekday=mon"))
    settle(page)
    assert page.evaluate("history.length") == steps + 3
    page.go_back()
    expect_address(page)
    expect(chips(page)).to_have_count(0)

    click_on(page, "New contacts and first-time writers by day", 0.55, 0.5)
    expect(chips(page)).to_have_text([re.compile("^(Mon|Tue|Wed) (9|10|11) Mar 2026")])
    chips(page).click()
    expect_address(page)
    click_on(page, "Messages received by local hour", 0.5, 0.8)
    expect(chips(page)).to_have_text([re.compile("^1[0-3]:00–1[0-3]:59")])
    chips(page).click()
    expect_address(page)

    page.get_by_role("link", name="Agents").click()
    expect(page.get_by_role("heading", name="Agents", exact=True)).to_be_visible()
    tick(page, 2)
    expect_address(page, agent=["agent_02"])
    page.get_by_role("link", name="Overview").click()
    expect_numbers(page, agents=("agent_02",))
    page.go_back()
    expect(page.get_by_role("heading", name="Agents", exact=True)).to_be_visible()
    tick(page, 1)
    expect_address(page)


def test_other_data_can_be_looked_at_while_a_filter_is_set(open_page):
    page = open_page("/import_events")
    imported(page, SAMPLE)
    choose_several(page, "Agent", "agent_456")
    page.get_by_role("link", name="Import").click()
    page.get_by_role("button", name="Explore sample data instead").click()
    settle(page)
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible(timeout=10_000)


@pytest.mark.parametrize("name", ["response_times", "messages", "bot_and_handoffs", "agents"])
def test_every_cell_of_every_table_can_be_shown(open_page, name):
    page = open_page(f"/{name}?data=sample")
    tables = page.get_by_test_id("stDataFrame").locator("tbody")
    expect(tables.first).to_contain_text(re.compile(r"\w"))
    settle(page)
    expect(page.get_by_test_id("stDataFrame").filter(has_text="Unsupported type")).to_have_count(0, timeout=3_000)
