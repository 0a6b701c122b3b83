"""Rows of a table as events: DuckDB writes each as a line of JSON, as a client would have sent it.

Only problems that the table alone shows are found here: rows that do not fit the header, words and dates whose
meaning is not known, and ids and times that a spreadsheet has rounded.
"""

import itertools
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from analytics.arrow_query import run_query_once
from analytics.events.judge import Problem
from analytics.events.raw_lines import RawLines
from analytics.events.tables import sql
from analytics.events.tables.foreign_words import FLAGS, words_of_field
from analytics.events.tables.headings import DELIVERED, FAILED, READ, SENT, TEST
from analytics.events.tables.matching import NUMBERS, PROPERTIES, Matching
from analytics.events.tables.proposing import propose
from analytics.events.tables.reading import Rows, Table
from analytics.events.tables.values import BOT, NEWEST, NUMBER, PLACE, UNCLEAR_DAY, Values

_IDS = ("messageId", "chatId", "agentId")
_DIRECTIONS = {"message.received": "inbound", "message.sent": "outbound"}
_REPORTED = {"message.delivered": DELIVERED, "message.read": READ, "message.failed": FAILED}
_OF_FAILURES = ("errorCode", "errorTitle")

_PROBLEMS = {
    "direction": Problem(
        "direction",
        "value_unknown",
        "We do not know whether this means inbound or outbound: choose what the word means",
    ),
    "status": Problem("status", "value_unknown", "We do not know this status: choose what the word means"),
    "time": Problem(
        "timestamp",
        "time_precision_lost",
        "A spreadsheet rounded this time: format the column as Text and export again",
    ),
    **{
        name: Problem(
            name,
            "id_precision_lost",
            "A spreadsheet rounded this ID: format the column as Text and export again",
        )
        for name in _IDS
    },
}
_ROW_WIDTH, _AMBIGUOUS = "row_width", "date_ambiguous"
_ROUNDED = r"'^[0-9]([.,][0-9]+)?[eE]\+?[0-9]+$'"
_NUMBER, _BOT, _UNCLEAR_DAY, _NEWEST = map(sql.name, (NUMBER, BOT, UNCLEAR_DAY, NEWEST))

ONLY_IN_TABLES = frozenset({_ROW_WIDTH, _AMBIGUOUS, *(problem.code for problem in _PROBLEMS.values())})
"""Codes of the problems that show in a table, but not in the events made from it."""


def to_events(table: Table, matching: Matching) -> Iterator[RawLines]:
    """Yield the events of a table's rows; `line` is the number of the row as a spreadsheet shows it.

    Raises:
        DumpError: if a column that is needed is missing, or the table is damaged.
    """
    matching.check(table.columns)
    values = Values(matching, table.columns, exact=table.exact)
    query = _query(values, matching.rows)
    with ThreadPoolExecutor(1) as thread:  # DuckDB writes the next events while somebody looks at these
        ahead: deque[Future[RawLines]] = deque()
        for rows in table.rows:
            if rows.unreadable:
                yield _reject_unreadable(rows, len(table.columns))
            kept = _leave_out(rows, matching)
            if len(rows.texts):
                left_out = len(rows.texts) - len(kept.texts)
                ahead.append(thread.submit(_write_rows, query, values, kept, left_out))
            if len(ahead) > 1:
                yield ahead.popleft().result()
        yield from (lines.result() for lines in ahead)


def guess_matching(table: Table) -> Matching:
    """Return the likeliest matching of a table."""
    return propose(table.columns, table.sample)


def _leave_out(rows: Rows, matching: Matching) -> Rows:
    """Return the rows without those that a column's value leaves out."""
    kept = np.ones(len(rows.texts), np.bool_)
    for column, words in matching.left_out.items():
        texts = pc.utf8_lower(pc.utf8_trim_whitespace(rows.texts[column]))
        kept &= ~pc.is_in(texts, pa.array([word.strip().lower() for word in words], pa.string())).to_numpy()
    return rows if kept.all() else Rows(rows.texts.filter(pa.array(kept)), rows.numbers[kept], {})


def _write_rows(query: str, values: Values, rows: Rows, left_out: int) -> RawLines:
    written = run_query_once(query, "cells", values.of(rows))
    text = written["line"].combine_chunks().cast(pa.large_string())
    _, ends, buffer = text.buffers()
    offsets = np.frombuffer(ends, np.int64)[text.offset : text.offset + len(text) + 1]
    problems = written["problem"].combine_chunks()
    places = np.flatnonzero(problems.is_valid().to_numpy(zero_copy_only=False)).tolist()
    return RawLines(
        buffer.to_pybytes() if buffer else b"",
        offsets,
        written["row"].to_numpy(),
        written["part"].to_numpy().astype(np.int32),
        {place: _problem_of(problems[place].as_py()) for place in places},
        left_out=left_out,
    )


def _problem_of(said: str) -> Problem:
    """Return a problem by its name in `_PROBLEMS`, or for the column of an unclear date."""
    return _PROBLEMS.get(said) or Problem(
        said, _AMBIGUOUS, "We cannot tell day and month apart: choose which comes first"
    )


def _reject_unreadable(rows: Rows, columns: int) -> RawLines:
    problems = {
        place: Problem(
            "",
            _ROW_WIDTH,
            f"This row has {width} columns, but the header has {columns}: there are too many or too few separators",
        )
        for place, (_, width) in enumerate(rows.unreadable.values())
    }
    texts = [orjson.dumps(text) for text, _ in rows.unreadable.values()]
    return RawLines.from_events(
        texts, np.array(list(rows.unreadable), np.int64), np.zeros(len(texts), np.int32), problems
    )


def _query(row: Values, rows: str) -> str:
    """Return the query over `cells`. It gives each event as JSON, its row, its place in the row, and its problem."""
    shaped = _messages(row) if rows == "messages" else _events(row)
    properties = [*map(_pair, PROPERTIES), *itertools.starmap(_pair, row.more.items())]
    return f"""
    WITH said AS ({shaped}),
    events AS (
        SELECT * REPLACE (coalesce(problem, CASE WHEN regexp_matches(timestamp, {_ROUNDED}) THEN 'time' END) AS problem)
        FROM said
    )
    SELECT
        '{{"type":"track"' || {_member("event", "event")} || {_member("userId", '"userId"')}
            || {_member("timestamp", "timestamp")} || ',"context":{{"channel":"whatsapp"'
            || CASE WHEN lower(test) = 'true' THEN ',"test":true' ELSE '' END || '}},"properties":'
            || coalesce(given, '{{' || concat_ws(',', {", ".join(properties)}) || '}}') || '}}' AS line,
        {_NUMBER} AS row, part, problem
    FROM events e
    ORDER BY row, part
    """


def _events(row: Values) -> str:
    """Return the query for tables in which each row is an event."""
    direction = sql.case("event", _DIRECTIONS)
    filled = {
        "direction": f"coalesce(direction, {direction})",
        "contentType": '"contentType"' if row.has("contentType") else _content("event"),
        "chatId": '"chatId"' if row.has("chatId") else _chat(),
        "agentId": f"CASE WHEN {_BOT} IS NULL OR event = 'chat.assigned' THEN \"agentId\" END",
        "serviceMode": f"coalesce(\"serviceMode\", CASE WHEN event <> 'chat.assigned' THEN {_BOT} END)",
        **{
            name: f"""coalesce({sql.name(name)}, CASE WHEN event = '{event}' THEN "reportedAt" END)"""
            for event, name in _REPORTED.items()
        },
    }
    return f"""
    SELECT {_NUMBER}, 0 AS part, event, "userId", timestamp, {sql.name(TEST)} AS test, properties AS given,
        {_problem([])} AS problem, {", ".join([_properties(filled), *map(sql.name, row.more.values())])}
    FROM cells
    """


def _messages(row: Values) -> str:
    """Return the query for tables in which each row is a message, which gives up to four events."""
    direction = "direction" if row.has("direction") else "'outbound'"
    identified = f'coalesce("messageId", {_id_from_content()})'
    # Where the status is all that is known of what became of a message, it came at the newest time of the row.
    proved = {DELIVERED: "'delivered', 'read'", READ: "'read'", FAILED: "'failed'"}
    times = {
        name: f"coalesce({sql.name(name)}, CASE WHEN status IN ({statuses}) THEN {_NEWEST} END)"
        for name, statuses in proved.items()
    }
    by_agent = f"{direction} = 'outbound' AND {_BOT} IS NULL AND \"serviceMode\" IS DISTINCT FROM 'bot'"
    sent = f"CASE {direction} WHEN 'inbound' THEN 'message.received' ELSE 'message.sent' END"
    statuses = ", ".join(map(sql.literal, words_of_field("status")))
    unknown = [("direction", f"coalesce({direction}, '') NOT IN ('inbound', 'outbound')")]
    unknown += [("status", f"status NOT IN ({statuses})")] if row.has("status") else []
    problem = _problem(unknown)
    filled = {
        "messageId": identified,
        "chatId": '"chatId"' if row.has("chatId") else _chat(),
    }
    whole = {
        **filled,
        "direction": direction,
        "agentId": f'CASE WHEN {by_agent} THEN "agentId" END',
        "serviceMode": f"coalesce(\"serviceMode\", CASE WHEN {direction} = 'outbound' THEN {_BOT} END)",
        "contentType": """coalesce("contentType", 'text')""",
        **dict.fromkeys(_REPORTED.values(), "NULL::VARCHAR"),
        **{name: f"CASE WHEN {times[FAILED]} IS NULL THEN {sql.name(name)} END" for name in _OF_FAILURES},
    }
    parts = [
        f"""
        SELECT {_NUMBER}, 0 AS part, {sent} AS event, "userId", {sql.name(SENT)} AS timestamp, NULL AS test,
            NULL AS given, {problem} AS problem, {_properties(whole)}
        FROM cells"""
    ]
    bare = {**dict.fromkeys(PROPERTIES, "NULL::VARCHAR"), **filled}
    with_reason = {name: value for name, value in bare.items() if name not in _OF_FAILURES}
    for part, (event, name) in enumerate(_REPORTED.items(), 1):
        given = with_reason if name == FAILED else bare
        parts.append(f"""
        SELECT {_NUMBER}, {part} AS part, '{event}' AS event, "userId", {times[name]} AS timestamp, NULL AS test,
            NULL AS given, {_problem([])} AS problem, {_properties(given)}
        FROM cells WHERE {direction} = 'outbound' AND {times[name]} IS NOT NULL""")
    return " UNION ALL ".join(parts)


def _properties(filled: dict[str, str]) -> str:
    return ", ".join(f"{filled.get(name, sql.name(name))} AS {sql.name(name)}" for name in PROPERTIES)


def _problem(more: list[tuple[str, str]]) -> str:
    """Return the key in `_PROBLEMS` of what is wrong with a row, as SQL; NULL if nothing is wrong."""
    rounded = [(name, f"regexp_matches({sql.name(name)}, {_ROUNDED})") for name in _IDS]
    cases = " ".join(f"WHEN {wrong} THEN '{name}'" for name, wrong in [*more, *rounded])
    return f"coalesce({_UNCLEAR_DAY}, CASE {cases} END)"


def _content(event: str) -> str:
    return f"CASE WHEN {event} IN ('message.received', 'message.sent') THEN 'text' END"


def _chat() -> str:
    """Return a chat id for tables without chats: it is made from the customer's phone, but does not show it."""
    return """'chat-' || left(md5("userId"), 12)"""


def _id_from_content() -> str:
    """Return a message id for rows without one; the same message gets the same id in the next export.

    Equal rows are told apart by how many came before: five messages of a minute are five.
    """
    said = f'"userId", {sql.name(SENT)}, direction, "templateId", nullif({sql.name(PLACE)}, 0)'
    return f"'made-' || left(md5(concat_ws(chr(31), {said})), 16)"


def _member(name: str, value: str) -> str:
    return f"""coalesce(',"{name}":' || to_json({value})::VARCHAR, '')"""


def _pair(name: str, column: str | None = None) -> str:
    """Return a property of the event `e` as JSON; NULL if it is missing. Its column usually has the same name."""
    value = f"e.{sql.name(column or name)}"
    written = sql.number(value) if name in NUMBERS else sql.flag(value) if name in FLAGS else sql.json(value)
    return f"{sql.literal(orjson.dumps(name).decode() + ':')} || {written}"
