"""Crashes of imports: a process that imports is killed at random moments; each file must be there whole, or not at all.

`uv run python -m tests.store.crash --kills 20` is the full form; the test suite runs a short one.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.simulation import simulate
from analytics.store.event_store import open_store_at
from analytics.store.imports import imports_of
from analytics.store.tables import events, rejected_events
from tests.postgres import Postgres

ROOT = Path(__file__).parents[2]
BAD = 500
"""So many events of each file cannot be used."""


@dataclass(frozen=True)
class Found:
    """What a run found: kills, files that are there whole, not at all, in part, and lost though said to be there."""

    kills: int
    whole: int
    nothing: int
    partly: int
    lost: int


def crash(store_url: str, kills: int, *, size: int, seed: int = 1) -> Found:
    """Import a file of `size` events, each time a new one, and kill who does it while it is being stored.

    The moments are spread over half as long again as an import takes undisturbed.
    """
    chance = random.Random(seed)  # noqa: S311
    store = open_store_at(store_url)
    store.create_project("crash")
    store.close()
    longest = 1.5 * _import(store_url, 0, size)
    said = {
        str(number) for number in range(1, kills + 1) if _killed(store_url, number, size, chance.uniform(0, longest))
    }
    whole, partly = _stored(store_url, size)
    return Found(kills, len(whole - {"0"}), kills + 1 - len(whole) - partly, partly, len({"0", *said} - whole))


def bring(store_url: str, number: int, size: int) -> None:
    """Import one file, and say when it begins to be stored and when it is."""
    good = b"".join(simulate(size, seed=number))
    bad = b"".join(b"bad %d of %d\n" % (place, number) for place in range(BAD))
    found = validate([RawLines.from_text(good + bad)])
    store = open_store_at(store_url)
    sys.stdout.write("storing\n")
    sys.stdout.flush()
    store.add_import(store.project("crash").id, found, file=str(number), digest=str(number))
    sys.stdout.write("stored\n")
    sys.stdout.flush()
    store.close()


def _import(store_url: str, number: int, size: int) -> float:
    """Import one file undisturbed and return how many seconds it took to be stored."""
    with _started(store_url, number, size) as process:
        _heard(process, "storing")
        began = time.monotonic()
        _heard(process, "stored")
        return time.monotonic() - began


def _killed(store_url: str, number: int, size: int, after: float) -> bool:
    """Import one file, kill who does it so many seconds after it began, and return whether it was said to be done."""
    with _started(store_url, number, size) as process:
        _heard(process, "storing")
        time.sleep(after)
        process.kill()
        assert process.stdout is not None
        return process.stdout.read() == b"stored\n"


def _started(store_url: str, number: int, size: int) -> subprocess.Popen[bytes]:
    code = f"from tests.store.crash import bring; bring({store_url!r}, {number}, {size})"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ, stdout=subprocess.PIPE)


def _heard(process: subprocess.Popen[bytes], word: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == f"{word}\n".encode(), "the import ended before its time"


def _stored(store_url: str, size: int) -> tuple[set[str], int]:
    """Return the names of the files that are there whole, and how many are there in part.

    A file is there with its entry in the history, its events, and those of its events that cannot be used.
    """
    store = open_store_at(store_url)
    try:
        assert store.warnings() == [], "a kill loses no commit, and is not said to"
        project = store.project("crash").id
        with store.database.reading() as connection:
            entries = {entry.id: entry for entry in imports_of(connection, project)}
            stored, rejected = (
                Counter(connection.scalars(select(table.c.import_id))) for table in (events, rejected_events)
            )
    finally:
        store.close()
    whole = {
        entry.file
        for entry in entries.values()
        if (entry.received, stored[entry.id], rejected[entry.id]) == (size + BAD, entry.stored, BAD)
    }
    return whole, len(entries.keys() | stored.keys() | rejected.keys()) - len(whole)


def main() -> None:
    """Run the full form on both databases and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as folder:
        _say("DuckDB", crash(f"duckdb:///{folder}/events.duckdb", kills, size=50_000))
    postgres = Postgres()
    try:
        _say("PostgreSQL", crash(postgres.new_database(), kills, size=50_000))
    finally:
        postgres.close()


def _say(where: str, found: Found) -> None:
    sys.stdout.write(f"{where}: {found}\n")


if __name__ == "__main__":
    main()
