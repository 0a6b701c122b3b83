"""What a business user does, from the first page to a view sent to a colleague."""

import gzip
import json
import re
from datetime import date

import pytest
from playwright.sync_api import expect

from analytics import METRICS, Filter
from tests.browser.steps import (
    SAMPLE,
    choose_one,
    choose_several,
    clear,
    drop,
    expected,
    rows_of,
    settle,
    wait_for_rows,
)

pytestmark = pytest.mark.xdist_group("browser")


def test_sample_data_are_one_click_away(open_page):
    page = open_page()
    page.get_by_role("button", name="Explore sample data").click()
    expect(page.get_by_role("heading", name="All metrics")).to_be_visible()
    assert [row[0] for row in rows_of(page)] == [metric.label for metric in METRICS]


def test_a_comparison_adds_the_change_of_each_number_or_says_why_there_is_none(open_page):
    page = open_page("/?data=sample")
    choose_one(page, "Period", "Last 7 days")
    choose_one(page, "Compare with", "Period before")
    column = page.get_by_test_id("stDataFrame").first.locator("th, [role=columnheader]").filter(has_text="Change")
    expect(column).to_have_count(1)
    changes = {row[0]: row[3] for row in rows_of(page)}
    assert changes["Read rate"] == "–", "receipts of the last two days may still come"
    assert re.fullmatch(r"[+−][0-9.]+ points|unchanged", changes["Self-serve vs assisted"])
    choose_one(page, "Compare with", "Same dates a year before")
    expect(page.get_by_text("There is nothing to compare with")).to_be_visible()


def test_a_dropped_file_shows_its_numbers_under_a_filter_after_a_reload_and_at_its_address(open_page):
    page = open_page("/import_events")
    drop(page, SAMPLE)
    expect(page.get_by_text("All events can be used.")).to_be_visible()
    page.get_by_role("button", name="Explore only").click()
    wait_for_rows(page, expected(Filter(timezone="Africa/Nairobi")))

    choose_several(page, "Agent", "agent_456")
    wait_for_rows(page, expected(Filter(timezone="Africa/Nairobi", agents=("agent_456",))))
    clear(page, "Agent", "agent")
    choose_several(page, "Agent", "No agent recorded")
    choose_one(page, "Period", "Today")
    choose_one(page, "Compare with", "Period before")
    page.get_by_text("More", exact=True).click()
    page.wait_for_timeout(600)  # it unfolds, and carries its boxes along
    choose_one(page, "Time zone", "America/New_York")
    day = date(2026, 1, 20)
    numbers = expected(Filter(day, day, "America/New_York", agents=("(none)",)))
    wait_for_rows(page, numbers)

    page.reload()
    wait_for_rows(page, numbers)
    address = page.url
    assert "agent=" in address
    assert "254712345678" not in address

    elsewhere = open_page(address[address.index("/", 8) :])
    wait_for_rows(elsewhere, numbers)


def test_what_cannot_be_used_is_shown_with_its_reason_and_can_be_downloaded(open_page, tmp_path):
    broken = tmp_path / "broken.ndjson"
    damaged = SAMPLE.read_text().splitlines()[1].replace("+254712345678", "2.54713E+11")
    broken.write_bytes(SAMPLE.read_bytes() + damaged.encode() + b"\n{\n")
    page = open_page("/import_events")
    drop(page, broken)
    expect(page.get_by_text("What cannot be used, and why")).to_be_visible()
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download them with their reasons").click()
    rejected = [json.loads(line)["_rejected"] for line in download.value.path().read_text().splitlines()]
    assert [(reason["line"], reason["code"]) for reason in rejected] == [
        (8, "phone_precision_lost"),
        (9, "invalid_json"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "answer"),
    [
        ("empty.ndjson", b"", "The file is empty."),
        ("picture.json", b"\x89PNG\r\n\x1a\n", "This is a PNG image"),
        ("cut.ndjson.gz", gzip.compress(SAMPLE.read_bytes(), mtime=0)[:-20], "damaged or incomplete"),
        ("open.json", b'[\n{"event": "message.sent"', "not valid JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(open_page, tmp_path, name, content, answer):
    (tmp_path / name).write_bytes(content)
    page = open_page("/import_events")
    drop(page, tmp_path / name)
    expect(page.get_by_role("alert").filter(has_text=answer)).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_menu_folds_on_a_phone_when_a_page_is_chosen(open_page):
    page = open_page("/?data=sample", width=390)
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    page.wait_for_function("window.clicks")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Agents").click()
    expect(page.get_by_role("heading", name="Agents", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")


def test_the_country_map_is_drawn_from_this_machine(open_page):
    page = open_page()
    with page.expect_response(lambda response: "/map/world_110m.json" in response.url) as topology:
        page.goto(page.url.split("?")[0] + "customers?data=sample&map=true")
    assert topology.value.ok
    expect(page.locator(".geo .layer.land, .geo .choropleth")).not_to_have_count(0)


def test_an_address_whose_data_are_gone_says_what_to_do(open_page):
    page = open_page("/?data=0123456789abcdef")
    expect(page.get_by_text("Drop the file again under Import")).to_be_visible()


def test_a_filter_that_lets_nothing_pass_says_which_to_widen(open_page):
    page = open_page("/?data=sample&country=ZZ")
    expect(page.get_by_role("heading", name="No data for these filters")).to_be_visible()
    expect(page.get_by_role("button", name="Remove the filter on the country")).to_be_visible()
