r"""How DuckDB parses lines of JSON to columns of JSON texts.

`parse_query` gives every leaf that the contract knows, as JSON, so that its type can still be seen. DuckDB is
laxer than the standard: it takes the first of repeated keys (Python the last) and lets trailing commas, NaN
and Infinity pass. So the query also counts keys, and `second_look` judges rows that hold more keys.
"""

from functools import cache

from analytics.events.contract import ALIASES, PROPERTY_ALIASES
from analytics.events.frame import LOW_BITS
from analytics.events.judge import MAX_EVENT_BYTES, MAX_NESTING
from analytics.events.schema import property_fields

ENVELOPE = (*(name for pair in ALIASES.items() for name in pair if "sent" not in name), "batch")
CONTEXT = ("channel", "test", "library")

_TRAILING_COMMA = r",\s*[]}]"
# Within values that nobody reads: no NaN or Infinity, and no number that may be beyond a 64-bit float.
_ODD_NUMBER = r"(?i)[:\[,]\s*-?(nan|inf)|[0-9]{200}|[0-9]e\+?[0-9]{3}"


@cache
def property_names() -> tuple[str, ...]:
    """Return every name that a property the contract knows may have."""
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
def parse_query() -> str:
    """Return the query over a table `lines` with a column `text`; its rows keep their order.

    Beside the `leaves` its columns are `keys`, the number of keys at the three levels that the contract
    knows; `loose`, whether there may be a trailing comma or too much text; and `key_high` and `key_low`,
    the identity that a message id makes, still without the event's code.
    """
    columns = ", ".join(f'e.{_path(leaf)}::VARCHAR AS "{leaf}"' for leaf in leaves())
    message_id = 'coalesce(e.properties."messageId", e.properties."message_id")::VARCHAR'
    return f"""
    WITH valid AS (SELECT text, CASE WHEN json_valid(text) THEN text END AS json FROM lines),
    parsed AS (
        SELECT text, from_json(json, '{_structure()}') AS e,
            json_keys(json, ['$', '$.context', '$.properties']) AS found
        FROM valid
    ),
    digested AS (SELECT *, md5_number({message_id}) AS digest FROM parsed)
    SELECT {columns}, {_KEYS},
        len(found[1]) + len(found[2]) + len(found[3]) AS keys,
        regexp_matches(text, '{_TRAILING_COMMA}') OR strlen(text) > {MAX_EVENT_BYTES} AS loose
    FROM digested
    """


@cache
def second_look() -> str:
    """Return the query over a table `unusual` (`text`), rows that are JSON but hold unexpected keys.

    `sound` says that no key is repeated, no number odd and nothing nested too deeply; `properties` is the
    JSON of all of them, and `unnamed` says that some are not in the contract.
    """
    known = ", ".join(f"'{name}'" for name in property_names())
    distinct = " AND ".join(f"len(list_distinct(found[{level}])) = len(found[{level}])" for level in (1, 2, 3))
    return f"""
    SELECT
        {distinct}
            AND length(text) - length(replace(replace(text, '{{', ''), '[', '')) <= {MAX_NESTING}
            AND NOT regexp_matches(text, '{_ODD_NUMBER}') AS sound,
        len(list_filter(found[3], lambda name: name NOT IN ({known}))) > 0 AS unnamed,
        json_extract(text, '$.properties')::VARCHAR AS properties
    FROM (SELECT text, json_keys(text, ['$', '$.context', '$.properties']) AS found FROM unusual)
    """


def subject_keys() -> str:
    """Return the query over a table `subjects` (`subject`) for the identities that subjects make."""
    return f"SELECT {_KEYS} FROM (SELECT md5_number(subject) AS digest FROM subjects)"


def _structure() -> str:
    """Return the shape that `from_json` reads."""
    envelope, context, properties = (
        ", ".join(f'"{name}": "JSON"' for name in names) for names in (ENVELOPE, CONTEXT, property_names())
    )
    return f'{{{envelope}, "context": {{{context}}}, "properties": {{{properties}}}}}'


def _path(leaf: str) -> str:
    return ".".join(f'"{part}"' for part in leaf.split("."))
