"""Make the pictures in this folder anew: every page of the app on its sample data, in Chromium.

Run it with `uv run python docs/screenshots.py`; it needs `chromium` on the machine.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from tests.browser import start
from tests.browser.steps import settle

DOCS = Path(__file__).parent
VIEW = "?data=sample&period=30d&compare=previous&tz=Africa%2FNairobi"
WIDE, PHONE = 1440, 390
DRAWN = 2_500
"""So many milliseconds after their data arrived charts are drawn."""


@dataclass(frozen=True)
class Shot:
    """A picture of a page: how high, how wide, and by day or by night."""

    page: str
    height: int
    width: int = WIDE
    scheme: Literal["light", "dark"] = "light"


SHOTS = {
    "overview": Shot("overview", 1640),
    "waiting-now": Shot("waiting_now", 1100),
    "summary": Shot("summary", 1180),
    "response-times": Shot("response_times", 1640, scheme="dark"),
    "messages": Shot("messages", 1640),
    "bot-and-handoffs": Shot("bot_and_handoffs", 1640),
    "agents": Shot("agents", 1400, scheme="dark"),
    "customers": Shot("customers", 1640),
    "conversations": Shot("conversations", 1100),
    "import": Shot("import_events", 1000),
    "data-health": Shot("data_health", 1640),
    "test-the-integration": Shot("test_integration", 1000, scheme="dark"),
    "connections": Shot("connections", 900),
    "settings": Shot("settings", 1400),
    "phone": Shot("messages", 1400, PHONE, "dark"),
}


def main() -> None:
    """Take every picture."""
    with start.app() as address, start.chromium() as browser:
        for name, shot in SHOTS.items():
            page = _opened(browser, shot, address)
            page.screenshot(path=DOCS / f"{name}.png")
            page.context.close()


def _opened(browser: Browser, shot: Shot, address: str) -> Page:
    size = {"width": shot.width, "height": shot.height}
    page = browser.new_context(viewport=size, color_scheme=shot.scheme).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/{'' if shot.page == 'overview' else shot.page}{VIEW}")
    page.locator("h1").first.wait_for(timeout=60_000)
    settle(page)
    page.wait_for_timeout(DRAWN)
    return page


if __name__ == "__main__":
    main()
