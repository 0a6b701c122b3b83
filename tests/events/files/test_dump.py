"""Dumps: whatever shape the events come in, each is found, at its line; what is no dump is refused."""

import gzip
import io
import json
from datetime import UTC, datetime

import pytest

from analytics.events.contract import Assumptions
from analytics.events.dump_error import DumpError
from analytics.events.files import document, dump
from analytics.events.files.dump import read_dump
from analytics.events.validate import validate

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def read(content, progress=None):
    return validate(read_dump(io.BytesIO(content), progress), Assumptions(now=NOW))


def places(found):
    """Message, line and index of each good event."""
    return list(zip(found.events["message_id"], found.events["line"], found.events["index"], strict=True))


@pytest.fixture
def event(event_of):
    """A function that returns an event of the message of a number."""
    return lambda number: event_of("message.read", {"messageId": f"m{number}"})


@pytest.fixture
def shapes(event):
    """Dumps of the same three events, by name, with the line and index of each."""
    one, two, three = events = [event(number) for number in (1, 2, 3)]
    batch = {"batch": events, "sentAt": "2026-01-20T06:30:00Z"}
    batches = [{"batch": [one]}, {"batch": [two, three]}]
    in_a_line = [(1, 0), (1, 1), (1, 2)]
    line_each = [(1, 0), (2, 0), (3, 0)]
    return {
        "a batch": (json.dumps(batch), in_a_line),
        "a list of events": (json.dumps(events), in_a_line),
        "a list of batches": (json.dumps(batches), in_a_line),
        "a list of both": (json.dumps([one, {"batch": [two, three]}]), in_a_line),
        "a line each": (ndjson(one, two, three), line_each),
        "a batch a line": (ndjson({"batch": [one, two]}, {"batch": [three]}), [(1, 0), (1, 1), (2, 0)]),
        "a list a line": (ndjson([one], [two, three]), [(1, 0), (2, 0), (2, 1)]),
        "lines of all sorts": (ndjson(one, {"batch": [two]}, [{"batch": [three]}]), line_each),
        "lines after spaces": (
            f"\t{json.dumps([one])}\n  {json.dumps(two)}\n\t {json.dumps(three)}",
            line_each,
        ),
        "an empty batch too": (ndjson({"batch": []}, one, [], two, three), [(2, 0), (4, 0), (5, 0)]),
        "a pretty list": (pretty(events), [(2, 0), (14, 1), (26, 2)]),
        "a pretty batch": (pretty(batch), [(3, 0), (15, 1), (27, 2)]),
        "pretty batches": (pretty(batches), [(4, 0), (20, 1), (32, 2)]),
        "commas that lead": (
            f"[{json.dumps(one)}\n,{json.dumps(two)}\n,{json.dumps(three)}\n]",
            [(1, 0), (2, 1), (3, 2)],
        ),
        "an opened line": (f'{{"batch":\n{json.dumps(events)}}}', [(2, 0), (2, 1), (2, 2)]),
        "a broken key": (f'{{"batch"\n:{json.dumps(events)}\n}}', [(2, 0), (2, 1), (2, 2)]),
    }


def ndjson(*lines):
    return "\n".join(map(json.dumps, lines))


def pretty(document):
    return json.dumps(document, indent=2)


SHAPES = [
    "a batch", "a list of events", "a list of batches", "a list of both", "a line each", "a batch a line",
    "a list a line", "lines of all sorts", "lines after spaces", "an empty batch too", "a pretty list",
    "a pretty batch", "pretty batches", "commas that lead", "an opened line", "a broken key",
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_its_events_with_line_and_index(shape, shapes):
    text, expected = shapes[shape]
    found = read(text.encode())
    assert found.rejected == []
    assert places(found) == [(f"m{number}", *place) for number, place in enumerate(expected, 1)]


@pytest.mark.parametrize("shape", ["a line each", "a batch", "a pretty batch", "lines of all sorts"])
@pytest.mark.parametrize(
    "spelling",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text + b"\n",
        lambda text: text + b"\r\n\r\n \t\n",
        gzip.compress,
        lambda text: gzip.compress(b"\xef\xbb\xbf" + text),
        lambda text: gzip.compress(text[:100]) + gzip.compress(b"") + gzip.compress(text[100:]),
    ],
    ids=["BOM", "CRLF", "last break", "blank end", "gzip", "gzip of BOM", "gzip members"],
)
def test_how_a_dump_is_spelt_or_packed_does_not_matter(shape, spelling, shapes):
    text, _ = shapes[shape]
    assert places(read(spelling(text.encode()))) == places(read(text.encode()))


def test_a_blank_line_is_no_event_but_counts_as_a_line(event):
    text = f"\n  \n{json.dumps(event(1))}\n\r\n\t\n{json.dumps(event(2))}\nbad\n\n"
    found = read(text.encode())
    assert places(found) == [("m1", 3, 0), ("m2", 6, 0)]
    assert [(reject.line, reject.raw) for reject in found.rejected] == [(7, b"bad")]
    assert found.received == 3


@pytest.mark.parametrize("document", ["one event", "pretty event"])
def test_a_document_may_be_one_event(document, event):
    text = pretty(event(1)) if document == "pretty event" else json.dumps(event(1))
    assert places(read(text.encode())) == [("m1", 1, 0)]


@pytest.mark.parametrize(
    "text", ['{"batch": []}', "[]", "[\n]", '{\n"batch": [\n]}', "[]\n\n[]", '\n[{"batch": []}]\n']
)
def test_a_dump_without_events_is_refused(text):
    with pytest.raises(DumpError, match=r"^The file holds no events\.$"):
        read(text.encode())


def test_where_all_events_are_bad_an_empty_frame_comes_out():
    found = read(b'{"event": 1}\n{"event": 2}')
    assert (len(found.events), len(found.rejected)) == (0, 2)
    assert found.events["timestamp"].dtype == "datetime64[us, UTC]"


def test_bad_events_of_a_batch_are_known_by_their_index_and_keep_their_bytes(event):
    bad = '{"event" :  "x","n":1.50, "é":"\\u00e9"}'
    text = f'{{"batch": [{json.dumps(event(1))}, {bad}, 7, [1, 2]]}}\n{{"batch": {{}}}}\n{{"batch": 5}}\n{bad}'
    found = read(text.encode())
    assert [(reject.line, reject.index, reject.raw.decode()) for reject in found.rejected] == [
        (1, 1, bad),
        (1, 2, "7"),
        (1, 3, "[1, 2]"),
        (2, 0, '{"batch": {}}'),
        (3, 0, '{"batch": 5}'),
        (4, 0, bad),
    ]


def test_an_event_with_a_name_is_an_event_even_if_it_has_a_batch(event):
    assert places(read(json.dumps({**event(1), "batch": [event(2)]}).encode())) == [("m1", 1, 0)]
    unnamed = {**event(1), "event": None, "batch": [event(2)]}
    assert places(read(json.dumps(unnamed).encode())) == [("m2", 1, 0)]


def test_bytes_that_are_no_text_are_rejected_alone_and_as_they_came(event):
    lines = [json.dumps(event(1)).encode(), b'{"event": "\xff\xfe"}\r', json.dumps(event(2)).encode()]
    found = read(b"\n".join(lines))
    assert places(found) == [("m1", 1, 0), ("m2", 3, 0)]
    assert [(reject.line, reject.problem.code, reject.raw) for reject in found.rejected] == [
        (2, "invalid_utf8", b'{"event": "\xff\xfe"}')
    ]


@pytest.mark.parametrize("first", ["cut", "after a comma", "after a colon", "malformed"])
def test_a_first_line_that_is_cut_short_is_rejected_alone(first, event):
    line = json.dumps(event(1))
    cut = {
        "cut": line[:30],
        "after a comma": '{"type": "track",',
        "after a colon": '{"type":',
        "malformed": '{"a" 1,',
    }
    found = read("\n".join([cut[first], json.dumps(event(2)), json.dumps(event(3))]).encode())
    assert places(found) == [("m2", 2, 0), ("m3", 3, 0)]
    assert [(reject.line, reject.problem.code) for reject in found.rejected] == [(1, "invalid_json")]


def test_a_last_line_that_is_cut_short_is_rejected_alone(event):
    found = read(f'{json.dumps(event(1))}\n{{"batch": [{json.dumps(event(2))}, {{"ev'.encode())
    assert places(found) == [("m1", 1, 0)]
    assert [(reject.line, reject.problem.code) for reject in found.rejected] == [(2, "invalid_json")]


def test_lines_without_events_may_stand_before_those_with_some(event):
    assert places(read(ndjson([], {"batch": []}, event(1)).encode())) == [("m1", 3, 0)]


def test_a_block_may_hold_blank_lines_and_batches_without_events_alone(event, monkeypatch):
    monkeypatch.setattr(dump, "BLOCK_BYTES", 5)
    found = read(f"{json.dumps(event(1))}\n\n\n[]\n\n[]\n\n{json.dumps(event(2))}".encode())
    assert places(found) == [("m1", 1, 0), ("m2", 8, 0)]


LONG = 9 * 2**20  # beyond a block


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_line_of_many_megabytes_is_rejected_alone(place, event):
    lines = [json.dumps(event(number)) for number in range(3)]
    lines.insert(place, json.dumps({**event(9), "pad": "x" * LONG}))
    found = read("\n".join(lines).encode())
    assert [line for _, line, _ in places(found)] == [line for line in (1, 2, 3, 4) if line != place + 1]
    assert [(reject.line, reject.problem.code, len(reject.raw)) for reject in found.rejected] == [
        (place + 1, "event_too_large", len(lines[place]))
    ]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda line: line[:-3], "invalid_json"),
        (lambda line: line[:-1] + ",}", "invalid_json"),
        (lambda line: f"[{line},]", "invalid_json"),
        (lambda line: line.replace('"event"', '"events": [7], "_"'), "batch_misnamed"),
        (lambda line: "[" * len(line), "nested_too_deeply"),
    ],
    ids=["cut short", "trailing comma", "spoilt list", "misnamed", "deep"],
)
def test_a_first_line_of_many_megabytes_is_rejected_for_what_is_wrong_with_it(spoil, code, event):
    first = spoil(json.dumps({**event(9), "pad": "x" * LONG}))
    found = read(f"{first}\n{json.dumps(event(1))}\n{json.dumps(event(2))}\n".encode())
    assert places(found) == [("m1", 2, 0), ("m2", 3, 0)]
    assert [(reject.line, reject.problem.code) for reject in found.rejected] == [(1, code)]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_document_in_one_long_line_is_read_in_parts(end, event, monkeypatch):
    monkeypatch.setattr(dump, "MAX_BYTES_SPLIT_AT_ONCE", 500)
    monkeypatch.setattr(document, "EVENTS_PER_BLOCK", 2)
    blocks = list(read_dump(io.BytesIO((json.dumps([event(number) for number in range(5)]) + end).encode())))
    assert [len(block) for block in blocks] == [2, 2, 1]


def test_a_batch_in_a_long_first_line_is_opened_like_any_other(event, monkeypatch):
    monkeypatch.setattr(dump, "BLOCK_BYTES", 100)
    found = read(ndjson({"batch": [event(1), event(2)]}, event(3)).encode())
    assert places(found) == [("m1", 1, 0), ("m2", 1, 1), ("m3", 2, 0)]


REFUSED = {
    "empty": (b"", "The file is empty."),
    "blank": (b" \r\n\t\n", "The file is empty."),
    "only a BOM": (b"\xef\xbb\xbf", "The file is empty."),
    "packed nothing": (gzip.compress(b""), "The file is empty."),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(50), "PNG image"),
    "a packed image": (gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(50)), "PNG image"),
    "a workbook": (b"PK\x03\x04" + bytes(50), "Excel workbook is damaged or incomplete"),
    "a web page": (b"<!doctype html><p>{</p>", "HTML"),
    "UTF-16": ("[]".encode("utf-16"), "This is UTF-16 or UTF-32 text: save it as UTF-8."),
    "UTF-16, big first": (b"\xfe\xff" + "[]".encode("utf-16-be"), "UTF-16"),
    "UTF-16 without its mark": ('{"event": 1}\n'.encode("utf-16-le"), "save it as UTF-8"),
    "UTF-16 without its mark, big first": ("[]".encode("utf-16-be"), "save it as UTF-8"),
    "UTF-32 without its mark": ("[]".encode("utf-32-be"), "save it as UTF-8"),
    "a table": (
        b"event,userId\nmessage.read,+254712345678\n",
        "The table has no column for timestamp; its columns are: event, userId.",
    ),
    "a phone number": (b"+254712345678", "This is text, not a file of events"),
    "a JSON text": (b'"+254712345678"\n', "This is text, not a file of events"),
    "one byte": (b"\x1f", "This is binary data, not a file of events"),
    "noise": (bytes(256), "This is binary data, not a file of events"),
    "truncated gzip": (gzip.compress(b'{"event": "x"}\n' * 1000)[:-20], "damaged or incomplete"),
    "gzip without its end": (gzip.compress(b'{"event": "x"}')[:-4], "damaged or incomplete"),
    "fake gzip": (b"\x1f\x8b" + b"no gzip at all", "damaged or incomplete"),
    "only the mark of gzip": (b"\x1f\x8b", "damaged or incomplete"),
    "gzip and then noise": (gzip.compress(b'{"event": "x"}\n') + b"noise", "damaged or incomplete"),
    "gzip in gzip": (gzip.compress(gzip.compress(b"{}")), "gzip file within a gzip file"),
    "a document cut short": (b'{\n  "batch": [\n    {"event": "message.read"},\n', "not valid JSON: it ends too early"),
    "a document without a comma": (
        b'[\n  {\n    "event": "x"\n  }\n  {"event": "y"}\n]',
        "at line 5, column 3: a comma or",
    ),
    "a document with one too many": (
        b'[\n  {\n    "event": "x"\n  },\n]',
        "at line 5, column 1: a comma with nothing after it.",
    ),
    "a document broken at once": (b'{\n  "batch" [\n  {"event": "x"\n', "at line 2, column 11: a colon is missing"),
    "two documents": (
        b'{\n  "event": "x"\n}\n{\n  "event": "y"\n}\n',
        "at line 4, column 1: a second value after the end",
    ),
    "a document that ends with a comma": (
        b'[\n  {\n    "event": "x"\n  }\n],\n',
        "at line 5, column 2: a comma after the end",
    ),
    "a document with something after it": (
        b'[\n  {\n    "event": "x"\n  }\n];\n',
        "at line 5, column 2: more text after",
    ),
    "a document too deep": (b"[\n" * 30_000 + b"]\n" * 30_000, "."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_with_what_was_found(name):
    content, message = REFUSED[name]
    with pytest.raises(DumpError) as refused:
        read(content)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "254712345678" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for path in (tmp_path / "none.ndjson", tmp_path):
        with pytest.raises(DumpError, match="cannot be read"):
            list(read_dump(path))


def test_the_content_decides_not_the_name(tmp_path, event):
    for name, content in {
        "a.csv": ndjson(event(1)).encode(),
        "b.json": gzip.compress(pretty([event(1)]).encode()),
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        for source in (path, str(path)):
            assert len(validate(read_dump(source), Assumptions(now=NOW)).events) == 1


def test_a_phone_that_a_spreadsheet_damaged_is_rejected_alone(event):
    found = read(ndjson(event(1), event(2) | {"userId": "2.54713E+11"}).encode())
    assert places(found) == [("m1", 1, 0)]
    assert [reject.problem.code for reject in found.rejected] == ["phone_precision_lost"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_progress_grows_to_the_whole(pack, event, monkeypatch):
    monkeypatch.setattr(dump, "BLOCK_BYTES", 500)
    text = ndjson(*(event(number) for number in range(50))).encode()
    heard = []
    assert len(read(pack(text), heard.append).events) == 50
    assert heard == sorted(heard)
    assert len(heard) > 5
    assert heard[0] >= 0
    assert heard[-1] == 1.0


@pytest.mark.parametrize("text", [b"{}", b"[\n{}]"])
def test_progress_reaches_the_whole_where_there_is_little_to_read(text):
    heard = []
    read(text, heard.append)
    assert heard[-1] == 1.0


@pytest.mark.parametrize("size", [1, 7, 100, 499, 5000])
def test_the_size_of_blocks_changes_nothing(size, shapes, monkeypatch):
    text, _ = shapes["lines of all sorts"]
    content = f"{text}\nbad\n\n{text}".encode()
    whole = read(content)
    monkeypatch.setattr(dump, "BLOCK_BYTES", max(size, len(text.partition("\n")[0]) + 1))
    parts = read(content)
    assert places(parts) == places(whole)
    assert parts.rejected == whole.rejected
    assert (parts.duplicates, whole.duplicates) == (3, 3)


def test_a_long_document_comes_in_blocks_with_lines_and_indexes_right(event, monkeypatch):
    monkeypatch.setattr(document, "EVENTS_PER_BLOCK", 2)
    found = read(pretty([event(number) for number in range(5)]).encode())
    assert places(found) == [(f"m{number}", 2 + 12 * number, number) for number in range(5)]


def test_several_dumps_are_validated_as_one(event):
    blocks = [
        *read_dump(io.BytesIO(ndjson(event(1), event(2)).encode())),
        *read_dump(io.BytesIO(pretty(event(2)).encode())),
    ]
    found = validate(blocks, Assumptions(now=NOW))
    assert (len(found.events), found.duplicates, found.received) == (2, 1, 3)
