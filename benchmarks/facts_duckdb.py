"""The contender of the facts: the same numbers by SQL, over native DuckDB tables of the same codes."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics import Facts
from analytics.facts.region import find_regions
from analytics.facts.stated import MODES, encode_as
from analytics.facts.waits import CUSTOMER, EVERY_MESSAGE

SCRIPT = Path(__file__).with_name("facts.sql").read_text()

_WHERE = "agent, mode, country"


def leave_out_failures(events: pd.DataFrame) -> pd.DataFrame:
    """Return events without failures, of which the SQL knows nothing: it is to find the same numbers."""
    return events[events["event"] != "message.failed"].reset_index(drop=True)


def load(events: pd.DataFrame, facts: Facts) -> duckdb.DuckDBPyConnection:
    """Return a connection with the tables `events` and `phones`."""
    users = events["user_id"].cat.categories
    countries = events["country_code"].cat.categories
    translation = facts.countries.get_indexer(countries)
    said = events["country_code"].array.codes
    columns = {
        "row": np.arange(len(events), dtype=np.int32),
        "kind": events["event"].array.codes.astype(np.int8),
        "time": events["timestamp"].array.asi8,
        "user": events["user_id"].array.codes.astype(np.int32),
        "chat": _optional(events["chat_id"].array.codes),
        "key": events["key_high"].to_numpy(),
        "mode": _optional(encode_as(events["service_mode"], MODES)),
        "to_mode": _optional(encode_as(events["to_mode"], MODES)),
        "agent": _optional(events["agent_id"].array.codes.astype(np.int32)),
        "country": _optional(np.where(said < 0, -1, translation[said]).astype(np.int16)),
        "test": events["test"].to_numpy(),
    }
    region = facts.countries.get_indexer(find_regions(users)).astype(np.int16)
    phones = {"user": np.arange(len(users), dtype=np.int32), "region": region}
    connection = duckdb.connect()
    for name, table in {"events": pa.table(columns), "phones": pa.table(phones)}.items():
        connection.register("given", table)
        connection.sql(f"CREATE TABLE {name} AS SELECT * FROM given")
        connection.unregister("given")
    return connection


def compare(connection: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    """Raise where the numbers of facts made by SQL differ from ours."""
    waits = facts.waits.cells
    milliseconds = np.bincount(waits.code, weights=facts.waits.duration // 1000, minlength=len(waits.table))
    counted = waits.count().assign(sum=milliseconds.astype(np.int64))
    steps = ", ".join(f"{step}::INT AS {step}" for step in ("delivered", "read", "replied"))
    ours_and_theirs = {
        "events": (facts.events.cells.count(), f"kind, {_WHERE}, count(*) AS count FROM event_facts"),
        "messages": (facts.messages.cells.count(), f"{steps}, {_WHERE}, count(*) AS count FROM ledger"),
        "waits": (
            counted[counted["kind"].isin((CUSTOMER, EVERY_MESSAGE))],
            f"wait AS kind, state, {_WHERE}, count(*) AS count, sum(duration // 1000) AS sum FROM waits",
        ),
    }
    for name, (ours, theirs) in ours_and_theirs.items():
        _same(name, ours, connection.sql(f"SELECT {theirs} GROUP BY ALL"))
    conversations = connection.execute("SELECT count(DISTINCT conversation) FROM event_facts").fetchone()
    if conversations != (len(facts.conversations),):
        raise AssertionError(f"conversations: {len(facts.conversations)} and {conversations}")


def _same(name: str, ours: pd.DataFrame, theirs: duckdb.DuckDBPyRelation) -> None:
    found = theirs.to_arrow_table().to_pandas()
    keys = [column for column in found.columns if column not in ("count", "sum")]
    numbers = [column for column in found.columns if column not in keys]
    one, other = (frame.groupby(keys)[numbers].sum() for frame in (ours[found.columns], found))
    both = one.join(other, how="outer", rsuffix=" by SQL").fillna(0)
    theirs_of = both[[f"{column} by SQL" for column in numbers]]
    differing = both[(both[numbers].to_numpy() != theirs_of.to_numpy()).any(axis=1)]
    if len(differing):
        raise AssertionError(f"{name} differ:\n{differing}")


def _optional(codes: np.ndarray) -> pa.Array:
    return pa.array(codes, mask=codes < 0)
