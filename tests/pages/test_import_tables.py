"""Import: how tables are understood is shown, asked where it is doubtful, and can be corrected."""

from pathlib import Path

import pytest

from tests.pages.importing import counts, dropped, open_import

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "tests" / "cases" / "tables"
HEADER = "Date,Phone,Direction,Text\n"


@pytest.fixture
def page():
    return open_import()


def case(name):
    return name, (TABLES / name).read_bytes()


def labelled(elements, start):
    [found] = [element for element in elements if element.label.startswith(start)]
    return found


def plain(text):
    """A text as it is read, without what keeps Markdown from making something of it."""
    return text.replace("\\", "").replace("\u2060", "")


def button(page, label):
    return next(button for button in page.button if button.label == label)


def test_a_known_export_is_shown_before_it_is_used(page):
    dropped(page, case("message_table.csv"))
    page.selectbox(key="import_zone").select("UTC").run()
    assert any("This looks like **the table “messages” of Chatwoot**" in text.value for text in page.markdown)
    assert [expander.proto.expanded for expander in page.expander if "columns of" in expander.label] == [True]
    assert labelled(page.multiselect, "Leave out").value == [("message_type", "2"), ("private", "t")]
    assert page.info[0].value == "2 rows are left out, as you chose above."
    assert counts(page)["Events received"] == "6"


def test_rows_can_be_left_out_by_the_value_of_a_column_and_kept_again(page):
    dropped(page, case("message_text.csv"))
    assert counts(page)["Good"] == "8"
    leave_out = labelled(page.multiselect, "Leave out")
    leave_out.select(("Agent", "Ben")).run()
    assert page.info[0].value == "1 row is left out, as you chose above."
    assert counts(page)["Good"] == "7"
    labelled(page.multiselect, "Leave out").unselect(("Agent", "Ben")).run()
    assert not page.info
    assert counts(page)["Good"] == "8"


def test_what_stands_for_nothing_can_be_added_to(page):
    rows = "2026-01-20T06:30:00Z,+254700000001,out,Hi,none given\n2026-01-20T06:31:00Z,+254700000001,out,Ho,Ana\n"
    dropped(page, ("log.csv", f"{HEADER.strip()},Agent\n{rows}".encode()))
    assert "**Agents** 2" in said(page)
    empty = labelled(page.text_input, "Words that stand for an empty cell")
    assert empty.value.startswith("-, –, —, N/A")
    empty.set_value(f"{empty.value}, None Given").run()
    assert "**Agents** 1" in said(page)
    labelled(page.text_input, "Agents that are bots").set_value("Ana").run()
    assert "**Agents** 0" in said(page)


def said(page):
    return "\n".join(text.value for text in page.markdown)


def test_dates_of_two_meanings_are_asked_once_a_column_with_two_of_its_own(page):
    rows = "03/04/2026 10:00,+254700000001,out,Hi,04/05/2026\n05/04/2026 11:00,+254700000001,out,Ho,04/06/2026\n"
    dropped(page, ("log.csv", f"{HEADER.strip()},Delivered at\n{rows}".encode()))
    sent, delivered = page.radio[-2:]
    assert plain(sent.label) == "How do you read 03/04/2026 10:00 and 05/04/2026 11:00 in the column “Date”?"
    assert plain(delivered.label) == "How do you read 04/05/2026 and 04/06/2026 in the column “Delivered at”?"
    sent.set_value(True).run()
    page.radio[-1].set_value(False).run()
    page.selectbox(key="import_zone").select("UTC").run()
    assert counts(page) == {"Events received": "4", "Good": "4", "Duplicates": "0", "Cannot be used": "0"}
    assert "3 Apr 2026" in said(page)


def test_a_zone_is_asked_with_two_times_of_each_column(page):
    dropped(page, case("minute_precision.csv"))
    assert page.subheader[0].value == "Please answer the question above first. 5 events need an answer."
    page.selectbox(key="import_zone").select("Africa/Nairobi").run()
    assert counts(page)["Good"] == "5"
    assert "“Date”: 2026-01-20 06:30, 2026-01-20 06:31" in [plain(caption.value) for caption in page.caption]


def test_an_encoding_is_shown_with_what_depends_on_it_and_can_be_chosen(page):
    dropped(page, case("cp1250.csv"))
    chosen = labelled(page.selectbox, "Encoding")
    assert chosen.options[0] == "Windows-1250 (Central European): “Łukasz”"
    assert counts(page)["Good"] == "1"
    chosen.select("cp1252").run()
    assert any("CSV, Windows-1252, separated by semicolon" in caption.value for caption in page.caption)
    assert counts(page)["Good"] == "1"


def test_a_doubtful_encoding_is_asked_before_anything_is_read(page):
    rows = "event,userId,timestamp,chatId,name\ncontact.created,+4917012345678,2026-01-20T06:30:00Z,c1,Şişli\n"
    dropped(page, ("names.csv", rows.encode("cp1254")))
    asked = labelled(page.selectbox, "Which of these lines is spelled correctly?")
    assert "Windows-1254 (Turkish): “Şişli”" in asked.options
    assert not page.metric
    asked.select("cp1254").run()
    assert counts(page)["Good"] == "1"


def test_rows_that_stand_twice_are_the_same_again_and_not_already_known(page):
    row = "message.read,+254700000001,2026-01-20T06:30:00Z,m1\n"
    dropped(page, ("twice.csv", f"event,userId,timestamp,messageId\n{row}{row}".encode()))
    assert "1 new, 1 duplicate, 0 already known, 0 cannot be used" in [caption.value for caption in page.caption]
    button(page, "Add to the store").click().run()
    assert page.success[0].value == "1 new, 1 duplicate, 0 already known, 0 cannot be used."
    button(page, "Add to the store").click().run()
    assert page.success[0].value == "0 new, 1 duplicate, 1 already known, 0 cannot be used."


def test_a_phones_chat_is_named_and_none_of_it_is_shown(page):
    chat = (ROOT / "tests" / "cases" / "dumps" / "chat_export_android.txt").read_bytes()
    dropped(page, ("chat.txt", chat))
    assert "“Export chat”" in page.error[0].value
    assert "Anna" not in page.error[0].value + said(page)
