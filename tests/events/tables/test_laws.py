"""Laws of tables: whatever texts Python's `csv` writes as a table, the same cells are read."""

import csv
import io

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analytics.events.tables.reading import read_table

SEPARATORS = ",;\t|"
# What stands in a text file: no control characters (the file would be taken for binary data), no half characters.
LETTERS = st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from(" \"'\n" + SEPARATORS + "éßñ日🙂\u00a0")
CELL = st.text(LETTERS, max_size=12)


@st.composite
def tables(draw):
    """A separator, a quoting, a line end, a header and rows of as many cells, none of them empty throughout."""
    width = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8))
    header = [f"column {place}" for place in range(width)]
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    return draw(st.sampled_from(SEPARATORS)), quoting, draw(st.sampled_from(["\n", "\r\n"])), header, rows


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(tables())
@example((",", csv.QUOTE_MINIMAL, "\r\n", ["a", "b"], [["x\n{", '"'], ["", "\n"], ["", "y"]]))
@example((";", csv.QUOTE_ALL, "\n", ["a", "b"], [["1,2,3", "4,5,6"]]))
def test_cells_are_read_as_they_were_written(written):
    separator, quoting, line_end, header, rows = written
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=line_end).writerows([header, *rows])
    found = read_table(text.getvalue().encode(), io.BytesIO())
    read = [row for part in found.rows for row in zip(*part.texts.to_pydict().values(), strict=True)]
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert list(found.columns) == header
    assert [[cell or "" for cell in row] for row in read] == filled
