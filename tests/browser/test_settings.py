"""Settings in a real browser: tables are edited by hand, saved, and show on other pages."""

import pytest
from playwright.sync_api import expect

from tests.browser import start
from tests.browser.steps import open_tab, settle

pytestmark = pytest.mark.xdist_group("browser 3")

ROW = 35
VIEW = "?data=sample&tz=Africa%2FNairobi"


@pytest.fixture
def alone(browser):  # noqa: ARG001  # without a browser none is started
    """The address of an app whose settings nobody else uses."""
    with start.app() as address:
        yield address


def edit(page, part, *, column, row, text):
    """Write into a cell of a part's table, whose `column` lies at a share of its width."""
    grid = part.get_by_test_id("stDataFrameResizable")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    grid.click(position={"x": column * box["width"], "y": (row + 1.5) * ROW})
    page.keyboard.press("Enter")
    written = page.locator("#portal").locator("input, textarea")
    written.fill(text)
    written.press("Enter")
    expect(written).to_have_count(0)
    settle(page)


def save(part):
    part.get_by_role("button", name="Save").click()
    expect(part.get_by_text("Saved. From now on it shows in")).to_be_visible()


def test_names_and_hours_written_into_the_tables_are_kept_and_show_on_other_pages(open_page, alone):
    page = open_page(f"/settings{VIEW}", at=alone)
    open_tab(page, "By hand")
    agents = page.locator(".st-key-settings_agents")
    edit(page, agents, column=0.4, row=0, text="Amina")
    edit(page, agents, column=0.65, row=0, text="Sales")
    save(agents)
    page.get_by_role("radio", name="Opening hours").click()
    hours = page.locator(".st-key-settings_opening")
    expect(hours.get_by_text("Monday to Friday from")).to_be_visible()
    settle(page)
    edit(page, hours, column=0.9, row=0, text="18:30")
    save(hours)
    page.goto(f"{alone}/response_times{VIEW}&business=true")
    expect(page.get_by_text("with business hours")).to_be_visible()
    page.get_by_role("heading", name="By agent").scroll_into_view_if_needed()
    expect(page.locator("td", has_text="Amina")).to_be_attached()
    expect(page.get_by_test_id("stSidebar").get_by_text("Team", exact=True)).to_be_visible()
    page.goto(f"{alone}/settings{VIEW}")
    hours.get_by_text("Time zone of these hours").scroll_into_view_if_needed()
    expect(hours.locator("td", has_text="18:30")).to_be_attached()
