"""Make the pictures in this folder anew: the app on its sample data, in Chromium.

Run it with `uv run python docs/screenshots.py`; it needs `chromium` on the machine.
"""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import BrowserContext, sync_playwright

DOCS = Path(__file__).parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VIEW = "?data=sample&period=Last+30+days&compare=Period+before&tz=Africa%2FNairobi"
SHOTS = {
    "overview": ("", 1440, 1640, "light"),
    "response-times": ("response_times", 1440, 1640, "dark"),
    "customers": ("customers", 1440, 1320, "light"),
    "phone": ("messages", 390, 1400, "dark"),
}


def main() -> None:
    """Take every picture."""
    with _server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, (page, width, height, scheme) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            _take(context, f"{url}/{page}{VIEW}", DOCS / f"{name}.png")
        browser.close()


def _take(context: BrowserContext, url: str, path: Path) -> None:
    page = context.new_page()
    page.goto(url)
    page.get_by_text("Data up to").wait_for(timeout=60_000)
    page.wait_for_timeout(3_000)  # charts are drawn after their data arrive
    page.screenshot(path=path)
    context.close()


@contextmanager
def _server() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    process = subprocess.Popen([*command, "--server.headless", "true"], cwd=DOCS.parent, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    for _ in range(150):
        try:
            urlopen(url).close()
        except URLError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"no server at {url}")


if __name__ == "__main__":
    main()
