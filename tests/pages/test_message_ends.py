"""Messages: what became of them, and why some failed, in plain words."""

import json

from tests.events_of import delivered, failed, received, sent
from tests.pages.test_pages import loaded, opened

EVENTS = [
    sent("06:30", "a", template="promo"), failed("06:31", "a", 131026),
    sent("06:32", "b", template="promo"), failed("06:33", "b", 131049),
    sent("06:34", "c"), failed("06:35", "c", 63016, errorTitle="Outside *the* window"),
    sent("06:36", "d"), delivered("06:37", "d"),
    sent("06:38", "e"),
]  # fmt: skip


def page_of(*events):
    return opened("messages", loaded([json.dumps(event) for event in events]).token)


def said(app):
    return " ".join(text.value for text in (*app.markdown, *app.caption)).replace("\u2060", "")


def test_each_message_was_delivered_failed_or_is_pending():
    shares = {metric.label: metric.value for metric in page_of(*EVENTS).metric}
    assert shares == {"Delivered · 1": "20 %", "Failed · 3": "60 %", "Pending · 1": "20 %"}


def test_failures_are_explained_in_plain_words_and_by_whose_fault_they_are():
    words = said(page_of(*EVENTS))
    assert "Causes of 3 failures: " in words
    assert "**33 %** WhatsApp’s limit on marketing for each person" in words
    assert "**The message cannot reach this number" in words
    assert "Cause: The number · Try again: No" in words
    assert "Outside \\*the\\* window" in words


def test_templates_and_countries_show_how_their_messages_ended():
    tables = [table.value for table in page_of(*EVENTS).dataframe]
    by_template, by_country = (
        next(t for t in tables if t.columns[0] == name and "Failed" in t) for name in ("Template", "Country")
    )
    assert dict(zip(by_template["Template"], by_template["Failed"], strict=True)) == {"promo": 1.0, "Not given": 0.3333}
    assert by_country["Most common failure"].tolist() == ["Number cannot be reached (131026)"]


def test_where_no_message_failed_nothing_is_explained():
    words = said(page_of(sent("06:36", "d"), delivered("06:37", "d")))
    assert "Why messages failed" not in words
    assert "Together these are the 1 message that you sent." in words


def test_where_nothing_was_sent_there_is_nothing_to_become():
    app = page_of(received("06:30", "a"))
    assert "How messages ended" not in " ".join(heading.value for heading in app.subheader)
    assert not app.metric
