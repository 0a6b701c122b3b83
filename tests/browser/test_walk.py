"""Every page, with good data, with bad data and with none, wide and narrow, light and dark, and what axe-core finds."""

import io
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error

from analytics import read_dump, validate
from analytics.simulation import simulate
from analytics.store.event_store import open_store_at
from analytics.ui.menu import MOVED
from tests.browser import start
from tests.browser.steps import settle

pytestmark = pytest.mark.xdist_group("browser 2")

MENU = "[data-testid=stSidebar] [data-testid=stPageLink] a"
FITS = """() => [document.scrollingElement, document.querySelector("[data-testid=stMain]")]
    .every(box => box.scrollWidth <= box.clientWidth)"""
THEIRS = {"svg-img-alt": "_highlighted_points_marks"}
"""By rule: what names the marks that Streamlit draws into the lines of cards, which have no names."""
LOOKS = ((1440, "light"), (1440, "dark"), (390, "dark"), (390, "light"))


@pytest.fixture(scope="module")
def bad_data(tmp_path_factory):
    """An app whose store holds a few events, and many that cannot be used."""
    url = f"duckdb:///{tmp_path_factory.mktemp('bad')}/events.duckdb"
    with closing(open_store_at(url)) as store:
        events = b"".join(simulate(300, seed=3, days=3, bad=0.9))
        found = validate(read_dump(io.BytesIO(events)))
        store.add_import(store.create_project("shop").id, found, file="bad.ndjson", digest="")
    with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:
        yield address


@pytest.fixture(scope="module")
def nothing():
    """An app whose store holds nothing."""
    with start.app() as address:
        yield address


def walk(page):
    """Go through all pages by the menu, and return by name those that fail or can be scrolled sideways."""
    page.locator(MENU).first.wait_for()
    paths = [Path(link.get_attribute("href").partition("?")[0]).name for link in page.locator(MENU).all()]
    found = {}
    for number, path in enumerate(paths):
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.emulate_media(color_scheme="light")
        page.locator(MENU).nth(number).click()
        page.wait_for_url(lambda url, path=path: f"/{path}" in url)
        settle(page)
        found[path] = faults(page)
    assert len(found) + len(MOVED) == len(list((start.ROOT / "pages").glob("*.py")))
    return {path: what for path, what in found.items() if what}


def faults(page):
    found = ["exception"] * page.get_by_test_id("stException").count()
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 1000})
        page.emulate_media(color_scheme=scheme)
        try:
            page.wait_for_function(FITS, timeout=10_000)  # charts follow a moment later
        except Error:
            found.append(f"wider than {width} px, {scheme}")
        found += barriers(page)
    return found


def barriers(page):
    """The serious faults of accessibility that are ours, each as its rule and the element."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        (fault["id"], node["html"])
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
        if THEIRS.get(fault["id"], "none of them") not in node["html"]
    ]


def test_sample_data(open_page):
    assert walk(open_page("/?data=sample&period=all&compare=previous&tz=Africa%2FNairobi")) == {}


def test_bad_data(open_page, bad_data):
    assert walk(open_page("/?period=all", at=bad_data)) == {}


def test_an_empty_store(open_page, nothing):
    assert walk(open_page("/", at=nothing)) == {}
