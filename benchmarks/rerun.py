"""A changed filter at a million events, or more: the time of the script, and from the click to the last thing painted.

The script runs under Streamlit's own test runner, which adds the parsing of everything it draws. The click is a
real one: a server, Chromium, a filter in the sidebar. Painted means that nothing in the page changed any more.
No filter is chosen twice, so nothing is cached but facts and calendar.
"""

import logging
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np
import rerun_app
import timing
import traffic
from playwright.sync_api import Page
from streamlit.testing.v1 import AppTest

from analytics.server.middleware import MAIN_SCRIPT
from tests.browser import start

LIMITS = {1: (0.5, 1.5), 10: (1.5, 3.0)}
"""By millions of events at most, the seconds that script and paint may take."""
REPORTS = (
    "overview",
    "waiting_now",
    "summary",
    "response_times",
    "messages",
    "bot_and_handoffs",
    "agents",
    "customers",
    "conversations",
    "data_health",
)
ZONES = (
    "Africa/Nairobi",
    "Africa/Lagos",
    "Europe/Paris",
    "Asia/Dubai",
    "America/New_York",
    "Asia/Kolkata",
    "Europe/London",
    "Asia/Tokyo",
    "America/Sao_Paulo",
    "Africa/Johannesburg",
)
PERIODS = ("Last 90 days", "Last 30 days", "This month", "Last month", "Last 7 days", "This week", "Last week")
WATCH = """() => {
    window.began = window.changed = 0;
    document.addEventListener("click", () => { window.began ||= performance.now(); }, true);
    new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() => {
        window.changed = performance.now();
    }))).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
}"""
QUIET = "() => window.changed && performance.now() - window.changed > 1000"
RUNNING = '[data-testid="stApp"][data-test-script-state="running"]'


def script_times(pages: list[str], rounds: int, comparison: str) -> dict[str, list[float]]:
    """Return seconds of script by report, for a changed filter each."""
    app = AppTest.from_file(MAIN_SCRIPT, default_timeout=60)
    app.query_params["data"] = rerun_app.DATA
    app.query_params["tz"] = ZONES[0]
    app.run()
    app.selectbox(key="compare").set_value(comparison)
    choices = _choices(app)
    times: dict[str, list[float]] = {}
    for report in pages:
        app.switch_page(f"../../pages/{report}.py").run()
        times[report] = []
        for _ in range(rounds):
            period, modes, country = next(choices)
            app.selectbox(key="period").set_value(period)
            app.multiselect(key="handled").set_value(modes)
            app.multiselect(key="country").set_value(country)
            began = time.perf_counter()
            app.run()
            times[report].append(time.perf_counter() - began)
            _check(app)
    return times


def _check(app: AppTest) -> None:
    """Raise unless the report was drawn."""
    said = [*(caption.value for caption in app.caption), *(part.proto.body for part in app.get("html"))]
    if app.exception or not any("Data up to" in text for text in said):
        found = [*(error.value for error in app.exception), *(title.value for title in app.title)]
        raise AssertionError(f"no report: {found}")


def _choices(app: AppTest) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield periods, modes and countries, no combination twice."""
    countries = app.multiselect(key="country").options[:4]
    every = product(
        ("Last 30 days", "All", "Last 90 days", "This month", "Last month"),
        ([], ["Bot (self-serve)"], ["Agent (assisted)"]),
        ([], *([name] for name in countries)),
    )
    choices = [*every]
    for place in np.random.default_rng(1).permutation(len(choices)):
        yield choices[place]


def click_times(address: str, pages: list[str], rounds: int) -> dict[str, list[float]]:
    """Return seconds from the click on a filter's option to the last change of the page, by report."""
    times = {}
    with start.chromium() as browser:
        for report, zone in zip(pages, ZONES, strict=False):  # views are shared: a zone each, so none is ready
            page = browser.new_page(viewport={"width": 1400, "height": 1800})
            page.set_default_timeout(120_000)
            path = "" if report == "overview" else report
            page.goto(f"{address}/{path}?data={rerun_app.DATA}&tz={zone}")
            page.locator("h1").first.wait_for()
            page.evaluate(WATCH)
            times[report] = [_click(page, period) for period in PERIODS[:rounds]]
            page.close()
    return times


def _click(page: Page, period: str) -> float:
    """Choose a period and return how long it took to be painted."""
    page.wait_for_timeout(1500)
    page.locator(RUNNING).wait_for(state="detached")
    page.get_by_test_id("stSidebar").get_by_role("combobox", name="Period").click()
    option = page.get_by_role("option", name=period, exact=True)
    option.wait_for()
    page.wait_for_timeout(500)
    page.evaluate("window.began = window.changed = 0")
    option.click()
    page.wait_for_timeout(100)
    page.locator(RUNNING).wait_for(state="detached")
    page.wait_for_function(QUIET)
    return page.evaluate("(window.changed - window.began) / 1000")


def show(times: dict[str, list[float]], limit: float, what: str) -> None:
    for report, seconds in times.items():
        each = " ".join(f"{one:.2f}" for one in seconds)
        print(f"{report:20} {median(seconds):6.3f}   ({each})")
    slowest = max(median(seconds) for seconds in times.values())
    timing.promise(f"{what}, median of the slowest report < {limit} s: {slowest:.3f}", kept=slowest < limit)
    print()


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=1, help="how many events, up to 10")
    parser.add_argument("--pages", nargs="*", default=REPORTS, choices=REPORTS, help="which pages")
    options = traffic.parse(parser, needs=("chromium",), millions=0.01, pages=["overview", "conversations"])
    timing.machine()
    logging.disable(logging.WARNING)  # Streamlit misses its server
    events = traffic.count(options.millions)
    script, painted = next(limits for most, limits in LIMITS.items() if options.millions <= most)
    dataset = rerun_app.load(options.cache, events)
    print(f"{len(dataset.events):,} events\n")
    show(script_times(options.pages, options.rounds, "No comparison"), script, "script")
    show(
        script_times(options.pages, options.rounds, "Period before"), script, "script, compared with the period before"
    )
    environment = {"BENCHMARK_CACHE": str(options.cache.resolve()), "BENCHMARK_EVENTS": str(events)}
    with start.app(Path(rerun_app.__file__), environment) as address:
        show(click_times(address, options.pages, options.rounds), painted, "click to painted")


if __name__ == "__main__":
    main()
