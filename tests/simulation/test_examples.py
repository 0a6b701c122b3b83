"""Examples to download are read back without a rejected row."""

import io

import pytest

from analytics.events.contract import EVENTS
from analytics.events.files.dump import read_dump
from analytics.events.validate import validate
from analytics.simulation.examples import EXAMPLES, example_csv, example_ndjson, template


def found_in(content):
    return validate(read_dump(io.BytesIO(content)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_all_of_it_can_be_used(name):
    found = found_in(EXAMPLES[name]())
    assert found.rejected == []
    assert found.conflicts == 0


def test_the_template_has_a_column_for_each_property_and_one_row():
    header, row = template().decode().splitlines()
    assert header.startswith('"event","userId","timestamp","context.test","properties.messageId"')
    assert "'+254712345678" in row  # the apostrophe keeps spreadsheets from rounding it
    assert found_in(template()).events["user_id"].tolist() == ["+254712345678"]


def test_the_examples_hold_the_same_events_of_every_kind():
    tables, lines = found_in(example_csv()).events, found_in(example_ndjson()).events
    assert tables["key_low"].tolist() == lines["key_low"].tolist()
    assert set(lines["event"]) == set(EVENTS)
