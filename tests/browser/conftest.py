"""A real server and a real browser, started once for all browser tests and stopped by their own handles."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser import start

expect.set_options(timeout=60_000)  # machines that test are busy


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


@pytest.fixture
def open_page(browser, server):
    """Return a function that opens a fresh browser context and watches it for faults."""
    contexts, faults = [], []

    def open_page(path="/", *, width=1440, height=1100, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, timezone_id="Africa/Nairobi"
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: faults.append(request.url) if is_foreign(request.url, server) else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
        page.goto(server + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults


def is_foreign(url, server):
    return not url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))


def is_fault(message):
    # On a page of its own address the front end first looks for its server beside that address.
    probe = "_stcore/" in message.location.get("url", "")
    return message.type == "error" and not probe
