"""Make the pictures in this folder anew: the app on its sample data, in Chromium.

Run it with `uv run python docs/screenshots.py`; it needs `chromium` on the machine.
"""

from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.browser import start

DOCS = Path(__file__).parent
VIEW = "?data=sample&period=Last+30+days&compare=Period+before&tz=Africa%2FNairobi"
SHOTS = {
    "overview": ("", 1440, 1640, "light"),
    "response-times": ("response_times", 1440, 1640, "dark"),
    "customers": ("customers", 1440, 1320, "light"),
    "phone": ("messages", 390, 1400, "dark"),
}


def main() -> None:
    """Take every picture."""
    with start.app() as address, start.chromium() as browser:
        for name, (page, width, height, scheme) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            _take(context, f"{address}/{page}{VIEW}", DOCS / f"{name}.png")


def _take(context: BrowserContext, url: str, path: Path) -> None:
    page = context.new_page()
    page.goto(url)
    page.get_by_text("Data up to").wait_for(timeout=60_000)
    page.wait_for_timeout(3_000)  # charts are drawn after their data arrive
    page.screenshot(path=path)
    context.close()


if __name__ == "__main__":
    main()
