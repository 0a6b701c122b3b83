"""The app as `streamlit run` starts it, and a Chromium to look at it, for tests, pictures and measurements."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from playwright.sync_api import Browser, sync_playwright

from tests.servers import free_port, wait_until_healthy

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield the Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def app(
    script: Path = ROOT / "streamlit_app.py",
    environment: Mapping[str, str] | None = None,
    *,
    port: int | None = None,
    options: Sequence[str] = (),
) -> Iterator[str]:
    """Yield the address of the app, on a free port of this machine unless one is named; its log holds no traceback.

    It has an event store of its own unless the environment names one.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", *options]
    with TemporaryFile("w+b") as log, TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [*command, "--server.headless=true"],
            cwd=ROOT,
            env={**os.environ, "ANALYTICS_STORE_URL": f"duckdb:///{folder}/events.duckdb", **(environment or {})},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)
        log.seek(0)
        said = log.read().decode()
        assert "Traceback" not in said, said
