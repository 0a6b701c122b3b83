"""A real server and a real browser, started once for all browser tests and stopped by their own handles."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import start

expect.set_options(timeout=60_000)  # machines that test are busy


def pytest_collection_modifyitems(items):
    """Try a test in the browser once more where it fails; the summary names it, for the fault may be the app's."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser():
    if start.CHROMIUM is None:
        message = "chromium is not installed on this machine"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with start.chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(browser):  # noqa: ARG001  # without a browser none is started
    with start.app() as address:
        yield address


@pytest.fixture(scope="session")
def tab(browser):
    """A tab that is used again: what it has compiled of the front end it need not compile anew."""
    context = browser.new_context(timezone_id="Africa/Nairobi")
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def open_page(tab, server):
    """Return a function that opens a page of the app, or of another `at` its address, and watches it for faults.

    One opened `anew` has a history of its own: that of a tab ends at 50 steps.
    """
    faults, opened, known = [], [], [server]
    watched = {
        "request": lambda request: faults.append(request.url) if is_foreign(request.url, known) else None,
        "pageerror": lambda error: faults.append(str(error)),
        "console": lambda message: faults.append(message.text) if is_fault(message) else None,
    }

    def open_page(path="/", *, at=server, width=1440, height=1100, scheme="light", anew=False):
        known.append(at)
        page = tab.context.new_page() if opened or anew else tab
        opened.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        for event, watch in watched.items():
            page.on(event, watch)
        page.goto(at + path)
        return page

    yield open_page
    for page in opened:
        page.evaluate("localStorage.clear()")
        for event, watch in watched.items():
            page.remove_listener(event, watch)
        page.goto("about:blank") if page is tab else page.close()
    assert not faults


def is_foreign(url, servers):
    sockets = [server.replace("http", "ws") for server in servers]
    return not url.startswith((*servers, *sockets, "data:", "blob:"))


def is_fault(message):
    # On a page of its own address the front end first looks for its server beside that address.
    probe = "_stcore/" in message.location.get("url", "")
    return message.type == "error" and not probe
