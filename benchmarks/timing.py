"""Timing side by side: contenders take turns, so that a noisy machine is noisy for all of them."""

import gc
import multiprocessing
import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

GIB = 2**30


@dataclass(frozen=True)
class Timing:
    """What one contender took, in seconds by round: `wall`, and `cpu` of all threads of this process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """The median wall time."""
        return median(self.wall)

    @property
    def cpu_seconds(self) -> float:
        """The median CPU time."""
        return median(self.cpu)


def take_turns(contenders: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, Timing]:
    """Run each contender once a round, A B A B …, and return what they took. Results are let go of at once."""
    timings = {name: Timing() for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            run()
            timings[name].wall.append(time.perf_counter() - wall)
            timings[name].cpu.append(time.process_time() - cpu)
    return timings


def show(timings: Mapping[str, Timing], base: str) -> None:
    """Print the medians, and each contender's as a multiple of `base`'s."""
    print(f"{'':44} {'wall s':>9} {'cpu s':>9} {'× wall':>8} {'× cpu':>8}   (min – max wall)")
    for name, timing in timings.items():
        wall, cpu = (
            timing.seconds / timings[base].seconds,
            timing.cpu_seconds / timings[base].cpu_seconds,
        )
        print(
            f"{name:44} {timing.seconds:9.3f} {timing.cpu_seconds:9.3f} {wall:8.2f} {cpu:8.2f}"
            f"   ({min(timing.wall):.3f} – {max(timing.wall):.3f})"
        )


def promise(text: str, *, kept: bool) -> None:
    """Print a promise and whether this run kept it."""
    print(f"{'kept  ' if kept else 'BROKEN'}  {text}")


def peak_memory(run: Callable[..., Any], *arguments: Any) -> int:
    """Return the most memory (bytes, resident) that a fresh process needs for `run(*arguments)`."""
    with multiprocessing.get_context("spawn").Pool(1) as fresh:
        return fresh.apply(_peak_of, (run, arguments))


def _peak_of(run: Callable[..., Any], arguments: tuple[Any, ...]) -> int:
    kept = run(*arguments)
    # Not ru_maxrss: a child inherits what its parent had when it was started.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    del kept
    return int(status["VmHWM"].split()[0]) * 1024


def machine() -> None:
    """Print what this ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    packages = " ".join(f"{name} {version(name)}" for name in ("duckdb", "numpy", "pandas", "pyarrow", "pydantic"))
    print(f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {packages}")
    print(f"load when this began: {os.getloadavg()[0]:.1f}\n")
