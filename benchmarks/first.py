"""The first look: from the start of the app, and in a browser that knows nothing of it yet, until numbers are seen.

The stored events are simulated, the last 30 days of them are looked at. A number is seen when the first card shows it;
a page is whole when its charts are drawn and the table at its end is there. What a page sends is counted on its
connection; the front end beside it is Streamlit's own, the same for every page, and kept by the browser. How long that
takes alone is shown by an app of one number, one chart and one table (`first_floor.py`).
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import timing
import traffic
import unwatched
from playwright.sync_api import Browser, Page
from rerun import REPORTS
from unwatched import Unwatched

from analytics.live.snapshots import LEAST_EVENTS
from analytics.store.event_store import open_store_at
from tests.browser import start

VIEW = "?tz=Africa%2FNairobi&period=custom&days=2026-02-05&days=2026-03-06"
NUMBER = "[data-testid=stMetricValue]"
TABLE = "[data-testid=stDataFrame]"
CHART = "[data-testid=stPlotlyChart] .main-svg"
UNDRAWN = "[data-testid=stPlotlyChart]:not(:has(.main-svg)), [data-testid=stSkeleton]"
FLOOR = Path(__file__).with_name("first_floor.py")
QUIET = 3_000
MEGABYTE = 1_000_000


def there(part: str) -> str:
    """Return in JavaScript whether a part of the page is there."""
    return f"document.querySelector('{part}')"


SEEN = {
    "number": there(NUMBER),
    "table": there(TABLE),
    "whole": f"{there(TABLE)} && {there(CHART)} && !{there(UNDRAWN)}",
}


@contextmanager
def fresh(browser: Browser) -> Iterator[Page]:
    """Give a page of a browser that has kept nothing."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield context.new_page()
    context.close()


def start_to_number(browser: Browser, url: str, kept: Path | None = None) -> float:
    """Return seconds from the start of the app to its first number in a browser that is open already.

    The app goes on until it has kept a snapshot, where its file is given.
    """
    with fresh(browser) as page:
        began = time.perf_counter()
        with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:
            page.goto(f"{address}/{VIEW}")
            page.locator(NUMBER).first.wait_for(timeout=120_000)
            seconds = time.perf_counter() - began
            while kept and not kept.exists():
                time.sleep(0.1)
    return seconds


def without_snapshot(url: str, events: int) -> Path | None:
    """Remove the snapshot of the store's project, and return its path; None where so few events get none."""
    with closing(open_store_at(url)) as store:
        path = store.copy_of(store.projects()[0].id)
    if path:
        path.unlink(missing_ok=True)
    return path if events >= LEAST_EVENTS else None


def first_pages(browser: Unwatched, address: str, rounds: int) -> list[dict[str, float]]:
    """Return seconds to the first number, the table and the whole page, in fresh browsers; the first is left out."""
    return [browser.first_seen(f"{address}/{VIEW}", SEEN) for _ in range(rounds + 1)][1:]


def sent(browser: Browser, address: str, report: str) -> int:
    """Return how many bytes a page sends on its connection."""
    sizes: list[int] = []
    with fresh(browser) as page:
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
        page.goto(f"{address}/{'' if report == 'overview' else report}{VIEW}")
        page.locator("h1").first.wait_for(timeout=60_000)
        page.wait_for_timeout(QUIET)
    return sum(sizes)


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=1, help="how many events")
    parser.add_argument("--large", type=float, default=10, help="millions of events of the large store")
    parser.add_argument("--pages", nargs="*", default=REPORTS, choices=REPORTS, help="which pages are weighed")
    options = traffic.parse(parser, needs=("chromium",), millions=0.01, large=0.02, pages=["overview"])
    timing.machine()
    one, large = (traffic.store(options.cache, traffic.count(size)) for size in (options.millions, options.large))
    size, large_size = f"{options.millions:g} M", f"{options.large:g} M"
    with unwatched.chromium() as browser:
        with start.app(FLOOR) as address:
            floor = first_pages(browser, address, options.rounds)
        with start.app(environment={"ANALYTICS_STORE_URL": one}) as address:
            times = first_pages(browser, address, options.rounds)
    with start.chromium() as browser:
        with start.app(environment={"ANALYTICS_STORE_URL": one}) as address:
            weights = {report: sent(browser, address, report) for report in options.pages}
        small = start_to_number(browser, one)
        anew = start_to_number(browser, large, without_snapshot(large, traffic.count(options.large)))
        big = start_to_number(browser, large)
    number, table, whole = (median(page[part] for page in times) for part in SEEN)
    least = median(page["whole"] for page in floor)
    print("number, table, whole page:", "   ".join(" ".join(f"{page[part]:.2f}" for part in SEEN) for page in times))
    print("bytes:", "  ".join(f"{report} {size:,}" for report, size in weights.items()), "\n")
    timing.promise(f"{size}: first number in a fresh browser < 3 s: {number:.2f} s", kept=number < 3)
    timing.promise(f"{size}: its first page, charts and all, < 3 s: {whole:.2f} s", kept=whole < 3)
    print(f"        the table at its end: {table:.2f} s")
    print(
        f"        the least of an app with a number, a chart and a table: {least:.2f} s, {whole / least:.2f} times that"
    )
    heaviest = max(weights.values())
    timing.promise(f"{size}: sent for the heaviest page < 1 MB: {heaviest:,}", kept=heaviest < MEGABYTE)
    print(f"        {size}: start of the app to first number: {small:.1f} s")
    timing.promise(f"{large_size}: start of the app to first number < 10 s: {big:.1f} s", kept=big < 10)
    print(f"        the first start of all, which makes the snapshot: {anew:.1f} s")


if __name__ == "__main__":
    main()
