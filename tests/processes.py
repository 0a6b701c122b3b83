"""A collector in a process of its own, as a user starts it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import free_port, wait_until_healthy

COMMAND = [sys.executable, "-c", "from analytics.cli.main import main; main()"]


class RunningCollector:
    """A collector in a process of its own."""

    def __init__(self, store_url: str, folder: Path | None = None) -> None:
        """Start it, and return once it answers."""
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [*COMMAND, "collector", f"--port={port}"],
            env=_environment(store_url), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until_healthy(f"{self.address}/v1/health", self.process)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it, in good order unless another signal is given."""
        self.process.send_signal(number)
        self.process.wait(60)


@contextmanager
def collecting(store_url: str, folder: Path | None = None) -> Iterator[RunningCollector]:
    """Yield a running collector, which is ended if it still runs."""
    collector = RunningCollector(store_url, folder)
    try:
        yield collector
    finally:
        if collector.process.poll() is None:
            collector.end()


def _environment(store_url: str) -> dict[str, str]:
    return {**os.environ, "ANALYTICS_STORE_URL": store_url, "PYTHONPATH": str(Path(__file__).parents[1])}
