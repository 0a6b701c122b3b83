"""Facts of ever more events: linear in their number, no slower than DuckDB, and narrow.

DuckDB (`facts.sql`) makes the conversations, attribution, customer waits and ledger. Ours are more: also waits for a
person and from assignments, the origin of each value, the outcome of conversations and what followed them, who took
part, handoffs, and the regions of numbers, which DuckDB is given as a table. Loading events into DuckDB is not counted,
and the numbers must be the same.
"""

from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

import facts_duckdb
import numpy as np
import pandas as pd
import timing
import traffic

from analytics import Facts, build_facts

MILLIONS = (1, 2, 5, 10)


def size(value: Any) -> int:
    """Return how many bytes a dataclass of arrays and tables holds."""
    match value:
        case np.ndarray():
            return value.nbytes
        case pd.DataFrame() | pd.Index():
            return int(np.sum(value.memory_usage(deep=True)))
        case _ if is_dataclass(value):
            return sum(size(getattr(value, part.name)) for part in fields(value))
    return 0


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, nargs="*", default=MILLIONS, help="how many events")
    options = traffic.parse(parser, millions=(0.005, 0.01))
    timing.machine()
    contenders, widths, counts = {}, {}, {}
    for millions in options.millions:
        every = traffic.frame(options.cache, traffic.count(millions), of=traffic.count(max(options.millions)))
        events = facts_duckdb.leave_out_failures(every)
        facts: Facts = build_facts(events)
        connection = facts_duckdb.load(events, facts)
        connection.execute(facts_duckdb.SCRIPT)
        facts_duckdb.compare(connection, facts)
        counts[millions], widths[millions] = len(events), size(facts) / len(events)
        contenders[f"ours, {millions:g} M"] = partial(build_facts, events)
        contenders[f"DuckDB, {millions:g} M"] = partial(connection.execute, facts_duckdb.SCRIPT)
    print("the same numbers by SQL: events, messages and customer waits by agent, mode and country; durations\n")
    found = timing.take_turns(contenders, options.rounds)
    timing.show(found, f"ours, {options.millions[0]:g} M")
    print()

    pace = {millions: found[f"ours, {millions:g} M"].seconds / counts[millions] * 1e6 for millions in options.millions}
    middle = (max(pace.values()) + min(pace.values())) / 2
    spread = max(pace.values()) / middle - 1
    each = ", ".join(f"{seconds:.3f} at {millions:g} M" for millions, seconds in pace.items())
    timing.promise(f"linear, s per million within ± 25 %: ± {spread:.0%} ({each})", kept=spread <= 0.25)
    for millions in options.millions:
        mine, theirs = found[f"ours, {millions:g} M"], found[f"DuckDB, {millions:g} M"]
        timing.promise(
            f"{millions:g} M: ≤ DuckDB's time: {mine.seconds / theirs.seconds:.2f} "
            f"(CPU {mine.cpu_seconds / theirs.cpu_seconds:.2f})",
            kept=mine.seconds <= theirs.seconds,
        )
    timing.promise(f"≤ 64 bytes an event: {max(widths.values()):.1f}", kept=max(widths.values()) <= 64)


if __name__ == "__main__":
    main()
