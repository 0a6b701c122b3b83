"""The history of imports at the end of Import: each can be undone, after a question."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from tests.events_of import ndjson, received

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bring(store):
    """A function that imports messages into the shop."""
    shop = store.create_project("shop").id

    def bring(file, *numbers, who="ann"):
        found = validate([RawLines.from_text(ndjson(received("06:30", f"m{number}") for number in numbers))])
        return store.add_import(shop, found, file=file, digest=file, who=who)

    return bring


@pytest.fixture
def opened():
    """A function that opens the page."""

    def open_page():
        app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
        app.run().switch_page(str(ROOT / "pages" / "import_events.py")).run()
        assert not app.exception
        return app

    return open_page


def entries(page):
    return [text.value for text in page.markdown if " cannot be used" in text.value and " new · " in text.value]


def press(page, label, place=0):
    [button for button in page.button if button.label == label][place].click().run()
    assert not page.exception


def test_without_imports_there_is_no_history(opened, store):
    store.create_project("shop")
    assert not opened().subheader


def test_imports_are_listed_the_newest_first(opened, bring):
    bring("monday.ndjson", 1, 2)
    bring("week_*.ndjson", 2, 3, who=None)
    page = opened()
    assert page.subheader[0].value == "History of imports"
    week, monday = entries(page)
    assert week.startswith(r"**week\_\*.ndjson** · ")
    assert " by " not in week
    assert "1 new · 1 duplicate · 0 cannot be used" in week
    assert " by ann" in monday
    assert "2 new · 0 duplicates · 0 cannot be used" in monday


def test_an_import_is_undone_after_a_question(opened, bring, store):
    bring("monday.ndjson", 1)
    entry = bring("week.ndjson", 1, 2, 3)
    page = opened()
    press(page, "Undo this import")
    assert store.count(entry.project) == 3
    assert any("added 2 new events" in text.value for text in page.markdown)
    press(page, "Undo import")
    assert store.count(entry.project) == 1
    assert "**2 events removed**" in page.main.markdown[-2].value
    assert entries(page)[0].startswith("~~week.ndjson~~")
    assert [button.label for button in page.button].count("Undo this import") == 1


def test_an_import_is_kept_where_that_is_the_answer(opened, bring, store):
    entry = bring("monday.ndjson", 1)
    page = opened()
    press(page, "Undo this import")
    press(page, "Keep import")
    assert store.count(entry.project) == 1
    assert len(entries(page)) == 1


def test_an_import_that_another_has_undone_meanwhile_is_told_in_words(opened, bring, store):
    entry = bring("monday.ndjson", 1)
    page = opened()
    press(page, "Undo this import")
    store.undo_import(entry.project, entry.id)
    press(page, "Undo import")
    assert "was undone on" in page.error[0].value


def test_ten_imports_are_shown_at_first_and_all_on_demand(opened, bring):
    for number in range(12):
        bring(f"{number}.ndjson", number)
    page = opened()
    assert len(entries(page)) == 10
    assert page.toggle(key="all_imports").label == "Show all 12"
    page.toggle(key="all_imports").set_value(True).run()
    assert len(entries(page)) == 12


def test_what_was_added_here_is_said_no_more_once_it_is_undone(opened):
    page = opened()
    page.file_uploader(key="files").set_value([("a.ndjson", ndjson([received("06:30")]), "")]).run()
    press(page, "Add to the store")
    assert page.success[0].value.startswith("1 new")
    press(page, "Undo this import")
    press(page, "Undo import")
    assert not page.success
    assert "**1 event removed**" in page.main.markdown[-1].value
