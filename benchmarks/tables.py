"""Tables into the event frame: CSV and Parquet, against DuckDB, which checks nothing; and the memory it takes.

DuckDB reads the same columns, and makes of them what the event frame holds of them: categories, numbers and times. The
identities and the numbers of the rows are ours alone, as are all checks.
"""

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import timing
import traffic

from analytics import read_dump, validate
from analytics.events.export import FORMATS
from analytics.events.frame import CATEGORIES

READERS = {".csv": "read_csv(?, header = true)", ".parquet": "read_parquet(?)"}
TIMES = ("timestamp", "properties.reportedAt")


def exported(cache: Path, events: int, ending: str) -> Path:
    """Return a table of simulated events; it is written first where it is missing."""
    path = cache / f"table_{events}{ending}"
    if not path.exists():
        frame = traffic.frame(cache, events)
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            file.writelines(FORMATS[ending](frame))
        unfinished.rename(path)
    return path


def ours(path: Path) -> pd.DataFrame:
    return validate(read_dump(path)).events


def _query(path: Path) -> str:
    return f"FROM {READERS[path.suffix]}"


def duckdb_arrow(path: Path) -> pa.Table:
    return duckdb.connect().sql(_query(path), params=[str(path)]).to_arrow_table()


def duckdb_pandas(path: Path) -> pd.DataFrame:
    """Return what DuckDB makes of the file with the categories and times of the event frame."""
    table = duckdb_arrow(path)
    categories = {"event", "userId", *(f"properties.{_camel(name)}" for name in CATEGORIES)}
    for place, name in enumerate(table.column_names):
        if name in categories and pa.types.is_string(table[name].type):
            table = table.set_column(place, name, table[name].dictionary_encode())
    frame = table.to_pandas()
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in TIMES})


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


def beyond_kept(path: Path) -> tuple[int, int]:
    """Return the peak of memory beyond the event frame that is kept, and the frame's size, in bytes."""
    peak, kept = timing.peak_memory(ours, path), int(ours(path).memory_usage(deep=True).sum())
    return peak - kept, kept


def compare(ending: str, cache: Path, rounds: int, events: int, many_events: int) -> None:
    """Print what one format takes, and which promises that keeps."""
    path = exported(cache, events, ending)
    name = f"ours, {ending}"
    found = timing.take_turns(
        {
            name: lambda: ours(path),
            "DuckDB, no checks, .df()": lambda: duckdb.connect().sql(_query(path), params=[str(path)]).df(),
            "DuckDB, no checks, with our dtypes": lambda: duckdb_pandas(path),
            "DuckDB, no checks, to Arrow": lambda: duckdb_arrow(path),
        },
        rounds,
    )
    timing.show(found, name)
    mine, plain, typed, arrow = (timings.seconds for timings in found.values())
    timing.promise(
        f"{ending}: ≤ 3 × DuckDB's read into a pandas frame: {mine / plain:.2f} "
        f"(with our dtypes {mine / typed:.2f}, to Arrow {mine / arrow:.2f})",
        kept=mine <= 3 * plain,
    )
    (few, few_kept), (many, many_kept) = beyond_kept(path), beyond_kept(exported(cache, many_events, ending))
    timing.promise(
        f"{ending}: peak beyond what is kept, {many_events:,} rows ÷ {events:,}, within 20 %: {many / few:.2f}"
        f" ({few / 2**20:.0f} and {many / 2**20:.0f} MiB; kept {few_kept / 2**20:.0f} and {many_kept / 2**20:.0f})",
        kept=many <= 1.2 * few,
    )


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=1, help="how many events")
    parser.add_argument("--many", type=float, default=5, help="millions of events whose memory is compared with theirs")
    options = traffic.parse(parser, millions=0.01, many=0.02)
    timing.machine()
    for ending in READERS:
        compare(ending, options.cache, options.rounds, traffic.count(options.millions), traffic.count(options.many))


if __name__ == "__main__":
    main()
