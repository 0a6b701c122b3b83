"""Sheets are opened by spreadsheets, read by programs, and run nothing."""

import csv
import io
from datetime import date

import orjson
import pandas as pd
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from analytics.words.sheets import FORMATS, Sheet, to_csv, to_excel, to_parquet

SHEET = Sheet(
    "Messages",
    pd.DataFrame({
        "Day": [date(2026, 3, 1), date(2026, 3, 2)],
        "Template": ["=HYPERLINK(1)", "Zoë"],
        "Sent": [12, 0],
        "Read (share, 0–1)": [0.25, float("nan")],
    }),
    (("Time zone", "Africa/Nairobi"), ("Agent", "+ann")),
)  # fmt: skip


def test_a_csv_holds_rows_and_below_them_what_they_are_of():
    content = to_csv(SHEET)
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [
        ["Day", "Template", "Sent", "Read (share, 0–1)"],
        ["2026-03-01", "'=HYPERLINK(1)", "12", "0.25"],
        ["2026-03-02", "Zoë", "0", ""],
        [],
        ["About these numbers"],
        ["Time zone", "Africa/Nairobi"],
        ["Agent", "'+ann"],
    ]


def test_a_workbook_holds_texts_numbers_and_days_no_formulas_and_a_sheet_about_them():
    content = to_excel(SHEET)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert workbook.get_sheet_by_name("Data").to_python() == [
        ["Day", "Template", "Sent", "Read (share, 0–1)"],
        [date(2026, 3, 1), "=HYPERLINK(1)", 12.0, 0.25],
        [date(2026, 3, 2), "Zoë", 0.0, ""],
    ]
    assert workbook.get_sheet_by_name("About").to_python() == [["Time zone", "Africa/Nairobi"], ["Agent", "+ann"]]
    assert b"<f>" not in content


def test_parquet_holds_the_values_and_what_they_are_of():
    table = pq.read_table(io.BytesIO(to_parquet(SHEET)))
    assert table.column("Template").to_pylist() == ["=HYPERLINK(1)", "Zoë"]
    assert table.column("Read (share, 0–1)").to_pylist() == [0.25, None]
    assert orjson.loads(table.schema.metadata[b"about"]) == {"Time zone": "Africa/Nairobi", "Agent": "+ann"}


@pytest.mark.parametrize("name", FORMATS)
def test_a_name_of_a_column_that_comes_from_the_data_runs_nothing(name):
    _, _, write = FORMATS[name]
    content = write(Sheet("Handoffs", pd.DataFrame({"=1+1": [1]})))
    if name == "CSV":
        assert content.decode("utf-8-sig").splitlines()[0].strip('"') == "'=1+1"


@pytest.mark.parametrize("sign", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")
def test_a_text_that_begins_as_a_formula_does_is_a_text_in_csv(sign):
    content = to_csv(Sheet("Messages", pd.DataFrame({"Agent": [f"{sign}1+1"]}), (("Agent", f"{sign}1"),)))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["Agent"], [f"'{sign}1+1"], [], ["About these numbers"], ["Agent", f"'{sign}1"]]
