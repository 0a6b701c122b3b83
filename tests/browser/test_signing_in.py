"""Signing in and out in a real browser, with a real provider."""

import re

import pytest
from playwright.sync_api import expect

from tests.access import provider


@pytest.fixture(scope="module")
def dashboard(browser):  # noqa: ARG001  # without a browser none is started
    with provider.provider() as issuer, provider.dashboard(issuer) as dashboard:
        yield dashboard


@pytest.fixture
def visit(browser):
    """A function that opens a page in a browser of somebody's own, or in another tab of it."""
    contexts = []

    def visit(address, beside=None):
        if beside is None:
            contexts.append(browser.new_context())
            contexts[-1].set_default_timeout(60_000)
        page = (beside.context if beside else contexts[-1]).new_page()
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()


def sign_in(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_sign_in_see_what_is_for_you_and_sign_out_of_all_tabs(dashboard, visit):
    page = visit(f"{dashboard.address}/messages?period=all")
    expect(page).to_have_url(re.compile("/oauth2/authorize"))
    sign_in(page, "vic")
    expect(page.get_by_role("heading", name="Messages", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"^{dashboard.address}/messages\?"))
    menu = page.get_by_test_id("stSidebar")
    expect(menu.get_by_role("link", name="Overview")).to_be_visible()
    expect(menu.get_by_role("link", name="Conversations")).to_have_count(0)
    expect(menu.get_by_role("link", name="Settings")).to_have_count(0)
    expect(page.get_by_role("button", name="Download")).to_have_count(0)
    other = visit(f"{dashboard.address}/settings", beside=page)
    expect(other.get_by_text("You may not change settings: it takes the role admin.")).to_be_visible()
    menu.get_by_role("button", name="Sign out").click()
    for tab in (page, other):
        expect(tab.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=5_000)
    page.go_back()
    expect(page).to_have_url(re.compile("/oauth2/authorize"))
    expect(page.get_by_text("Messages", exact=True)).to_have_count(0)


def test_an_admin_gives_a_role_and_reads_who_did(dashboard, visit):
    page = visit(f"{dashboard.address}/people")
    sign_in(page, "ann")
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    page.get_by_label("E-mail").fill("new@shop.example")
    page.get_by_role("button", name="Give the role").click()
    expect(page.get_by_text("is viewer now.")).to_be_visible()
    assert "new@shop.example" in dashboard.run("people", "list")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("heading", name="Audit log", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    given = dashboard.events()[-1]
    assert (given["what"], given["details"]["role"]) == ("role given", "viewer")
    assert given["who"] not in ("shell", "local")


def test_a_download_is_for_who_made_it_and_is_noted(dashboard, visit):
    page = visit(f"{dashboard.address}/messages?period=all")
    sign_in(page, "ben")
    page.get_by_role("button", name="Download").first.click()
    with page.expect_download() as coming, page.expect_response(re.compile("/media/")) as answered:
        page.get_by_role("button", name="CSV", exact=True).first.click()
    assert coming.value.path().read_bytes()
    noted = dashboard.events()[-1]
    assert (noted["what"], noted["details"]["in_full"]) == ("downloaded", False)
    assert answered.value.headers["cache-control"] == "no-store"
    vic, _ = provider.arrive(dashboard.address, "vic")
    assert vic.get(answered.value.url).status_code == 403


@pytest.mark.parametrize(("name", "why"), [
    ("for another", "The sign-in was for another program."),
    ("too old", "Signing in did not work"),
    ("unverified", "has not verified your e-mail address"),
    ("blocked", "An admin has blocked you."),
])  # fmt: skip
def test_who_may_not_come_in_reads_why(dashboard, visit, name, why):
    page = visit(dashboard.address)
    sign_in(page, name)
    expect(page.get_by_text(why)).to_be_visible()
    expect(page.get_by_role("link")).to_have_count(1)
