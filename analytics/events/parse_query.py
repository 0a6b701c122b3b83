r"""The query by which DuckDB parses lines of JSON to columns of JSON values.

DuckDB's JSON is laxer than the standard and than Python, so a row counts as `sound` only where the two
agree: `from_json` turns numbers and objects into texts (leaves declared as JSON keep their type), takes the
first of repeated keys (Python the last), and lets trailing commas, NaN and Infinity pass. Times and message
ids, distinct in almost every row, are checked here; all other values once per distinct value, elsewhere.
"""

from functools import cache
from itertools import compress
from typing import get_args

from analytics.events.contract import ALIASES, PROPERTY_ALIASES, Context, Event
from analytics.events.frame import EVENT_NAMES, LOW_BITS, MESSAGE_EVENTS
from analytics.events.judge import MAX_EVENT_BYTES, MAX_NESTING
from analytics.events.schema import property_fields

_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_INSTANT = rf"(19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_CLOCK}:[0-5][0-9](\.[0-9]{{1,9}})?"
_OFFSET = rf"(Z|[+-]{_CLOCK})"
_ENVELOPE = tuple(name for name in (*ALIASES, *ALIASES.values()) if name not in ("sentAt", "sent_at"))
_CONTEXT = ("channel", "test", "library")

_CHECKED_HERE = ("messageId", "deliveredAt", "readAt", "direction")

# Within other keys: no NaN or Infinity, and no number that may be beyond a 64-bit float.
_NOT_A_NUMBER = r"(?i)[:\[,]\s*-?(nan|inf)|[0-9]{200}|[0-9]e\+?[0-9]{3}"
_TRAILING_COMMA = r",\s*[]}]"
_PLAIN_LIBRARY = r"\{(\x22[^\x22\\]*\x22:\x22[^\x22\\]*\x22,?)*\}"  # such as {"name":"crm","version":"1.0.0"}

KEPT_QUERY = (
    "SELECT CASE WHEN wanted THEN json_extract(text, '$.properties')::VARCHAR END AS properties FROM kept"
)
"""The properties as JSON of the rows of table `kept` that are `wanted`."""

_KEYS = f"(digest >> 64)::UBIGINT AS key_high, (digest & {2**64 - 1 - LOW_BITS})::UBIGINT AS key_low"

OCCURRENCE_KEYS_QUERY = f"SELECT {_KEYS} FROM (SELECT md5_number(subject) AS digest FROM occurrences)"
"""The halves of the identities, without the event's code, of what table `occurrences` names."""


@cache
def parse_query(*, with_local_times: bool) -> str:
    """Return the query over a table `lines` with the column `text`; its rows keep their order.

    Its columns: JSON texts by column of the event frame, and `timestamp`, `local_time` (of times without an
    offset, on request), `reported_at` (microseconds), `message_id`, `key_high`, `key_low` (of message
    events), `test`, `is_batch`, `sound`, and `unnamed` (there are properties that the contract never names).
    """
    fields = property_fields()
    leaves = {name: field.column for name, field in fields.items() if name not in _CHECKED_HERE}
    return f"""
    WITH valid AS (SELECT text, CASE WHEN json_valid(text) THEN text END AS json FROM lines),
    parsed AS (
        SELECT text, from_json(json, '{_structure()}') AS e,
            json_keys(json, ['$', '$.context', '$.properties']) AS keys
        FROM valid
    ),
    named AS (
        SELECT text, keys, e,
            {", ".join(f'e.properties."{name}"::VARCHAR AS "{column}"' for name, column in leaves.items())},
            {_first("e", "event", ALIASES)} AS event,
            {_first("e", "type", ALIASES)} AS type,
            {_first("e", "userId", ALIASES)} AS user_id,
            {_text(_first("e", "timestamp", ALIASES))} AS instant,
            {_first("e.properties", "messageId", PROPERTY_ALIASES)} AS message,
            e.properties.direction::VARCHAR AS direction,
            e.context.test::VARCHAR AS is_test
        FROM parsed
    ),
    judged AS (
        SELECT *,
            CASE event WHEN '"message.delivered"' THEN e.properties."deliveredAt"::VARCHAR
                WHEN '"message.read"' THEN e.properties."readAt"::VARCHAR END AS reported,
            {_text("message")} AS message_id,
            event IN ({_json_texts(MESSAGE_EVENTS)}) AS about_message,
            len(keys[1]) + len(keys[2]) + len(keys[3]) != {_present()}
                OR NOT regexp_full_match(coalesce(e.context.library::VARCHAR, '{{}}'), '{_PLAIN_LIBRARY}')
                AS unexpected
        FROM named
    ),
    timed AS (
        SELECT *, {_text("reported")} AS reported_instant,
            CASE WHEN about_message THEN md5_number(message_id) END AS digest
        FROM judged
    )
    SELECT event, user_id, {", ".join(f'"{column}"' for column in leaves.values())},
        CASE WHEN about_message THEN message_id END AS message_id,
        {_microseconds("instant", _INSTANT + _OFFSET, "TIMESTAMPTZ")} AS timestamp,
        {_microseconds("instant", _INSTANT, "TIMESTAMP") if with_local_times else "NULL"} AS local_time,
        {_microseconds("reported_instant", _INSTANT + _OFFSET, "TIMESTAMPTZ")} AS reported_at,
        {_KEYS},
        is_test = 'true' AS test,
        e.batch IS NOT NULL AND event IS NULL
            OR starts_with(ltrim(text, chr(9) || chr(13) || ' '), '[') AS is_batch,
        CASE WHEN unexpected
            THEN len(list_filter(keys[3], lambda name: name NOT IN ({_quoted(_property_names())}))) > 0
            ELSE FALSE END OR {_misplaced()} AS unnamed,
        strlen(text) <= {MAX_EVENT_BYTES}
            AND (type IS NULL OR type = '"{_constant(Event, "type")}"')
            AND e.context.channel::VARCHAR = '"{_constant(Context, "channel")}"'
            AND (is_test IS NULL OR is_test IN ('true', 'false'))
            AND (NOT about_message OR message_id IS NOT NULL)
            AND (reported IS NULL OR reported_at IS NOT NULL)
            AND {_constants()}
            AND {_one_dialect()}
            AND {_texts_or_missing()}
            AND NOT regexp_matches(text, '{_TRAILING_COMMA}')
            AND CASE WHEN unexpected THEN {_strict_and_shallow()} ELSE TRUE END AS sound
    FROM timed
    """


def _structure() -> str:
    """Return the shape that `from_json` reads: every leaf as JSON, so that its type can be seen."""
    envelope = ", ".join(f'"{name}": "JSON"' for name in (*_ENVELOPE, "batch"))
    context = ", ".join(f'"{name}": "JSON"' for name in _CONTEXT)
    properties = ", ".join(f'"{name}": "JSON"' for name in _property_names())
    return f'{{{envelope}, "context": {{{context}}}, "properties": {{{properties}}}}}'


def _property_names() -> list[str]:
    return [*property_fields(), *PROPERTY_ALIASES.values()]


def _first(parent: str, name: str, aliases: dict[str, str]) -> str:
    return f'coalesce({parent}."{name}", {parent}."{aliases[name]}")::VARCHAR'


def _text(json: str) -> str:
    """Return the text within a JSON text, missing where there is none, an empty one or an escape."""
    plain = f"starts_with({json}, '\"') AND NOT contains({json}, '\\') AND {json} != '\"\"'"
    return f"CASE WHEN {plain} THEN ({json})[2:-2] END"


def _microseconds(text: str, pattern: str, kind: str) -> str:
    return f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN epoch_us(try_cast({text} AS {kind})) END"


def _present() -> str:
    """Count the keys that were found where the contract expects them, the two objects included."""
    leaves = [f'e."{name}"' for name in _ENVELOPE]
    leaves += [f'e.context."{name}"' for name in _CONTEXT]
    leaves += [f'e.properties."{name}"' for name in _property_names()]
    return "2 + " + " + ".join(f"({leaf} IS NOT NULL)::INT" for leaf in leaves)


def _misplaced() -> str:
    """Return which rows hold one of the properties checked here that their event does not name."""
    fields = property_fields()
    naming = {name: tuple(compress(EVENT_NAMES, fields[name].named)) for name in _CHECKED_HERE}
    return " OR ".join(
        f"{_property(name)} IS NOT NULL AND event NOT IN ({_json_texts(events)})"
        for name, events in naming.items()
    )


def _property(name: str) -> str:
    return (
        _first("e.properties", name, PROPERTY_ALIASES)
        if name in PROPERTY_ALIASES
        else f'e.properties."{name}"'
    )


def _constants() -> str:
    cases = [
        f"WHEN '\"{event}\"' THEN coalesce({field.column} = '\"{value}\"', FALSE)"
        for field in property_fields().values()
        for event, value in field.constants.items()
    ]
    return f"CASE event {' '.join(cases)} ELSE TRUE END"


def _one_dialect() -> str:
    """Return which rows give no value twice; the one that loses would go unread."""
    pairs = [(f'e."{name}"', f'e."{alias}"') for name, alias in ALIASES.items() if name in _ENVELOPE]
    pairs += [
        (f'e.properties."{name}"', f'e.properties."{alias}"') for name, alias in PROPERTY_ALIASES.items()
    ]
    return " AND ".join(
        ["e.batch IS NULL", *(f"({ours} IS NULL OR {alias} IS NULL)" for ours, alias in pairs)]
    )


def _texts_or_missing() -> str:
    """Return which rows hold nothing but texts in the properties checked here, also where misplaced."""
    return " AND ".join(
        f"coalesce(starts_with({_property(name)}::VARCHAR, '\"'), TRUE)" for name in _CHECKED_HERE
    )


def _strict_and_shallow() -> str:
    """Judge what the contract does not expect: no key repeated, no odd number, not nested too deeply."""
    brackets = "length(text) - length(replace(replace(text, '{', ''), '[', ''))"
    distinct = " AND ".join(
        f"len(list_distinct(coalesce(keys[{level}], []))) = len(coalesce(keys[{level}], []))"
        for level in (1, 2, 3)
    )
    return f"({distinct} AND {brackets} <= {MAX_NESTING} AND NOT regexp_matches(text, '{_NOT_A_NUMBER}'))"


def _constant(model: type[Event] | type[Context], field: str) -> str:
    value: str = get_args(model.model_fields[field].annotation)[0]
    return value


def _json_texts(names: tuple[str, ...]) -> str:
    return ", ".join(f"'\"{name}\"'" for name in names)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
