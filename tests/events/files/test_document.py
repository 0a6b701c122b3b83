"""Long documents are split in parts: the same events at the same places, in bounded memory."""

import io
import json
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.events import raw_lines
from analytics.events.dump_error import DumpError
from analytics.events.files import document, dump, structure
from analytics.events.files.dump import read_dump
from analytics.events.raw_lines import split_batch

ITEMS = st.recursive(
    st.sampled_from([0, "", "\\", '"', '\\"', "],[", "{", "ü", None, '"batch": [']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab\\"), inner, max_size=3),
    max_leaves=5,
)
BATCHES = st.builds(lambda items, more: {**more, "batch": items}, st.lists(ITEMS, max_size=6), st.just({"a": [1]}))
DOCUMENTS = st.lists(ITEMS | BATCHES, max_size=8) | BATCHES
SPELLINGS = st.sampled_from([{}, {"indent": 1}, {"separators": (" ,\n", " : ")}])


@pytest.fixture(scope="module", autouse=True)
def small():
    """What is held at a time is small, so that what these tests read is long."""
    with (
        patch.multiple(structure, BYTES_AT_A_TIME=5),
        patch.multiple(document, _BYTES_PER_BLOCK=40, MAX_BYTES_SPLIT_AT_ONCE=300, EVENTS_PER_BLOCK=2),
        patch.multiple(raw_lines, MAX_BYTES_SPLIT_AT_ONCE=300),
        patch.multiple(dump, MAX_BYTES_SPLIT_AT_ONCE=300, BLOCK_BYTES=50, EVENTS_PER_BLOCK=2, _MOST_BYTES_OF_LINE=600),
    ):
        yield


def read(text):
    """Each event with its line and its index."""
    lines = list(read_dump(io.BytesIO(text)))
    assert max(map(len, lines)) <= 2
    return [
        (each.raw(place), int(each.line[place]), int(each.index[place])) for each in lines for place in range(len(each))
    ]


def split(text):
    return [
        event for lines in document.read_document(text, io.BytesIO()) for event in map(lines.raw, range(len(lines)))
    ]


@given(DOCUMENTS, SPELLINGS)
def test_the_events_are_those_of_the_whole(value, spelling):
    text = json.dumps(value, ensure_ascii=False, **spelling).encode()
    assert split(text + b" " * 300) == split_batch(text)


@given(DOCUMENTS, st.data())
def test_what_is_cut_or_changed_is_refused_as_the_whole_would_be(value, data):
    text = json.dumps(value, indent=1).encode()
    place = data.draw(st.integers(0, len(text) - 1))
    spoilt = text[:place] + data.draw(st.sampled_from([b"", b",", b"}", b"]", b'"', b"\\", b"0"])) + text[place + 1 :]
    spoilt += b" " * 300
    try:
        expected = split_batch(spoilt)
    except ValueError:
        with pytest.raises(DumpError, match=r"is not valid JSON|has more than 0 MiB"):
            split(spoilt)
        return
    if expected is not None:
        assert split(spoilt) == expected


EVENT = b'{"event": "x", "text": "a [long] one, {with} \\" marks"}'


@pytest.mark.parametrize(
    "text",
    [
        b"[\n" + b",\n".join([EVENT] * 5) + b"\n]\n",
        b'{"sentAt": "now",\n "batch": [\n' + b",\n".join([EVENT] * 5) + b'\n], "more": {}}',
        b'[\n{"batch":['
        + EVENT
        + b",\n"
        + EVENT
        + b"]}, "
        + EVENT
        + b', {"batch" :[\n'
        + EVENT
        + b",\n"
        + EVENT
        + b"]}\n]",
    ],
    ids=["list", "batch", "list of batches"],
)
def test_each_event_has_its_line_and_its_number(text):
    found = read(text)
    assert [event for event, _, _ in found] == [EVENT] * 5
    assert [index for _, _, index in found] == [0, 1, 2, 3, 4]
    breaks = [place for place in range(len(text)) if text.startswith(EVENT, place)]
    assert [line for _, line, _ in found] == [text[:place].count(b"\n") + 1 for place in breaks]


@pytest.mark.parametrize("size", [6, 20])
def test_long_lines_among_others_are_split_and_counted(size):
    line = b"[" + b", ".join([b"1"] * size * 20) + b"]"
    found = read(b"\n".join([EVENT, line, b"", EVENT, line]))
    expected = [(EVENT, 1, 0), *((b"1", 2, index) for index in range(size * 20)), (EVENT, 4, 0)]
    assert [each for each in found if each[0]][: len(expected)] == expected
    assert len([each for each in found if each[0]]) == 2 * (1 + size * 20)


BEGINNING = b"[\n" + (EVENT + b",\n") * 8
REFUSED = {
    "cut short": (BEGINNING + EVENT, "is not valid JSON: it ends too early"),
    "cut within a text": (BEGINNING + EVENT[:-4], "is not valid JSON: it ends too early"),
    "without a comma": (BEGINNING + EVENT + b"\n" + EVENT + b"]", "at line 11, column 1: a comma or a closing bracket"),
    "one too many": (BEGINNING + b"]", "at line 10, column 1: a comma with nothing after it"),
    "one at once": (b"[\n, " + EVENT + b",\n" + EVENT * 9 + b"]", "at line 2, column 1: invalid value"),
    "two of them": (BEGINNING + b", " + EVENT + b"]", "at line 10, column 1: invalid value"),
    "more behind it": (BEGINNING + EVENT + b"\n]\n[]", "at line 12, column 1: a second value after the end"),
    "the wrong end": (BEGINNING + EVENT + b"\n}", "at line 11, column 1: a comma or a closing bracket"),
    "an event": (
        b'{"event": "x",\n"batch": [\n' + b"1,\n" * 200 + b"1]}",
        "begins at line 1 has more than 0 MiB",
    ),
    "a long text": (b'[1,\n"' + b"x\\" * 300 + b'"]', "begins at line 2 has more than 0 MiB"),
    "depth": (b"[\n" * 300, "begins at line 2 has more than 0 MiB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_long_document_that_cannot_be_used_is_refused_at_its_place(name):
    text, message = REFUSED[name]
    with pytest.raises(DumpError, match=message):
        read(text)
