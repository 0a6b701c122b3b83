"""Crashes: clients post while the collector is killed again and again; what was answered 200 must be there, once.

`uv run python -m tests.collector.crash --kills 50` is the full form; the test suite runs a short one.
"""

import argparse
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from analytics.store.event_store import open_store_at
from tests.events_of import received
from tests.postgres import Postgres
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
EVENTS_PER_BATCH = 5
CLIENTS = 16


@dataclass(frozen=True)
class Found:
    """What a run found: kills, events answered 200, those of them that are not stored, and stored more than once."""

    kills: int
    answered: int
    lost: int
    repeated: int


class Killed:
    """A collector in a process of its own that can be killed and brought back on the same port."""

    def __init__(self, store_url: str) -> None:
        self._environment = {**os.environ, "ANALYTICS_STORE_URL": store_url}
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            sys.executable,
            "-c",
            "from analytics.cli.main import main; main()",
            "collector",
            f"--port={self._port}",
        ]
        self._process = subprocess.Popen(
            command, env=self._environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            assert self._process.poll() is None, "the collector ended before it answered"
            try:
                if requests.get(f"{self.address}/v1/health", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise TimeoutError(self.address)

    def peak_memory(self) -> int:
        """Return the most memory it has held so far, in bytes."""
        status = dict(line.split(":", 1) for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines())
        return int(status["VmHWM"].split()[0]) * 1024

    def stop(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it, without a chance to say goodbye unless another signal is given."""
        self._process.send_signal(number)
        self._process.wait(60)


def crash(
    store_url: str, kills: int, *, seed: int = 1, shake: Callable[[], None] = lambda: None, longest: float = 1.5
) -> Found:
    """Post with 16 clients, kill the collector at random moments, and compare answers with what is stored.

    `shake` is called at each kill; it may take the database away and bring it back.
    """
    store = open_store_at(store_url)
    key = store.keys.create("crash", "crash")
    store.close()
    collector, chance = Killed(store_url), random.Random(seed)  # noqa: S311
    answered: list[str] = []
    stop = threading.Event()
    collector.start()
    clients = [
        threading.Thread(target=_post, args=(collector.address, key, number, stop, answered))
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.05, longest))
        collector.stop()
        shake()
        collector.start()
    time.sleep(0.5)
    stop.set()
    for client in clients:
        client.join()
    collector.stop()
    return _compare(store_url, kills, answered)


def _post(address: str, key: str, client: int, stop: threading.Event, answered: list[str]) -> None:
    """Post unique events until told to stop; a batch that got no answer is given up."""
    with requests.Session() as session:
        for number in itertools.count():
            if stop.is_set():
                return
            ids = [f"{client}-{number}-{place}" for place in range(EVENTS_PER_BATCH)]
            batch = {"batch": [received("06:30", name) for name in ids]}
            try:
                answer = session.post(f"{address}/v1/capture", json=batch, headers={"X-Write-Key": key}, timeout=30)
            except requests.RequestException:
                time.sleep(0.02)
                continue
            if answer.status_code == 200:
                answered += ids


def _compare(store_url: str, kills: int, answered: list[str]) -> Found:
    store = open_store_at(store_url)
    try:
        assert store.warnings() == [], "a kill loses no commit, and is not said to"
        stored = Counter(store.events(store.project("crash").id).events["message_id"])
    finally:
        store.close()
    lost = sum(name not in stored for name in answered)
    return Found(kills, len(answered), lost, sum(count > 1 for count in stored.values()))


def main() -> None:
    """Run the full form on both databases and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as folder:
        _say("DuckDB", crash(f"duckdb:///{folder}/events.duckdb", kills))
    postgres = Postgres()
    try:
        _say("PostgreSQL", crash(postgres.new_database(), kills))
        _say("PostgreSQL, stopped at once too", crash(postgres.new_database(), kills, shake=_blackout(postgres)))
    finally:
        postgres.close()


def _say(where: str, found: Found) -> None:
    sys.stdout.write(f"{where}: {found}\n")


def _blackout(postgres: Postgres) -> Callable[[], None]:
    def shake() -> None:
        postgres.stop("immediate")
        postgres.start()

    return shake


if __name__ == "__main__":
    main()
