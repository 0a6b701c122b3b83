r"""How DuckDB parses lines of JSON to columns of JSON texts.

`parse_query` gives every leaf that the contract knows, as JSON, so that its type can still be seen. DuckDB is
laxer than the standard: it takes the first of repeated keys (Python the last) and lets trailing commas, NaN
and Infinity pass. A line that is just as long as its leaves holds none of that; `second_look_query` judges the others.
"""

from functools import cache

import pyarrow as pa

from analytics.events.contract import ALIASES, PROPERTY_ALIASES
from analytics.events.identity import LOW_BITS
from analytics.events.judge import MAX_NESTING
from analytics.events.property_fields import property_fields

ENVELOPE = (*(name for pair in ALIASES.items() for name in pair if "sent" not in name), "batch")
CONTEXT = ("channel", "test", "library")

_TRAILING_COMMA = r",\s*[]}]"
JSON_OR_NULL = "CASE WHEN json_valid(text) THEN text END"

# Within values that nobody reads: no NaN or Infinity, and no number that may be beyond a 64-bit float.
_ODD_NUMBER = r"(?i)[:\[,]\s*-?(nan|inf)|[0-9]{200}|[0-9]e\+?[0-9]{3}"


@cache
def property_names() -> tuple[str, ...]:
    """Return every name, aliases included, of the properties that the contract knows."""
    return (*property_fields(), *PROPERTY_ALIASES.values())


@cache
def leaves() -> tuple[str, ...]:
    """Return the columns that hold JSON texts: `event`, `context.channel`, `properties.chatId`, …."""
    return (
        *ENVELOPE,
        *(f"context.{name}" for name in CONTEXT),
        *(f"properties.{name}" for name in property_names()),
    )


_KEYS = f"(digest >> 64)::UBIGINT AS key_high, (digest & {2**64 - 1 - LOW_BITS})::UBIGINT AS key_low"


@cache
def parse_query(json: str) -> str:
    """Return the query over a table `lines` with a column `text`; its rows keep their order.

    `json` is the expression to parse: with `text` a line that is not JSON raises; with `JSON_OR_NULL` it becomes NULL.

    Its columns are `e`, a structure of JSON texts (see `open_leaves`), and `key_high` and `key_low`, the identity that
    a message id makes, still without the event's code. A column for each leaf would give the same, but planning such a
    query takes longer than running it on a few thousand lines.
    """
    message_id = 'coalesce(e.properties."messageId", e.properties."message_id")::VARCHAR'
    return f"""
    WITH parsed AS (
        SELECT from_json({json}, '{_structure()}') AS e FROM lines
    ),
    digested AS (SELECT *, md5_number({message_id}) AS digest FROM parsed)
    SELECT e, {_KEYS} FROM digested
    """


def open_leaves(found: pa.Table) -> pa.Table:
    """Return the result of `parse_query` with one column of JSON texts for each of the `leaves`."""
    columns = {name: found[name] for name in ("key_high", "key_low")}
    _collect_leaves(found["e"].combine_chunks(), "", columns)
    return pa.table(columns)


def _collect_leaves(structure: pa.StructArray, path: str, columns: dict[str, pa.Array]) -> None:
    for field, values in zip(structure.type, structure.flatten(), strict=True):
        if pa.types.is_struct(field.type):
            _collect_leaves(values, f"{path}{field.name}.", columns)
        else:
            columns[path + field.name] = values.storage if isinstance(values, pa.ExtensionArray) else values


@cache
def second_look_query() -> str:
    """Return the query over a table `unusual` (`text`), rows that are JSON but may hold more than their leaves.

    `sound` says that there is no trailing comma, no repeated key, no odd number and no nesting that is too deep.
    `properties` is the JSON of all properties; `unnamed` says that some of them are not in the contract.
    """
    known = ", ".join(f"'{name}'" for name in property_names())
    distinct = " AND ".join(f"len(list_distinct(found[{level}])) = len(found[{level}])" for level in (1, 2, 3))
    return f"""
    SELECT
        {distinct}
            AND length(text) - length(replace(replace(text, '{{', ''), '[', '')) <= {MAX_NESTING}
            AND NOT regexp_matches(text, '{_TRAILING_COMMA}')
            AND NOT regexp_matches(text, '{_ODD_NUMBER}') AS sound,
        len(list_filter(found[3], lambda name: name NOT IN ({known}))) > 0 AS unnamed,
        json_extract(text, '$.properties')::VARCHAR AS properties
    FROM (SELECT text, json_keys(text, ['$', '$.context', '$.properties']) AS found FROM unusual)
    """


def _structure() -> str:
    """Return the shape that `from_json` reads."""
    envelope, context, properties = (
        ", ".join(f'"{name}": "JSON"' for name in names) for names in (ENVELOPE, CONTEXT, property_names())
    )
    return f'{{{envelope}, "context": {{{context}}}, "properties": {{{properties}}}}}'
