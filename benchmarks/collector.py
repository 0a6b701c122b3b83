"""How fast events are collected: durable batches and single events, 32 connections, beside echo and a plain collector.

Needs `wrk` (Debian: `apt-get install wrk`).
"""

import math
import re
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import traffic
from timing import machine, promise

HERE = Path(__file__).parent
CONNECTIONS = 32
BATCH = 100


@dataclass(frozen=True)
class Server:
    """A server with all contenders, a write key for it, and the id of a webhook."""

    address: str
    key: str
    hook_id: str


@dataclass(frozen=True)
class Load:
    """What a contender took: requests a second, and the 99th percentile of what each took, in milliseconds."""

    rate: float
    p99: float
    failed: int


def main() -> None:
    options = _options()
    machine()
    options.cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=options.cache) as folder, served(Path(folder)) as server:
        batches = take_turns(server, {"collector": "/v1/capture", "plain": "/plain", "echo": "/echo"}, BATCH, options)
        print(f"\n{stored(server):,} events stored\n")
        singles = take_turns(server, {"collector": "/v1/capture", "plain": "/plain", "echo": "/echo"}, 1, options)
        print(f"\n{stored(server):,} events stored\n")
    events = batches["collector"].rate * BATCH
    promise(f"batches of {BATCH}: at least 50,000 durable events/s: {events:,.0f}", kept=events >= 50_000)
    one = singles["collector"]
    promise(f"single events: at least 1,700 requests/s: {one.rate:,.0f}", kept=one.rate >= 1_700)
    promise(f"single events: p99 under 250 ms: {one.p99:.0f} ms", kept=one.p99 < 250)


def _options() -> Namespace:
    parser = traffic.arguments(__doc__, rounds=3)
    parser.add_argument("--seconds", type=int, default=8, help="how long each time")
    return traffic.parse(parser, needs=("wrk",), seconds=2)


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Yield a server in a process of its own; its log is kept in the folder."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "import collector_server; collector_server.main()", str(port), folder.resolve()],
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            key, hook_id = (process.stdout.readline().decode().strip() for _ in range(2))
            _wait_for(f"http://127.0.0.1:{port}/v1/health", process)
            yield Server(f"http://127.0.0.1:{port}", key, hook_id)
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen) -> None:
    while process.poll() is None:
        try:
            return urlopen(url).close()
        except URLError:
            time.sleep(0.1)
    raise RuntimeError("the server has ended")


def take_turns(server: Server, paths: dict[str, str], events: int, options: Namespace) -> dict[str, Load]:
    """Load each contender once a round, print what it took, and return the medians."""
    loads: dict[str, list[Load]] = {name: [] for name in paths}
    for number in range(options.rounds):
        for name, path in paths.items():
            loads[name].append(_load(server, path, events, f"{name}-{events}-{number}", options.seconds))
    print(f"{events:>4} events a request {'requests/s':>16} {'events/s':>12} {'p99 ms':>8} {'share of echo':>14}")
    found = {name: _median(all_rounds) for name, all_rounds in loads.items()}
    for name, load in found.items():
        share = load.rate / found["echo"].rate if found["echo"].rate else math.nan
        print(
            f"{name:20} {load.rate:18,.0f} {load.rate * events:12,.0f} {load.p99:8.0f} {share:14.2f}"
            + (f"   {load.failed} failed" if load.failed else "")
        )
    return found


def _load(server: Server, path: str, events: int, run: str, seconds: int) -> Load:
    said = subprocess.run(
        ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "--timeout", "30s", "-s",
         HERE / "collector_events.lua", server.address + path, "--", server.key, str(events), run],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Load(rate, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit], int(failed[1]) if failed else 0)


def _median(loads: list[Load]) -> Load:
    return Load(
        median(load.rate for load in loads), median(load.p99 for load in loads), sum(load.failed for load in loads)
    )


def stored(server: Server) -> int:
    """Return how many events the collector says it has stored."""
    counters = urlopen(f"{server.address}/v1/metrics").read().decode()
    return int(float(re.search(r'collector_events_total\{outcome="accepted"\} (\S+)', counters)[1]))


if __name__ == "__main__":
    main()
