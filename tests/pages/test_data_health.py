"""Data health: what cannot be used is seen, fixed and tried again; what is doubtful is named."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.words.escape import for_markdown
from tests.events_of import ndjson, read, received, sent

ROOT = Path(__file__).parents[2]
LOCAL = received("06:40", "local", user="0712 345 678")


@pytest.fixture
def opened(store):
    """A function that opens the page after some events have come."""

    def opened(*events):
        if events:
            found = validate([RawLines.from_text(ndjson(events))])
            store.add_import(store.create_project("shop").id, found, file="events.ndjson", digest="")
        page = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
        page.query_params["period"] = "All"
        page.run().switch_page(str(ROOT / "pages" / "data_health.py")).run()
        assert not page.exception
        return page

    return opened


def said(page):
    return "\n".join(text.value for text in (*page.markdown, *page.success, *page.info))


def press(page, label, place=0):
    [button for button in page.button if button.label == label][place].click().run()
    assert not page.exception


def test_without_events_the_way_to_some_is_shown(opened):
    assert "Drop a file under **Import**" in said(opened())


def test_what_cannot_be_used_shows_even_where_nothing_else_was_stored(opened, store):
    page = opened(LOCAL)
    (reason,) = store.list_reasons(store.project("shop").id)
    assert page.table[0].value["What is wrong"].tolist() == [f"**userId**: {for_markdown(reason.message)}"]


def test_all_good_events_are_usable_and_nothing_waits(opened):
    page = opened(received("06:30"), sent("06:31"))
    assert "100 % of events are usable. The last event came" in said(page)
    assert page.subheader[0].value == "Events that cannot be used"
    assert "All events can be used." in said(page)


def test_customers_who_may_be_two_people_are_named_masked(opened):
    page = opened(received("06:30"), received("06:31", user="+254700000001", phone="+254712345678"))
    assert "These may be two people" in [heading.value for heading in page.subheader]
    shown = next(frame.value for frame in page.dataframe if "Why" in frame.value)
    assert shown.iloc[0].tolist() == ["+2547•••••001", "2 IDs", "two phones wrote within 24 h"]


def test_events_that_an_answer_makes_good_are_stored_when_tried_again(opened, store):
    page = opened(received("06:30"), LOCAL)
    assert "50.0 % of events are usable" in said(page)
    press(page, "Try again")
    page.selectbox(key="again_country").select("KE")
    press(page, "Try again", 1)
    assert "We checked them again: 1 stored, 0 already known, 0 still cannot be used." in said(page)
    assert store.count(store.project("shop").id) == 2
    assert store.list_reasons(store.project("shop").id) == []


def test_an_event_can_be_mended_where_it_is_seen(opened, store):
    page = opened(received("06:30"), LOCAL)
    press(page, "Fix")
    text = next(area for area in page.text_area if area.label == "The event as it was received")
    text.set_value(text.value.replace("0712 345 678", "+254712345678"))
    press(page, "Check and save")
    assert "1 stored" in said(page)
    assert store.list_reasons(store.project("shop").id) == []


def test_statuses_without_a_message_and_what_came_again_are_named(opened):
    page = opened(sent("06:30", "a"), read("06:31", "lost"), sent("06:30", "a", content="image"))
    tables = [table.value for table in page.table]
    assert tables[0]["What we found"].tolist() == ["Statuses without their message"]
    assert tables[0]["How many"].tolist() == ["1 of 1 statuses (100 %)"]
    assert page.dataframe[0].value["Compared with the first"].tolist() == ["Different in contentType"]


def test_a_clock_that_is_fast_is_named_with_what_it_touches(opened):
    ahead = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    page = opened(received("06:30"), {**received("06:31", "b"), "timestamp": ahead})
    found = page.table[0].value
    assert found["What we found"].str.startswith(
        "Events later than when they were received, by up to 2 h"
    ).tolist() == [True]
    assert found["How many"].tolist() == ["1 of 2 stored events (50 %)"]
    assert found["Reports affected"].tolist() == ["Response times, Bot and handoffs, Customers"]


def test_each_section_says_whether_the_filters_narrow_it(opened):
    page = opened(received("06:30"), read("06:31", "lost"), LOCAL)
    whose = dict(zip(*captioned(page), strict=True))
    assert whose == {
        "Events that cannot be used": "This counts all events that were ever received. The filters do not matter.",
        "What to look at": "This counts the events in the chosen period and filters.",
        "Duplicate events": "This counts all events that were ever received. The filters do not matter.",
        "Event types that never came": "This counts all events that were ever received. The filters do not matter.",
        "Where agent, mode and country come from": "This counts the events in the chosen period and filters: 2 events.",
    }


def captioned(page):
    """The sections, and what each says first of what it is of."""
    return [text.value for text in page.subheader], [
        text.value for text in page.caption if text.value.startswith("This counts")
    ]


def test_of_an_explored_file_what_cannot_be_used_is_told_by_reason():
    page = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
    page.run().switch_page(str(ROOT / "pages" / "import_events.py")).run()
    page.file_uploader(key="files").set_value([("a.ndjson", ndjson([received("06:30"), LOCAL, LOCAL]), "")]).run()
    next(button for button in page.button if button.label == "Explore only").click().run()
    page.switch_page(str(ROOT / "pages" / "data_health.py")).run()
    assert not page.exception
    assert page.table[0].value[["Events", "Reports affected"]].to_numpy().tolist() == [
        ["2", "Response times, Bot and handoffs, Customers"]
    ]
    assert (
        captioned(page)[1].count("This counts all events that were read from the file. The filters do not matter.") == 3
    )
    assert "Download them with their reasons" in [button.label for button in page.get("download_button")]


def test_what_an_upgrade_changed_is_shown(opened, store):
    page = opened(sent("06:30"))
    assert "What the latest upgrade changed" not in said(page)
    project = store.project("shop").id
    changed = {"stored": 2, "duplicates": 1, "rejected": 0}
    none = dict.fromkeys(changed, 0)
    kept = {"at": "2026-03-01T08:00:00+00:00", "known_now": changed, "rejected": none}
    store.settings.change(project, {"judged_again": kept})
    assert "3 stored events have names that are part of the reports now" in said(page.run())
