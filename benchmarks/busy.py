"""A changed filter while the collector, in the same process, takes a thousand single events a second.

The store holds a million events before. Runs of the main script are timed in the server, those that a click asked
for as well as those that bring new events; each page is measured idle, then busy. Needs wrk and Chromium.
"""

import subprocess
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import timing
import traffic
from playwright.sync_api import Browser, Page

from analytics import read_dump, validate
from analytics.store.event_store import open_store_at
from tests.browser import start

HERE = Path(__file__).parent
REPORTS = ("overview", "response_times", "messages", "agents", "customers")
VIEWPORT = {"width": 1440, "height": 1100}
CONNECTIONS = 100
PAUSE_MS = 62
"""How long each connection waits between requests: with the time of an answer, about a thousand requests a second."""


@dataclass(frozen=True)
class Server:
    """An app that serves both, a write key for it, and the file in which it notes how long each run took."""

    address: str
    key: str
    runs: Path


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=1, help="how many events are stored before")
    parser.add_argument("--pages", nargs="*", default=REPORTS, choices=REPORTS, help="which pages")
    parser.add_argument("--choices", type=int, default=9, help="how often a filter is changed")
    parser.add_argument("--seconds", type=int, default=30, help="how long events arrive")
    options = traffic.parse(parser, needs=("wrk", "chromium"), millions=0.01, pages=["overview"], choices=1, seconds=6)
    timing.machine()
    dump = traffic.dump(options.cache, traffic.count(options.millions))
    with TemporaryDirectory() as folder:
        url = f"duckdb:///{folder}/events.duckdb"
        key = store_dump(url, dump)
        runs = Path(folder, "runs")
        environment = {"ANALYTICS_STORE_URL": url, "BENCHMARK_RUNS": str(runs)}
        with start.app(HERE / "busy_app.py", environment) as address, start.chromium() as browser:
            server = Server(address, key, runs)
            _measured(browser, server, "overview", options)  # the first events take longest
            found = {report: _measured(browser, server, report, options) for report in options.pages}
    for report, (idle, busy, rate) in found.items():
        print(
            f"{report:16} idle {median(idle):.3f} s ({len(idle)} runs)   busy {median(busy):.3f} s ({len(busy)} runs, "
            f"{rate:,.0f} requests/s)   {median(busy) / median(idle):.2f}"
        )
    ratio = median(median(busy) / median(idle) for idle, busy, _ in found.values())
    timing.promise(f"rerun while events arrive ≤ 1.5 × idle, median of the pages: {ratio:.2f}", kept=ratio <= 1.5)


def store_dump(url: str, dump: Path) -> str:
    """Import the dump, and return a write key."""
    store = open_store_at(url)
    key = store.keys.create("benchmark")
    store.add_import(store.projects()[0].id, validate(read_dump(dump)), file=dump.name, digest="")
    store.close()
    return key


def _measured(
    browser: Browser, server: Server, report: str, options: Namespace
) -> tuple[list[float], list[float], float]:
    """Return seconds of each run of a page, idle and busy, and the rate of requests meanwhile."""
    page = browser.new_page(viewport=VIEWPORT)
    page.set_default_timeout(120_000)
    page.goto(f"{server.address}/{report.removeprefix('overview')}?period=all")
    page.get_by_test_id("stHeading").first.wait_for()
    idle = _seconds(page, server.runs, options.choices)
    with _load(server, report, options.seconds) as wrk:
        time.sleep(options.seconds / 6)
        busy = _seconds(page, server.runs, options.choices)
        said = wrk.stdout.read().decode()
    page.close()
    return idle, busy, float(said.split("Requests/sec:")[1].split()[0])


def _seconds(page: Page, runs: Path, choices: int) -> list[float]:
    """Choose one country after another, and return how long all runs took meanwhile; then take them all back."""
    box = page.get_by_test_id("stSidebar").get_by_test_id("stMultiSelect").first
    page.wait_for_timeout(2000)
    runs.write_text("")
    for _ in range(choices):
        box.locator("input").click()
        page.get_by_role("option").nth(1).click()
        page.keyboard.press("Escape")
        page.wait_for_timeout(1500)
    seconds = _noted(page, runs)
    box.get_by_role("button", name="Clear all").click()
    return seconds


def _noted(page: Page, runs: Path) -> list[float]:
    """Return how long runs took, once there is one."""
    for _ in range(600):
        if seconds := [float(line) for line in runs.read_text().split()]:
            return seconds
        page.wait_for_timeout(100)
    raise TimeoutError("a filter was changed, and the main script did not run")


@contextmanager
def _load(server: Server, run: str, seconds: int) -> Iterator[subprocess.Popen]:
    with subprocess.Popen(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", HERE / "collector_events.lua",
         f"{server.address}/v1/capture", "--", server.key, "1", f"busy-{run}-{time.time()}", str(PAUSE_MS)],
        stdout=subprocess.PIPE,
    ) as wrk:  # fmt: skip
        yield wrk


if __name__ == "__main__":
    main()
