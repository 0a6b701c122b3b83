"""SQL that turns cells as spreadsheets write them into texts as the contract expects them."""

from collections.abc import Iterable, Mapping

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


def phone(cell: str) -> str:
    """Return a phone number without prefixes, brackets and spaces around it."""
    bare = rf"regexp_replace({cell}, '^(whatsapp|tel):|[(). ]', '', 'gi')"
    rounded = f"regexp_matches({cell}, '[0-9][eE]')"
    return rf"CASE WHEN {rounded} THEN {cell} ELSE regexp_replace({bare}, '^00([1-9])', '+\1') END"


def time(cell: str, *, day_first: bool | None) -> str:
    """Return a time in RFC 3339 if its spelling leaves no doubt; otherwise return it unchanged."""
    day = "[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}"
    unix = "strftime(make_timestamp({}), '%Y-%m-%dT%H:%M:%S.%fZ')"
    return rf"""CASE
        WHEN regexp_matches({cell}, '{_RFC_3339}') THEN {cell}
        WHEN regexp_matches({cell}, '^[0-9]{{10}}(\.[0-9]+)?$')
            THEN {unix.format(f"(try_cast({cell} AS DOUBLE) * 1000000)::BIGINT")}
        WHEN regexp_matches({cell}, '^[0-9]{{13}}$') THEN {unix.format(f"try_cast({cell} AS BIGINT) * 1000")}
        WHEN regexp_matches({cell}, {literal(UNCLEAR_DAY)}) THEN {_local(cell, day_first=day_first)}
        WHEN regexp_matches({cell}, '^{day}$') THEN replace({cell}, '/', '-') || 'T00:00:00'
        WHEN regexp_matches({cell}, '^{day}[T ][0-9]{{2}}:[0-9]{{2}}$') THEN replace({cell}, '/', '-') || ':00'
        WHEN regexp_matches({cell}, '^{day}') THEN {_iso(cell)}
        ELSE {cell} END"""


_RFC_3339 = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,}(Z|[+-][0-9]{2}:[0-9]{2})$"
UNCLEAR_DAY = "^[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}"
"""Dates whose day and month can be mixed up."""


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


def translate(cell: str, words: Mapping[str, str], ours: Iterable[str]) -> str:
    """Return our word for a cell; `ours` stay as they are. The keys of `words` are lower-case letters and digits."""
    own = ", ".join(map(literal, ours))
    plain = f"regexp_replace(strip_accents(lower({cell})), '[^\\pL\\pN]', '', 'g')"
    return f"CASE WHEN {cell} IN ({own}) THEN {cell} ELSE coalesce({case(plain, words)}, {cell}) END"


def case(cell: str, words: Mapping[str, str]) -> str:
    """Return the text that replaces a word; NULL for a word that is not listed."""
    return f"CASE {cell} {' '.join(f'WHEN {literal(a)} THEN {literal(b)}' for a, b in words.items())} END"


def name(text: str) -> str:
    """Return the name of a column as SQL."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def _local(cell: str, *, day_first: bool | None) -> str:
    if day_first is None:
        return cell
    day = "%d/%m" if day_first else "%m/%d"
    clocks = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
    formats = ", ".join(literal(f"{day}/{year}{clock}") for year in ("%y", "%Y") for clock in clocks)
    slashed = rf"replace(regexp_replace({cell}, '^([0-9]{{1,2}})[.-]([0-9]{{1,2}})[.-]', '\1/\2/'), ',', '')"
    return f"coalesce(strftime(try_strptime({slashed}, [{formats}]), '%Y-%m-%dT%H:%M:%S.%f'), {cell})"


def _iso(cell: str) -> str:
    dashed = rf"regexp_replace({cell}, '^([0-9]{{4}})/([0-9]{{2}})/([0-9]{{2}})', '\1-\2-\3')"
    utc = rf"regexp_replace({dashed}, ' ?(UTC|GMT)$', 'Z')"
    return rf"regexp_replace({utc}, ' ?([+-][0-9]{{2}}):?([0-9]{{2}})$', '\1:\2')"
