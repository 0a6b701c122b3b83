"""Files read in a child process, against the same in this process: what it costs that no file can take the app along.

In a child as much is read while this process validates; each block comes over a socket, and a child is started.
"""

import time
from functools import partial
from pathlib import Path

import pandas as pd
import timing
import traffic
from tables import exported

from analytics import read_dump, validate
from analytics.reading.parent import look_apart, read_apart
from analytics.reading.process import end_spare, keep_warm

SMALL_EVENTS = 2_000
SECONDS_TO_WARM = 3


def apart(path: Path) -> pd.DataFrame:
    return validate(read_apart(path)).events


def here(path: Path) -> pd.DataFrame:
    return validate(read_dump(path)).events


def first_answer(path: Path) -> float:
    """Return the seconds until a small file has been looked into and read."""
    began = time.perf_counter()
    list(look_apart(path))
    apart(path)
    return time.perf_counter() - began


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=1, help="how many events")
    options = traffic.parse(parser, millions=0.01)
    timing.machine()
    events = traffic.count(options.millions)
    keep_warm()  # as the page Import does
    time.sleep(SECONDS_TO_WARM)
    files = [
        traffic.dump(options.cache, events),
        *(exported(options.cache, events, end) for end in (".csv", ".parquet")),
    ]
    for path in files:
        pd.testing.assert_frame_equal(apart(path), here(path))
        found = timing.take_turns(
            {f"in a child, {path.suffix}": partial(apart, path), "in this process": partial(here, path)}, options.rounds
        )
        timing.show(found, f"in a child, {path.suffix}")
        child, this = (timings.seconds for timings in found.values())
        timing.promise(f"{path.suffix} in a child ≤ 1.15 × this process: {child / this:.2f}", kept=child <= 1.15 * this)
    small = traffic.dump(options.cache, SMALL_EVENTS)
    apart(small)
    end_spare()
    cold = first_answer(small)
    end_spare()
    keep_warm()
    time.sleep(SECONDS_TO_WARM)
    warm = first_answer(small)
    timing.promise(f"{SMALL_EVENTS:,} events with a spare child ≤ 0.3 s: {warm:.2f} s", kept=warm <= 0.3)
    timing.promise(f"… without one ≤ 1 s: {cold:.2f} s", kept=cold <= 1)


if __name__ == "__main__":
    main()
