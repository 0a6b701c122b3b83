"""A changed filter: ours counts ready facts; SQL pairs all events, then filters. Every turn takes another filter.

The SQL (`facts.sql`) is one script: it sorts and pairs, then counts through views, so that DuckDB may push the
filter down and keeps nothing it does not need. Both sides must find the same numbers. For the record, the same
counting is also timed over facts that DuckDB has made and kept beforehand.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import facts_duckdb
import numpy as np
import timing
import traffic

from analytics import Facts, Filter, Selection, build_facts, report
from analytics.events.frame import EVENT_NAMES
from analytics.events.timestamps import to_microseconds
from analytics.facts.stated import MODES
from analytics.metrics.rates import DELIVERY_RATE, MESSAGE_FUNNEL, READ_RATE, REPLY_RATE
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND, RESPONSE_TIME, TARGETS

ZONE = "Africa/Nairobi"
STEPS = ("sent", "delivered", "read", "replied")
PAIRED = re.sub(r"TABLE (event_facts|ledger|found|waits) ", r"VIEW \1 ", facts_duckdb.SCRIPT)

COUNTS = "SELECT kind, count(*) FROM event_facts WHERE {passing} GROUP BY kind"
FUNNEL = """
    SELECT count(*), count(*) FILTER (delivered OR read OR replied), count(*) FILTER (read OR replied),
        count(*) FILTER (replied)
    FROM ledger WHERE {passing}
"""
WAITS = """
    SELECT wait, count(*) FILTER (state = 0), quantile_cont(duration, [0.5, 0.9]) FILTER (state = 0),
        (sum(duration) FILTER (state = 0))::DOUBLE / count(*) FILTER (state = 0),
        count(*) FILTER (state = 2 AND NOT overdue), count(*) FILTER (state = 3 OR state = 2 AND overdue),
        count(*) FILTER (state = 1), {within}
    FROM (SELECT *, {newest} - time >= 259_200_000_000 AS overdue FROM waits) WHERE {passing} GROUP BY wait
"""


def filters(facts: Facts) -> list[Filter]:
    """Return filters of all kinds."""
    agents, day = tuple(map(str, facts.agents)), date(2026, 1, 5)
    later = [day + timedelta(days=days) for days in range(60)]
    return [
        Filter(later[7], later[36], ZONE),
        Filter(None, None, ZONE, modes=("agent",)),
        Filter(later[1], later[58], ZONE, countries=("KE", "NG")),
        Filter(later[20], later[50], ZONE, agents=agents[:5]),
        Filter(later[0], later[45], ZONE, modes=("bot",)),
        Filter(later[3], later[33], ZONE, agents=agents[2:4], countries=("KE", "US", "BR")),
        Filter(later[10], later[59], ZONE, countries=("US",), modes=("agent",)),
    ]


def counts_and_funnel(facts: Facts, chosen: Filter) -> dict[str, Any]:
    """Return all counts, the three rates and the funnel."""
    selection = Selection(facts, chosen)
    by_kind = selection.event_counts.groupby("kind")["count"].sum()
    metrics = (READ_RATE, DELIVERY_RATE, REPLY_RATE, MESSAGE_FUNNEL)
    found = {metric.key: metric.compute(selection) for metric in metrics}
    return {"counts": {int(kind): int(count) for kind, count in by_kind.items()}, **found}


def counts_and_response_times(facts: Facts, chosen: Filter) -> dict[str, Any]:
    """Return what the SQL returns as well."""
    found, times = counts_and_funnel(facts, chosen), RESPONSE_TIME.compute(Selection(facts, chosen))
    return {
        "counts": found["counts"],
        "funnel": found["message_funnel"]["ledger"],
        "response_time": {key: value for key, value in times.items() if key != "human"},
    }


def by_sql(connection: duckdb.DuckDBPyConnection, facts: Facts, chosen: Filter, script: str) -> dict[str, Any]:
    """Return the same numbers, after `script`."""
    passing = _passing(facts, chosen)
    within = ", ".join(
        f"(count(*) FILTER (state = 0 AND duration <= {target * MICROSECONDS_PER_SECOND}))::DOUBLE "
        f"/ nullif(count(*) FILTER "
        f"(state IN (0, 3) OR state = 2 AND {facts.newest} - time > {target * MICROSECONDS_PER_SECOND}), 0)"
        for target in TARGETS
    )
    connection.execute(script)
    counts = dict(connection.execute(COUNTS.format(passing=passing)).fetchall())
    steps = connection.execute(FUNNEL.format(passing=passing)).fetchall()[0]
    query = WAITS.format(passing=passing, within=within, newest=facts.newest)
    waits = {row[0]: row[1:] for row in connection.execute(query).fetchall()}
    return {
        "counts": counts,
        "funnel": dict(zip(STEPS, steps, strict=True)),
        "response_time": {
            **_of_waits(waits.get(0)),
            "every_message": dict(list(_of_waits(waits.get(2)).items())[:4]),
        },
    }


def _of_waits(row: tuple[Any, ...] | None) -> dict[str, Any]:
    answered, quantiles, mean, waiting, never, closed, *within = row or (
        0,
        None,
        None,
        0,
        0,
        0,
        *([None] * len(TARGETS)),
    )
    median, p90 = quantiles or (None, None)
    return {
        "median_seconds": median and median / MICROSECONDS_PER_SECOND,
        "mean_seconds": mean and mean / MICROSECONDS_PER_SECOND,
        "p90_seconds": p90 and p90 / MICROSECONDS_PER_SECOND,
        "answered": answered,
        "waiting": waiting,
        "never_answered": never,
        "closed_without_reply": closed,
        "within_seconds": dict(zip(map(str, TARGETS), within, strict=True)),
    }


def _passing(facts: Facts, chosen: Filter) -> str:
    conditions = ["TRUE"]
    if chosen.first_day and chosen.last_day:
        first, after = (
            to_microseconds(datetime.combine(day, time(), ZoneInfo(chosen.timezone)).astimezone(UTC))
            for day in (chosen.first_day, chosen.last_day + timedelta(days=1))
        )
        conditions.append(f"time >= {first} AND time < {after}")
    for column, codes in (
        ("agent", facts.agents.get_indexer(list(chosen.agents))),
        ("country", facts.countries.get_indexer(list(chosen.countries))),
        ("mode", np.array([MODES.index(mode) for mode in chosen.modes])),
    ):
        if len(codes):
            conditions.append(f"{column} IN ({', '.join(map(str, codes))})")
    return " AND ".join(conditions)


def check(ours: Any, theirs: Any, where: str) -> None:
    """Raise where two results differ by more than the rounding of floats."""
    if isinstance(ours, dict):
        if ours.keys() != theirs.keys():
            raise AssertionError(f"{where}: {sorted(ours)} and {sorted(theirs)}")
        for key in ours:
            check(ours[key], theirs[key], f"{where} / {EVENT_NAMES[key] if isinstance(key, int) else key}")
    elif ours != theirs and not (isinstance(ours, float) and abs(ours - theirs) <= 1e-9 * abs(ours)):
        raise AssertionError(f"{where}: {ours} and {theirs}")


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=10, help="how many events")
    options = traffic.parse(parser, millions=0.01)
    timing.machine()
    events = facts_duckdb.leave_out_failures(traffic.frame(options.cache, traffic.count(options.millions)))
    facts = build_facts(events)
    connection, kept = (facts_duckdb.load(events, facts) for _ in range(2))
    del events
    kept.execute(facts_duckdb.SCRIPT)
    chosen = filters(facts)
    for one in chosen:
        check(counts_and_response_times(facts, one), by_sql(connection, facts, one, PAIRED), str(one))
    print(f"{len(chosen)} filters: the same counts, funnel and response times by SQL\n")

    def each_turn(run: Callable[[Filter], Any]) -> Callable[[], Any]:
        turns: Iterator[Filter] = cycle(chosen)
        return lambda: run(next(turns))

    found = timing.take_turns(
        {
            "counts, rates, funnel": each_turn(lambda one: counts_and_funnel(facts, one)),
            "counts, rates, funnel, response times": each_turn(lambda one: counts_and_response_times(facts, one)),
            "the same by SQL over the events": each_turn(lambda one: by_sql(connection, facts, one, PAIRED)),
            "the same by SQL over facts kept in DuckDB": each_turn(lambda one: by_sql(kept, facts, one, "")),
            "report: all metrics": each_turn(lambda one: report(facts, one)),
        },
        max(options.rounds, len(chosen)),
    )
    timing.show(found, "counts, rates, funnel, response times")
    counts, both, sql, _, whole = found.values()
    print()
    timing.promise(f"counts, rates and funnel in ≤ 0.3 s: {counts.seconds:.3f}", kept=counts.seconds <= 0.3)
    timing.promise(f"all metrics in ≤ 1 s: {whole.seconds:.3f}", kept=whole.seconds <= 1)
    ratio = sql.seconds / both.seconds
    timing.promise(
        f"≥ 20 × faster than SQL over the events: {ratio:.1f} (CPU {sql.cpu_seconds / both.cpu_seconds:.1f})",
        kept=ratio >= 20,
    )


if __name__ == "__main__":
    main()
