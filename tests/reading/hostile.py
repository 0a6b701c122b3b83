"""Hostile files: each is refused in words, or read within the limits, while the collector goes on answering.

`uv run python -m tests.reading.hostile --files 200 --seed 1` is the full form; the test suite runs a short one.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics.events.dump_error import DumpError
from analytics.events.validate import validate
from analytics.reading.parent import look_apart, read_apart
from analytics.store.event_store import open_store_at
from tests.reading.bombs import KINDS
from tests.servers import collector

MOST_SECONDS_TO_READ = 60
"""Then a reading is stopped, as somebody who looks at its progress may."""

_ASKING = """
import sys, time, urllib.request
took = []
while not sys.stdin.closed and time.time() < float(sys.argv[2]):
    began = time.perf_counter()
    urllib.request.urlopen(sys.argv[1]).read()
    took.append(time.perf_counter() - began)
    print(took[-1], flush=True)
    time.sleep(0.03)
"""


@dataclass(frozen=True)
class Outcome:
    """What became of a file: how, after how long, and the most memory that the child and this process took for it."""

    kind: str
    number: int
    said: str
    refused: bool
    stopped: bool
    seconds: float
    child_bytes: int
    own_bytes: int


class _Stopped(Exception):  # noqa: N818  # not an error of anybody
    """Somebody had enough of a reading."""


def read(path: Path, kind: str, number: int) -> Outcome:
    """Look into a file and read it, as the app does."""
    began = time.monotonic()

    def hear(_: float) -> None:
        if time.monotonic() - began > MOST_SECONDS_TO_READ:
            raise _Stopped

    refused = stopped = False
    with measured() as peak:
        try:
            list(look_apart(path, progress=hear))
            found = validate(read_apart(path, hear))
            said = f"{len(found.events):,} good, {found.duplicates:,} again, {len(found.rejected):,} unusable"
            del found
        except DumpError as error:
            said, refused = str(error), True
        except _Stopped:
            said, stopped = "stopped by who looked at its progress", True
    return Outcome(kind, number, said, refused, stopped, time.monotonic() - began, *peak)


@contextmanager
def measured() -> Iterator[list[int]]:
    """Give a list that will hold how much memory children took at most, and how much more this process took."""
    done, peak, before = threading.Event(), [0, 0], _held("self")

    def look() -> None:
        while not done.wait(0.01):
            peak[0] = max([peak[0], *map(_held, children())])
            peak[1] = max(peak[1], _held("self") - before)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peak
    finally:
        done.set()
        looking.join()


def children() -> list[int]:
    """Return the processes that this one has started to read, by their id."""
    tasks = Path("/proc/self/task").iterdir()
    started = {int(child) for task in tasks for child in _read(task / "children").split()}
    return sorted(child for child in started if "analytics.reading" in _read(Path(f"/proc/{child}/cmdline")))


def _held(process: int | str) -> int:
    return int([*_read(Path(f"/proc/{process}/statm")).split(), "0", "0"][1]) * os.sysconf("SC_PAGE_SIZE")


def _read(path: Path) -> str:
    """Return what a process or a thread says, nothing if it has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


@contextmanager
def asked(folder: Path, seconds: float) -> Iterator[list[float]]:
    """Run a collector in this process, and give a list that will hold how long its answers to another one took."""
    store = open_store_at(f"duckdb:///{folder / 'events.duckdb'}")
    took: list[float] = []
    with collector(store) as address:
        command = [sys.executable, "-c", _ASKING, f"{address}/v1/health", str(time.time() + seconds)]
        client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            yield took
        finally:
            client.terminate()
            took += map(float, client.communicate()[0].split("\n")[:-1])
    store.close()


def main() -> None:
    """Make files, read them, and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcomes = []
        with asked(Path(folder), 24 * 3600) as took:
            for number in range(given.files):
                kind = given.kinds[number % len(given.kinds)]
                path = Path(folder) / f"{kind} {number}"
                KINDS[kind](path, random.Random(f"{given.seed} {number}"), 1.0)  # noqa: S311  # the same each time
                outcomes.append(read(path, kind, number))
                _say(_describe(outcomes[-1]))
                path.unlink()
        _print_table(outcomes)
        took.sort()
        _say(f"\nthe collector's answers meanwhile: {len(took):,}, p99 {took[len(took) * 99 // 100] * 1000:.0f} ms")


def _describe(one: Outcome) -> str:
    return (
        f"{one.kind} {one.number}: {one.seconds:.1f} s, child {one.child_bytes >> 20:,} MiB, here "
        f"{one.own_bytes >> 20:+,} MiB: {one.said[:230]}"
    )


def _print_table(outcomes: list[Outcome]) -> None:
    _say("\n| kind | files | refused | read | stopped | most seconds | most MiB of a child | most MiB more here |")
    _say("|---|---|---|---|---|---|---|---|")
    for kind in dict.fromkeys(one.kind for one in outcomes):
        of_kind = [one for one in outcomes if one.kind == kind]
        refused, stopped = sum(one.refused for one in of_kind), sum(one.stopped for one in of_kind)
        worst = max(one.seconds for one in of_kind)
        most, own = max(one.child_bytes for one in of_kind) >> 20, max(one.own_bytes for one in of_kind) >> 20
        read_whole = len(of_kind) - refused - stopped
        _say(f"| {kind} | {len(of_kind)} | {refused} | {read_whole} | {stopped} | {worst:.1f} | {most:,} | {own:,} |")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
