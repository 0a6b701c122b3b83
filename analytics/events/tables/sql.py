"""SQL that turns cells as spreadsheets write them into texts as the contract expects them."""

from collections.abc import Iterable, Mapping

from analytics.events.customer_id import WHATSAPP_USER_ID
from analytics.events.formulas import SIGNS


def text(column: str) -> str:
    """Return a cell without space around it, and without the apostrophe that keeps spreadsheets from computing it."""
    signs = literal(f"^'([{SIGNS}])")
    bare = rf"CASE WHEN starts_with({column}, '''') THEN regexp_replace({column}, {signs}, '\1')"
    return f"nullif(trim({bare} ELSE {column} END, {_SPACE}), '')"


_SPACE = r"E' \t\r\n' || chr(160)"


def exact_text(column: str) -> str:
    """Return a cell as it is; an empty one is missing."""
    return f"nullif({column}, '')"


def without(cell: str, words: Iterable[str]) -> str:
    """Return a cell that holds none of some words, which are in lower case; else NULL."""
    return f"CASE WHEN lower({cell}) NOT IN ({', '.join(map(literal, words))}) THEN {cell} END"


def customer_id(cell: str) -> str:
    """Return a customer's id without what is around numbers in tables: `tel:`, brackets, dots and spaces.

    What validation understands stays: WhatsApp user ids, wrappings, and numbers that were read as floats.
    """
    whole = rf"regexp_matches({cell}, '^((?i)whatsapp:)?{WHATSAPP_USER_ID.pattern}$|@|[0-9][eE]|^[+]?[0-9]{{7,}}[.]0$')"
    bare = rf"regexp_replace({cell}, '^tel:|[(). ]', '', 'gi')"
    return rf"CASE WHEN {whole} THEN {cell} ELSE regexp_replace({bare}, '^00([1-9])', '+\1') END"


def number(cell: str) -> str:
    """Return a number as JSON without trailing zeros; any other text is put in quotes."""
    return rf"""CASE
        WHEN regexp_matches({cell}, '^-?[0-9]+\.0*$') THEN split_part({cell}, '.', 1)
        WHEN regexp_matches({cell}, '^-?(0|[1-9][0-9]*)(\.[0-9]+)?$') THEN {cell}
        ELSE {json(cell)} END"""


def flag(cell: str) -> str:
    """Return a flag as JSON; any other text is put in quotes."""
    return f"CASE WHEN lower({cell}) IN ('true', 'false') THEN lower({cell}) ELSE {json(cell)} END"


def json(cell: str) -> str:
    """Return a text as JSON."""
    return f"to_json({cell})::VARCHAR"


def case(cell: str, words: Mapping[str, str]) -> str:
    """Return the text that replaces a word; NULL for a word that is not listed."""
    return f"CASE {cell} {' '.join(f'WHEN {literal(a)} THEN {literal(b)}' for a, b in words.items())} END"


def name(text: str) -> str:
    """Return the name of a column as SQL."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"
