"""Import says what dropped files hold, and what of it cannot be used."""

import random
import sys
from pathlib import Path

import pytest

from analytics.reading import process
from tests.events.files.packing import zipped
from tests.events_of import ndjson, received
from tests.pages.importing import counts, dropped, open_import
from tests.reading.bombs import far_cell

ROOT = Path(__file__).parents[2]
CODES = ["AT", "BE", "CH", "DE", "ES", "FI", "GB", "HU", "IE", "JP", "KE", "LU", "MA"]
GUIDE = (ROOT / "tests" / "data" / "sample-events.ndjson").read_bytes()


@pytest.fixture
def page():
    return open_import()


def test_without_files_sample_data_are_offered(page):
    assert not page.exception
    assert [button.label for button in page.button] == ["Explore sample data instead"]


def test_a_good_file_is_counted_and_can_be_explored(page):
    dropped(page, ("events.ndjson", GUIDE))
    assert page.subheader[0].value == "All events can be used."
    assert counts(page) == {"Events received": "7", "Good": "7", "Duplicates": "0", "Cannot be used": "0"}
    next(button for button in page.button if button.label == "Explore only").click().run()
    assert page.title[0].value == "Overview"
    assert "events.ndjson" in page.caption[0].value


def test_an_event_in_two_files_counts_once(page):
    dropped(page, ("monday.ndjson", GUIDE), ("week.ndjson", GUIDE))
    assert counts(page) == {"Events received": "14", "Good": "7", "Duplicates": "7", "Cannot be used": "0"}


def test_a_duplicate_that_says_something_else_is_told(page):
    received = GUIDE.splitlines(keepends=True)[1]
    dropped(page, ("events.ndjson", received + received.replace(b'"text"', b'"image"')))
    assert page.warning[0].value.startswith("1 duplicate is different")


def test_what_cannot_be_used_is_counted_by_reason_and_line(page):
    damaged = GUIDE.splitlines(keepends=True)[1].replace(b"+254712345678", b"2.54713E+11")
    dropped(page, ("events.ndjson", GUIDE + damaged + b"{\n" + damaged))
    assert counts(page)["Cannot be used"] == "3"
    assert page.subheader[0].value == "7 of 10 events can be used."
    reasons = page.table[0].value
    assert reasons[["Events", "Field", "First seen at"]].to_numpy().tolist() == [
        ["2", "userId", "line 8"],
        ["1", "the whole event", "line 9"],
    ]
    assert "format the column as Text" in reasons["What is wrong"][0]


def test_of_several_files_and_of_tables_the_file_and_the_row_are_told(page):
    table = b"event,userId,timestamp,messageId\nmessage.read,07x,2026-01-20T06:30:00Z,m\n"
    dropped(page, ("good.ndjson", GUIDE), ("march_1.csv", table))
    assert page.table[0].value["First seen at"].tolist() == [r"row 2 of march\_1.csv"]
    dropped(page, ("march_1.csv", table))
    assert page.table[0].value["First seen at"].tolist() == ["row 2"]


def test_the_columns_of_every_table_of_an_archive_are_asked_for(page):
    dropped(page, ("export.zip", zipped({"in.csv": b"cell,zeit\n1,2\n", "out.csv": b"nummer,wann\n3,4\n"})))
    assert [expander.label for expander in page.expander if "columns of" in expander.label] == [
        "How we read the columns of in.csv",
        "How we read the columns of out.csv",
    ]


def test_times_are_those_of_the_viewer_and_name_their_zone(page):
    page.session_state["tz"] = "Africa/Nairobi"
    dropped(page, ("events.ndjson", GUIDE))
    assert page.dataframe[0].value["When"].iloc[[0, -1]].tolist() == [
        "20 Jan 2026, 09:30:00 EAT",
        "20 Jan 2026, 11:30:00 EAT",
    ]
    assert "**From** 20 Jan 2026, 09:30 EAT **to** 20 Jan 2026, 11:30 EAT" in said(page)


def test_where_there_are_more_countries_than_are_named_it_is_said_how_many(page):
    named = [ndjson([received("06:30", code, country=code)]) for code in CODES]
    dropped(page, ("events.ndjson", b"".join(named[:12])))
    assert " and " not in countries(page)
    dropped(page, ("events.ndjson", b"".join(named)))
    assert countries(page).endswith("and 1 more")


def countries(page):
    """The countries that are named, whatever is said below them."""
    return said(page).rpartition("**Countries** ")[2].partition("\n")[0]


KINDS = {
    "guide.ndjson": (GUIDE, "JSON, line by line (NDJSON), UTF-8"),
    "document.json": (b'{"batch": [\n' + GUIDE.splitlines()[1] + b"\n]}", "JSON, one document, UTF-8"),
    "one.json": (GUIDE.splitlines()[1], "JSON, one document, UTF-8"),
    "broken.ndjson": (b'{"event" = 1}\n' + GUIDE, "JSON, line by line (NDJSON), UTF-8"),
    "old.ndjson": (GUIDE + '{"event": "Größe"}\n'.encode("cp1252"), "JSON, line by line (NDJSON), partly not UTF-8"),
    "old.csv": (
        "event;userId;timestamp;Größe\nmessage.read;+254712345678;2026-01-20T06:30:00Z;ä\n".encode("cp1252"),
        "CSV, Windows-1252, separated by semicolon, 4 columns",
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_a_file_is_stands_above_all_questions(page, name):
    content, kind = KINDS[name]
    dropped(page, (name, content))
    assert [caption.value for caption in page.caption if kind in caption.value] == [f"**{name}**: {kind}"]


def test_each_file_of_an_archive_says_what_it_is_and_others_are_counted(page):
    members = {f"part {number}.ndjson": GUIDE for number in range(12)}
    dropped(page, ("export.zip", zipped(members)), ("picture.bin", b"\x89PNG\r\n\x1a\n"))
    (lines,) = (caption.value.split("  \n") for caption in page.caption if "NDJSON" in caption.value)
    assert lines[0] == "**part 0.ndjson**: JSON, line by line (NDJSON), UTF-8"
    assert lines[10:] == ["and 2 files more"]


def test_where_an_answer_makes_events_usable_it_is_asked_for_before_they_are_called_useless(page):
    table = b"event,userId,timestamp,messageId\n"
    row = b"message.read,%s,2026-01-20T06:30:00%s,m%d\n"
    rows = [(b"0712345678", b"Z", 1), (b"0712345679", b"Z", 2), (b"+254712345678", b"", 3)]
    local, other, no_zone = (row % values for values in rows)
    dropped(page, ("local.csv", table + local))
    assert page.subheader[0].value == "Please answer the question above first. 1 event needs an answer."
    dropped(page, ("open.csv", table + local + other + no_zone))
    assert page.subheader[0].value == "Please answer the questions above first. 3 events need an answer."
    page.selectbox(key="import_country").select("KE").run()
    assert page.subheader[0].value == (
        "2 of 3 events can be used. 1 more can be used once you answer the questions above."
    )
    page.selectbox(key="import_zone").select("Africa/Nairobi").run()
    assert page.subheader[0].value == "All events can be used."


def test_an_answer_that_does_not_help_is_not_asked_for_again(page):
    dropped(page, ("local.csv", b"event,userId,timestamp,messageId\nmessage.read,0712,2026-01-20T06:30:00Z,m\n"))
    page.selectbox(key="import_country").select("KE").run()
    assert page.subheader[0].value == "None of these events can be used."


def test_before_events_are_added_it_is_said_how_many_are_new_and_after_an_undo_again(page):
    damaged = GUIDE.splitlines(keepends=True)[1].replace(b"+254712345678", b"2.54713E+11")
    first_three = b"".join(GUIDE.splitlines(keepends=True)[:3])
    dropped(page, ("few.ndjson", first_three))
    assert captions(page, "new") == ["3 new, 0 already known, 0 cannot be used"]
    button(page, "Add to the store").click().run()
    assert captions(page, "new") == []
    dropped(page, ("events.ndjson", GUIDE + first_three + damaged))
    assert captions(page, "new") == ["4 new, 3 duplicates, 3 already known, 1 cannot be used"]
    button(page, "Add to the store").click().run()
    assert page.success[0].value == "4 new, 3 duplicates, 3 already known, 1 cannot be used."


def test_files_of_more_than_a_gigabyte_together_are_refused_and_the_way_from_a_shell_is_named(page, monkeypatch):
    monkeypatch.setattr("analytics.ui.import_events.uploads.MAX_UPLOAD_BYTES", 2 * len(GUIDE) - 1)
    dropped(page, ("monday.ndjson", GUIDE))
    assert not page.error
    dropped(page, ("monday.ndjson", GUIDE), ("tuesday.ndjson", GUIDE))
    assert "`uv run analytics import FILE`" in page.error[0].value
    assert not page.metric


def test_a_file_of_nothing_usable_cannot_be_explored(page):
    dropped(page, ("events.ndjson", b'{"event": 1}\n'))
    assert page.subheader[0].value == "None of these events can be used."
    assert not [button for button in page.button if button.label == "Explore only"]


def test_events_outside_the_eight_are_told(page):
    dropped(page, ("events.ndjson", GUIDE.replace(b"contact.created", b"cart.abandoned")))
    assert page.warning[0].value.startswith("1 event “cart.abandoned” is not one of the nine known events")


def test_test_events_are_told_and_alone_are_nothing_to_explore(page):
    dropped(page, ("events.ndjson", GUIDE.replace(b'"channel"', b'"test":true,"channel"')))
    assert page.warning[0].value.startswith("7 events are test events")
    assert page.subheader[0].value == "All events can be used, but none of them is part of a report."
    assert [button.label for button in page.button] == ["Add to the store"]


def test_a_file_is_added_to_the_stored_events_once(page):
    dropped(page, ("events.ndjson", GUIDE))
    button(page, "Add to the store").click().run()
    assert page.success[0].value == "7 new, 0 already known, 0 cannot be used."
    assert button(page, "See these events on the dashboard")
    button(page, "Add to the store").click().run()
    assert page.success[0].value == "0 new, 7 already known, 0 cannot be used."


def said(page):
    return "\n".join(text.value for text in page.markdown)


def captions(page, word):
    return [caption.value for caption in page.caption if f" {word}" in caption.value]


def button(page, label):
    return next(button for button in page.button if button.label == label)


REFUSED = [
    (b"", "The file is empty."),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\x1f\x8b\x08\x00", "damaged or incomplete"),
]


@pytest.mark.parametrize(("content", "answer"), REFUSED)
def test_a_file_of_another_kind_is_refused_by_name_and_the_others_are_used(page, content, answer):
    dropped(page, ("good.ndjson", GUIDE), ("other_one.bin", content), ("same.ndjson", GUIDE))
    assert page.error[0].value.startswith("**1 file cannot be used and is left out:**")
    assert r"**other\_one.bin**: " in page.error[0].value
    assert answer in page.error[0].value
    assert counts(page) == {"Events received": "14", "Good": "7", "Duplicates": "7", "Cannot be used": "0"}
    page.run()
    assert answer in page.error[0].value


def test_files_none_of_which_can_be_used_are_all_named(page):
    names = ["a.bin", "b.bin", "c.bin"]
    dropped(page, *((name, content) for name, (content, _) in zip(names, REFUSED, strict=True)))
    assert page.error[0].value.startswith("**3 files cannot be used:**")
    assert all(f"**{name}**" in page.error[0].value for name in names)
    assert not page.metric


def test_a_file_that_is_made_to_harm_is_refused_beside_a_good_one(page, tmp_path):
    far_cell(tmp_path / "far.xlsx", random.Random(1), 1.0)  # noqa: S311  # the same file each time
    dropped(page, ("far.xlsx", (tmp_path / "far.xlsx").read_bytes()), ("good.ndjson", GUIDE))
    assert "**far.xlsx**: The cells of this sheet reach to row" in page.error[0].value
    assert counts(page)["Good"] == "7"


def test_a_reader_that_dies_is_a_sentence_about_its_file(page, monkeypatch):
    process.end_spare()
    monkeypatch.setattr(process, "PROGRAM", [sys.executable, "-c", "import os; os.abort()"])
    dropped(page, ("events.ndjson", GUIDE))
    assert "**events.ndjson**: Reading the file stopped (Aborted)" in page.error[0].value
    monkeypatch.undo()
    dropped(page, ("again.ndjson", GUIDE))
    assert counts(page)["Good"] == "7"
