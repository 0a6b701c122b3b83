"""A dump into the event frame: against DuckDB, which checks nothing, and against pydantic event by event.

DuckDB makes the columns of the event frame that hold what the events say; the identities and the places in
the file are ours alone, as are all checks. With pydantic, identities are made and duplicates dropped, too.
"""

import json
from itertools import islice
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import timing
import traffic

from analytics import read_dump, validate
from analytics.events.contract import Assumptions, Event, properties_model
from analytics.events.frame import CATEGORIES, MESSAGE_EVENTS
from analytics.events.identity import identity, message, occurrence
from analytics.events.timestamps import to_microseconds

SLOW = 0.1
"""The share of the lines that pydantic is given."""

STRUCTURE = {
    "event": "VARCHAR",
    "userId": "VARCHAR",
    "timestamp": "TIMESTAMPTZ",
    "context": {"test": "BOOLEAN"},
    "properties": {
        **dict.fromkeys(
            ("messageId", "chatId", "agentId", "serviceMode", "countryCode", "contentType", "templateId", "name",
             "source", "resolutionType", "fromMode", "toMode", "handoffReason", "journeyStep"),
            "VARCHAR",
        ),
        "hasMedia": "BOOLEAN",
        "messageCount": "INTEGER",
        "durationMinutes": "DOUBLE",
        "deliveredAt": "TIMESTAMPTZ",
        "readAt": "TIMESTAMPTZ",
    },
}  # fmt: skip

QUERY = f"""
    SELECT e.event, epoch_us(e.timestamp) AS timestamp, e.userId AS user_id, p.chatId AS chat_id,
        p.messageId AS message_id, p.agentId AS agent_id, p.serviceMode AS service_mode,
        p.countryCode AS country_code, p.contentType AS content_type, p.templateId AS template_id,
        p.hasMedia AS has_media, p.name, p.source, p.resolutionType AS resolution_type,
        p.messageCount AS message_count, p.durationMinutes AS duration_minutes, p.fromMode AS from_mode,
        p.toMode AS to_mode, p.handoffReason AS handoff_reason, p.journeyStep AS journey_step,
        epoch_us(coalesce(p.deliveredAt, p.readAt)) AS reported_at, coalesce(e.context.test, FALSE) AS test
    FROM (
        SELECT e, e.properties AS p
        FROM (SELECT from_json(json, '{json.dumps(STRUCTURE)}') AS e FROM read_ndjson_objects(?))
    )
"""


def ours(path: Path) -> pd.DataFrame:
    return validate(read_dump(path)).events


def duckdb_arrow(path: Path) -> pa.Table:
    return duckdb.connect().sql(QUERY, params=[str(path)]).to_arrow_table()


def duckdb_pandas(path: Path) -> pd.DataFrame:
    """Return what DuckDB makes of the file with the categories and times of the event frame."""
    table = duckdb_arrow(path)
    for place, name in enumerate(table.column_names):
        if name in CATEGORIES and name != "has_media":
            table = table.set_column(place, name, table[name].dictionary_encode())
    frame = table.to_pandas()
    for name in ("timestamp", "reported_at"):
        frame[name] = pd.to_datetime(frame[name], unit="us", utc=True)
    return frame.astype({"has_media": "category"})


def pydantic_frame(path: Path, lines: int) -> pd.DataFrame:
    """Return the event frame of the first lines, each judged by the models of the contract."""
    assumptions = Assumptions()
    rows = []
    with path.open("rb") as file:
        for line in islice(file, lines):
            event = Event.model_validate(json.loads(line), context=assumptions)
            properties = properties_model(event.event).model_validate(event.properties, context=assumptions)
            given = properties.model_dump()
            if event.event in MESSAGE_EVENTS:
                subject = message(given["message_id"])
            else:
                subject = occurrence(event.user_id, given["chat_id"], to_microseconds(event.timestamp))
            rows.append({
                "event": event.event, "timestamp": event.timestamp, "user_id": event.user_id,
                "test": event.context.test, "key": identity(event.event, subject), **given,
            })  # fmt: skip
    frame = pd.DataFrame(rows).drop_duplicates("key", ignore_index=True)
    return frame.astype(dict.fromkeys(set(CATEGORIES) & set(frame.columns), "category"))


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=1, help="how many events")
    parser.add_argument("--many", type=float, default=5, help="millions of events whose memory is measured")
    options = traffic.parse(parser, millions=0.01, many=0.02)
    events, many_events = traffic.count(options.millions), traffic.count(options.many)
    slow_lines = round(events * SLOW)
    timing.machine()
    clean, bad = traffic.dump(options.cache, events), traffic.dump(options.cache, events, bad=0.01)
    many = traffic.dump(options.cache, many_events)
    scale = 1 / SLOW
    found = timing.take_turns(
        {
            "ours": lambda: ours(clean),
            "ours, 1 % of the events broken": lambda: ours(bad),
            "DuckDB, no checks, to pandas": lambda: duckdb_pandas(clean),
            "DuckDB, no checks, to Arrow": lambda: duckdb_arrow(clean),
            f"pydantic, {slow_lines:,} lines": lambda: pydantic_frame(clean, slow_lines),
        },
        options.rounds,
    )
    timing.show(found, "ours")
    mine, broken, frame, arrow, slow = (timings.seconds for timings in found.values())
    memory = timing.peak_memory(ours, many)
    print(f"\npydantic is measured on {slow_lines:,} lines and taken × {scale:g} below\n")
    timing.promise(
        f"≤ 3 × DuckDB's time to the same pandas frame: {mine / frame:.2f} (to Arrow {mine / arrow:.2f})",
        kept=mine <= 3 * frame,
    )
    timing.promise(
        f"≥ 10 × faster than pydantic event by event: {slow * scale / mine:.1f}", kept=slow * scale >= 10 * mine
    )
    timing.promise(
        f"1 % broken events ≤ 1.5 × the time of a clean file: {broken / mine:.2f}", kept=broken <= 1.5 * mine
    )
    timing.promise(f"{many_events:,} events in ≤ 4 GiB: {memory / timing.GIB:.2f}", kept=memory <= 4 * timing.GIB)


if __name__ == "__main__":
    main()
