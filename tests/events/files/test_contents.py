"""What a file holds is said from its beginning, as it is read."""

import io

import pytest

from analytics.events.files.contents import contents

EVENT = b'{"event": "message.read"}'

KINDS = {
    "one event": (EVENT, "JSON, one document, UTF-8"),
    "a line break at the end": (EVENT + b"\n", "JSON, one document, UTF-8"),
    "lines": (EVENT + b"\n" + EVENT, "JSON, line by line (NDJSON), UTF-8"),
    "a list over lines": (b"[\n" + EVENT + b",\n" + EVENT + b"\n]", "JSON, one document, UTF-8"),
    "lines of which the first is no JSON": (b'{"event" = 1}\n' + EVENT, "JSON, line by line (NDJSON), UTF-8"),
    "lines of which the first is cut off": (b'{"eve\n' + EVENT + b"\n" + EVENT, "JSON, line by line (NDJSON), UTF-8"),
    "a mark of its encoding": (b"\xef\xbb\xbf" + EVENT, "JSON, one document, UTF-8"),
    "letters of Windows": (b'{"event": "Gr\xf6\xdfe"}', "JSON, one document, partly not UTF-8"),
    "a letter cut in two": (b'["\xc3', "JSON, one document, UTF-8"),
    "a table": (b"event;userId\na;1\n", "CSV, UTF-8, separated by semicolon"),
}


@pytest.mark.parametrize(("file", "kind"), KINDS.values(), ids=KINDS)
def test_a_file_is_called_what_it_is_read_as(file, kind):
    assert [(content.name, content.kind) for content in contents(io.BytesIO(file), "march")] == [("march", kind)]


@pytest.mark.parametrize("file", [b"", b"a word", b"%PDF-1.7", b"<html>", b"{\0}\0"])
def test_what_is_neither_a_table_nor_json_is_not_told(file):
    assert list(contents(io.BytesIO(file))) == []
