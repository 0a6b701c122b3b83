"""Real exports in a real browser: looked at, matched, added, found again, undone."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import start
from tests.browser.steps import drop, settle

pytestmark = pytest.mark.xdist_group("browser 2")

FOREIGN = """Nachricht;Telefon;Richtung;Gesendet;Zugestellt;Gelesen;Mitarbeiter
A1;+254712345678;eingang;13/04/2026 10:00;;;
A2;+254712345678;ausgang;13/04/2026 10:02;13/04/2026 10:03;13/04/2026 10:09;ann
A3;+254712345679;eingang;13/04/2026 11:00;;;
"""


@pytest.fixture(scope="module")
def server(browser):  # noqa: ARG001  # without a browser none is started
    """An app with a store of its own, in which these tests may leave events."""
    with start.app() as address:
        yield address


@pytest.fixture
def write(tmp_path):
    """A function that writes a file to be dropped."""

    def written(name, text):
        path = tmp_path / name
        path.write_text(text)
        return path

    return written


def answer(page, question, choice):
    settle(page)
    box = page.get_by_role("combobox", name=re.compile(question))
    box.click()
    box.fill(choice)
    page.get_by_role("option", name=choice, exact=True).click()
    settle(page)


def metric(page, label):
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def test_a_foreign_table_is_matched_looked_at_added_found_on_the_dashboard_undone_and_gone(open_page, write):
    page = open_page("/import_events")
    drop(page, write("export.csv", FOREIGN))
    expect(page.get_by_text("How we read the columns of export.csv")).to_be_visible()
    answer(page, "Time zone of times without a zone", "Africa/Nairobi")
    expect(metric(page, "Good")).to_have_text("5")
    expect(metric(page, "Cannot be used")).to_have_text("0")
    page.get_by_role("button", name="Add to the store").click()
    expect(page.get_by_text("5 new, 0 already known, 0 cannot be used.")).to_be_visible()
    page.get_by_role("button", name="See these events on the dashboard").click()
    expect(page.get_by_role("heading", name="All metrics")).to_be_visible()
    settle(page)
    assert "days=2026-04-13" in page.url
    page.get_by_test_id("stSidebar").get_by_role("link", name="Import").click()
    expect(page.get_by_role("heading", name="History of imports")).to_be_visible()
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_role("button", name="Undo import").click()
    expect(page.get_by_text("5 events removed")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", name="How well do you answer on WhatsApp?")).to_be_visible()


def test_three_bad_rows_are_downloaded_mended_added_and_none_is_left(open_page, write):
    rows = [
        f"message.read,{phone},2026-04-13T10:0{n}:00Z,m{n}" for n, phone in enumerate(["+254712345678", *3 * ["07x"]])
    ]
    page = open_page("/import_events")
    drop(page, write("rows.csv", "\n".join(["event,userId,timestamp,messageId", *rows])))
    expect(metric(page, "Cannot be used")).to_have_text("3")
    page.get_by_role("button", name="Add to the store").click()
    expect(page.get_by_text("1 new, 0 already known, 3 cannot be used.")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Data health").click()
    expect(page.get_by_text("25.0 % of events are usable")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download them with their reasons").click()
    rejected = download.value.path().read_text()
    assert rejected.count("\n") == 3
    page.get_by_test_id("stSidebar").get_by_role("link", name="Import").click()
    expect(page.get_by_role("heading", name="History of imports")).to_be_visible()
    drop(page, write("mended.ndjson", rejected.replace("07x", "+254712345678")))
    page.get_by_role("button", name="Add to the store").click()
    expect(page.get_by_text("3 new, 0 already known, 0 cannot be used.")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Data health").click()
    expect(page.get_by_text("100 % of events are usable")).to_be_visible()
    expect(page.get_by_text("All events can be used.")).to_be_visible()


TEXTS = """Date,Phone,Direction,Message,Agent
20/01/2026 06:30,+254712345601,incoming,Hi,
20/01/2026 06:31,+254712345601,outgoing,Hello how can I help?,Ana
20/01/2026 06:31,+254712345601,outgoing,ok,Chatbot
20/01/2026 07:30,+254712345602,incoming,ok,
"""


def test_of_a_message_log_no_text_is_taken_for_an_id_nor_shown_where_ids_are(open_page, write):
    page = open_page("/import_events")
    drop(page, write("texts.csv", TEXTS))
    answer(page, "Time zone of times without a zone", "Africa/Nairobi")
    expect(metric(page, "Good")).to_have_text("4")
    expect(metric(page, "Cannot be used")).to_have_text("0")
    page.get_by_text("How we read the columns of texts.csv").click()
    mapping = page.get_by_role("button", name="Save this mapping for the command line")
    with page.expect_download() as saved:
        mapping.click()
    columns = json.loads(Path(saved.value.path()).read_text())["columns"]
    assert columns == {"userId": "Phone", "direction": "Direction", "sentAt": "Date", "agentId": "Agent"}
    page.get_by_role("button", name="Add to the store").click()
    expect(page.get_by_text("4 new, 0 already known, 0 cannot be used.")).to_be_visible()
    settle(page)
    page.goto(page.url.replace("import_events", "conversations"))
    settle(page)
    for text in ("Hello how can I help?", "ok"):
        expect(page.get_by_text(text, exact=True)).to_have_count(0)
