"""Validation holds no more of what cannot be used than people will look at."""

import io
import json

import pytest

from analytics.events import validate as validation
from analytics.events.dump_error import DumpError
from analytics.events.files import dump
from analytics.events.files.dump import read_dump
from analytics.events.validate import validate


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr(validation, "MOST_REJECTED", 50)
    monkeypatch.setattr(dump, "BLOCK_BYTES", 100)


def read(*lines):
    return validate(read_dump(io.BytesIO(b"\n".join(lines))))


def test_of_a_file_with_too_many_unusable_events_the_commonest_reason_is_said(event_of):
    lines = [json.dumps(event_of()).encode(), *[b"{}"] * 20, *[b"1"] * 40]
    with pytest.raises(
        DumpError, match=r"events of this file cannot be used, [0-9]+ of them for one reason: .* Fix the"
    ):
        read(*lines)
    assert len(read(*lines[:50]).rejected) == 49


def test_a_file_of_nothing_usable_is_refused_early():
    with pytest.raises(DumpError, match=r"^[0-9]+ events of this file cannot be used, "):
        read(*[b"{}"] * 49)


def test_events_that_an_answer_may_make_good_are_waited_for(event_of):
    open_ones = [json.dumps(event_of(timestamp="2026-01-20T06:30:00")).encode()] * 49
    assert {event.problem.code for event in read(*open_ones).rejected} == {"timestamp_no_offset"}


def test_a_line_of_very_many_events_is_opened_a_bounded_number_at_a_time(event_of, monkeypatch):
    monkeypatch.setattr("analytics.events.raw_lines._EVENTS_AT_A_TIME", 3)
    one = json.dumps(event_of())
    found = read(b"[" + b", ".join([one.encode()] * 10) + b"]", b"[" + one.encode() + b"]")
    assert (len(found.events), found.duplicates) == (1, 10)


def test_blank_lines_are_left_out_and_counted(event_of):
    blocks = list(read_dump(io.BytesIO(json.dumps(event_of()).encode() + b"\n" + b" \n" * 5_000 + b"1")))
    assert sum(map(len, blocks)) < 200
    assert blocks[-1].line[-1] == 5_002
