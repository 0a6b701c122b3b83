"""How far a workbook reaches is found from its references, whatever parts they come in."""

import random

import pytest

from analytics.events.dump_error import DumpError
from analytics.events.files.dump import read_dump
from analytics.events.tables.extent import Extent
from tests.reading.bombs import far_cell


def looked_at(xml, size):
    extent = Extent()
    for start in range(0, len(xml), size):
        extent.look_at(xml[start : start + size])
    extent.look_at(b" " * 100)
    extent.check()


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_one_far_cell_is_told_with_how_many_are_filled(size):
    xml = b'<row r="1"><c r="A1"/><c r="B1"/></row><row r="9"><c r="xfd1048576" s="1"/></row>'
    with pytest.raises(DumpError, match="reach to row 1,048,576 and column 16,384, but only 3 of them are filled"):
        looked_at(xml, size)


@pytest.mark.parametrize("size", [50, 10_000])
def test_a_table_may_be_long_and_have_gaps(size):
    looked_at(b"".join(b'<c r="C%d"/>' % row for row in range(1, 1_000_000, 5)), size * 1_000)


def test_a_full_table_that_is_larger_than_any_export_is_refused():
    with pytest.raises(DumpError, match="column 200, which is more than 30,000,000 cells: split the sheet"):
        looked_at(b"".join(b'<c r="GR%d"/>' % row for row in range(1, 200_001)) + b'<c r="A1"/>' * 2_000_000, 2**20)


def test_a_workbook_with_a_far_cell_is_refused_before_it_is_read(tmp_path):
    far_cell(tmp_path / "far.xlsx", random.Random(1), 1.0)  # noqa: S311  # the same file each time
    with pytest.raises(DumpError, match="delete the empty rows and columns after the table"):
        list(read_dump(tmp_path / "far.xlsx"))
