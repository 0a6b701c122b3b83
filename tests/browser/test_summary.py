"""The summary, as a browser prints it."""

import re

import pytest

from analytics import METRICS

pytestmark = pytest.mark.xdist_group("browser 2")

VIEW = "/summary?data=sample&period=30d&compare=previous&tz=Africa%2FNairobi"
MANY = "".join(f"&country={country}" for country in ("KE", "NG", "ZA", "IN", "UG", "TZ", "BR", "US", "DE", "GB", "GH"))


@pytest.mark.parametrize("width", [1440, 390])
def test_it_is_one_page_of_a4_without_the_menu(open_page, width):
    page = open_page(VIEW + MANY, width=width, scheme="dark")
    page.locator(".sheet").wait_for()
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    (size,) = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed)
    assert [round(float(side)) for side in size.split()] == [0, 0, 595, 842]
    page.emulate_media(media="print")
    assert not page.get_by_test_id("stSidebar").is_visible()
    assert page.locator(".sheet tbody tr").count() == len(METRICS)
    assert page.locator(".sheet .readings").is_visible()
    paper = page.locator(".sheet").bounding_box()
    assert paper["height"] < 277 / 25.4 * 96
    page.emulate_media(media="screen")


def test_a_button_prints_it(open_page):
    page = open_page(VIEW)
    page.locator(".sheet").wait_for()
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1 } }")
    page.get_by_role("button", name="Print, or save as PDF").click()
    page.wait_for_function("window.printed === 1")
