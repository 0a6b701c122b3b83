"""Columns of any kind are made the same way by the columns and by the judge, whatever is declared of what kind."""

import json
from dataclasses import replace

import pyarrow as pa
import pytest

from analytics.events import frame
from analytics.events.columns import assemble, parser
from analytics.events.columns.assemble import Assembly
from analytics.events.columns.parser import ColumnParser
from analytics.events.contract import Assumptions
from analytics.events.frame import COLUMNS, TEXT
from analytics.events.judge import judge
from analytics.events.raw_lines import RawLines
from tests.events.conftest import NOW

NAMES = ["Zoë", 'a "name"', "two\nlines", "", None, "Zoë", "😀"]


@pytest.fixture
def names_are_texts(monkeypatch):
    """The customer's name as a text like any other rather than as a category."""
    columns = tuple(replace(column, kind=TEXT) if column.name == "name" else column for column in COLUMNS)
    stored = tuple(column for column in columns if column.sources)
    for module, name, value in (
        (parser, "COLUMNS", columns),
        (assemble, "COLUMNS", columns),
        (assemble, "STORED", stored),
    ):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setitem(frame.COLUMN, "name", next(column for column in columns if column.name == "name"))


def assembled(events, *, by_judge):
    """The frame of contacts, and as Arrow table, from the columns or from what the judge makes of each."""
    text = b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events)
    lines, assumptions = RawLines.from_text(text), Assumptions(now=NOW)
    made = []
    for finish in (Assembly.event_frame, Assembly.event_table):
        columns_of = ColumnParser(assumptions, few=0)
        columns = columns_of.parse(lines)
        assert columns.good.all()
        assembly = Assembly(columns_of.vocabularies)
        judged = {place: judge(lines.raw(place), assumptions) for place in range(len(lines))} if by_judge else {}
        assembly.add(lines, columns, judged)
        made.append(finish(assembly)[0])
    return made


@pytest.mark.usefixtures("names_are_texts")
@pytest.mark.parametrize("by_judge", [False, True], ids=["by columns", "by the judge"])
def test_a_text_like_any_other_is_kept_as_it_is(event_of, by_judge):
    contacts = [event_of("contact.created", {"name": name, "chatId": f"c{place}"}) for place, name in enumerate(NAMES)]
    events, table = assembled(contacts, by_judge=by_judge)
    expected = [name or None for name in NAMES]
    assert events["name"].dtype == "str"
    assert events["name"].astype(object).where(events["name"].notna(), None).tolist() == expected
    assert (table["name"].type, table["name"].to_pylist()) == (pa.string(), expected)


@pytest.mark.usefixtures("names_are_texts")
def test_a_text_that_an_event_does_not_name_is_left_to_its_other_properties(event_of):
    sent = [event_of("message.sent", {"messageId": f"m{place}", "name": "x"}) for place in range(101)]
    events, _ = assembled(sent, by_judge=False)
    assert events["name"].isna().all()
    assert json.loads(events["properties"][0])["name"] == "x"


@pytest.mark.usefixtures("names_are_texts")
def test_a_text_that_is_none_is_left_to_the_judge(event_of):
    lines = RawLines.from_text(json.dumps(event_of("contact.created", {"name": 5})).encode())
    assert ColumnParser(Assumptions(now=NOW), few=0).parse(lines).good.tolist() == [False]
