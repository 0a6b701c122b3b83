"""While the store is away, pages say so and keep their numbers; once it is back, they go on by themselves."""

import pytest
from playwright.sync_api import expect

from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.store.event_store import open_store_at
from tests.browser import start
from tests.browser.steps import settle
from tests.events_of import ndjson, received
from tests.postgres import Postgres

pytestmark = pytest.mark.xdist_group("browser 3")

BACK_MILLISECONDS = 15_000
NUMBERS = "Data up to Tue 20 Jan 2026"
STILL = "These numbers have not changed for"


@pytest.fixture
def database():
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def url(database):
    """The address of a store with one event."""
    url = database.new_database()
    store = open_store_at(url)
    found = validate([RawLines.from_text(ndjson([received("06:30")]))])
    store.add_import(store.create_project("shop").id, found, file="events", digest="")
    store.close()
    return url


@pytest.fixture
def app(url):
    """The address of an app with that store."""
    with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:
        yield address


@pytest.fixture
def app_without_store(database, url):
    """The address of an app that has not seen its store yet."""
    database.stop()
    with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:
        yield address


def test_numbers_stay_while_the_store_is_away_and_go_on_when_it_is_back(database, app, open_page):
    page = open_page("/?period=all", at=app, anew=True)
    expect(page.get_by_text(NUMBERS)).to_be_visible()
    settle(page)
    for away, back in ((database.stop, database.start), (database.freeze, database.thaw)):
        away()
        another = open_page("/?period=all", at=app)
        for tab in (page, another):
            expect(tab.get_by_text(STILL)).to_be_visible(timeout=20_000)
            expect(tab.get_by_text(NUMBERS)).to_be_visible()
        back()
        expect(page.get_by_text(STILL)).not_to_be_visible(timeout=BACK_MILLISECONDS)


def test_a_store_that_is_away_at_first_is_no_empty_one_and_the_page_goes_on_when_it_is_there(
    database, app_without_store, open_page
):
    page = open_page("/?period=all", at=app_without_store, anew=True)
    expect(page.get_by_text("We have not been able to reach your events for")).to_be_visible()
    expect(page.get_by_text("Explore sample data")).not_to_be_visible()
    database.start()
    expect(page.get_by_text(NUMBERS)).to_be_visible(timeout=BACK_MILLISECONDS)
