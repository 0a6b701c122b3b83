"""Wording: the errors of JSON readers and of pydantic, in plain words that say what to do."""

import re

from pydantic_core import ErrorDetails

_JSON_FAULTS = {
    "trailing comma": "a comma with nothing after it",
    "(key|keys) must be|expected '\"'": "a key that is not in double quotes",
    "recursion": "it is nested too deeply",
    "control character": "a tab, line break or other control character within a text: write it as \\t or \\n",
    "surrogate|end of hex escape": "half of a character: \\ud800 to \\udfff must come in pairs",
    "escape": "an unknown escape: write a backslash as \\\\",
    "expected [`']:": "a colon is missing after a key",
    "expected [`'],": "a comma or a closing bracket is missing",
    "number": "a number that is not written correctly",
}
_CUT_OFF = "it ends too early: export it again"
_NO_VALUE = "invalid value (NaN, None and single quotes are not JSON)"

# By pydantic's types of errors; braces hold what pydantic knows of the limit.
_FIELD_FAULTS = {
    "missing": "This field is missing",
    "string_too_short": "This is empty",
    "string_type": "This must be a text in double quotes",
    "string_pattern_mismatch": "This must be two letters, such as KE",
    "literal_error": "This must be {expected}",
    "bool_type": "This must be true or false, without quotes",
    "int_type": "This must be a whole number, without quotes and decimals",
    "float_type": "This must be a number, without quotes",
    "finite_number": "This number is too large for a 64-bit float",
    "greater_than_equal": "This must be at least {ge:g}",
    "less_than": "This must be less than {lt:,}",
    "datetime_type": "We cannot read this time. Example: 2026-01-20T06:30:00Z",
    "model_type": "This must be a JSON object",
}


def field_fault(error: ErrorDetails) -> str:
    """Return what is wrong with a field, as a sentence without a full stop."""
    words = _FIELD_FAULTS.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else error["msg"]


def json_fault(error: Exception, text: bytes) -> str:
    """Return why `text` is not JSON; `error` is the one that pydantic's reader or msgspec raised."""
    if is_cut_off(error):
        return _CUT_OFF
    message = str(error)
    if "trailing characters" in message:
        start = json_offset(error, text) or 0
        return _describe_rest(text[start : start + 100].lstrip())
    return next((words for pattern, words in _JSON_FAULTS.items() if re.search(pattern, message)), _NO_VALUE)


def is_cut_off(error: Exception) -> bool:
    """Return whether pydantic's reader or msgspec says that JSON ends before what it has opened."""
    return re.search("EOF|truncated", str(error)) is not None


def json_offset(error: Exception, text: bytes) -> int | None:
    """Return the offset in `text` (bytes, from 0) that `error` names; None if the text is cut off or none is named."""
    message = str(error)
    if found := re.search(r"\(byte ([0-9]+)\)", message):
        return int(found[1]) - ("trailing characters" in message)  # of which msgspec has read one
    found = None if is_cut_off(error) else re.search(r"at line ([0-9]+) column ([0-9]+)", message)
    if not found:
        return None
    earlier = text.split(b"\n", int(found[1]) - 1)[:-1]
    return sum(len(line) + 1 for line in earlier) + max(0, int(found[2]) - 1)


def json_place(offset: int, text: bytes) -> tuple[int, int]:
    """Return the line and the column of an offset in `text`, in characters, both from 1."""
    before = text[:offset]
    return before.count(b"\n") + 1, len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1


def _describe_rest(rest: bytes) -> str:
    if rest.startswith(b","):
        return "a comma after the end: with one event per line no commas are needed"
    if rest.startswith((b"{", b"[")):
        return "a second value after the end: write each value on its own line, or all of them in one list [ … ]"
    return "more text after the end"
