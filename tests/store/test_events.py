"""Events go in once, for ever, and come out as they were."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.store.event_store import open_store_at
from tests.events_of import (
    JOHN,
    MARY,
    assigned,
    contact,
    delivered,
    event,
    failed,
    handoff,
    read,
    received,
    resolved,
    sent,
)

ALL_COLUMNS = [
    contact("06:00", name='Zoë "Z" 日本', source="website", country="ke"),
    received("06:30", "m1", hasMedia=True, mode="bot"),
    handoff("06:31", reason="payment_issue", step="checkout", agent="a1"),
    assigned("06:32", "a1", waUserId="KE.1349AB", previousUserId="+254700000008"),
    sent("06:33", "m2", agent="a1", template="welcome", country="UG"),
    delivered("06:34", "m2", deliveredAt="2026-01-20T06:33:59.123456Z"),
    read("06:35", "m2", readAt="2026-01-20T09:34:30+03:00", user=JOHN, phone="+254700000009", phoneNumberId="1065"),
    failed("06:35", "m3", "131026", errorTitle="Message undeliverable", failedAt="2026-01-20T06:34:59Z"),
    resolved("06:36", agent="a1", resolutionType="solved", messageCount=7, durationMinutes=12.3),
    event("poll.sent", "06:37", chat="chat", question="How are you?", test=True),
]
"""An event of each kind; together they fill every column."""

AWKWARD = [
    '"',
    "''",
    "a\nb",
    "\r\n",
    "\\",
    "\\N",
    "\\.",
    ",",
    ";",
    "\t",
    " ",
    "\x00",
    "a\x00b",
    "␀",
    "␀0",
    "␀1",
    "NULL",
    "é",
    "😀",
]


def kept(store, project):
    """The stored events in the order of their identities."""
    return in_order(store.events(project).events)


def in_order(frame):
    """Events in the order of their identities; where in a file they stood is not kept."""
    ordered = frame.sort_values(["key_high", "key_low"], ignore_index=True)
    return ordered.assign(line=np.int64(0), index=np.int32(0))


def assert_kept(store, project, frame):
    pd.testing.assert_frame_equal(kept(store, project), in_order(frame))


def test_every_column_comes_out_as_it_went_in(store, shop, add, found):
    frame = found(*ALL_COLUMNS).events
    assert frame.notna().any().all(), "the example fills every column"
    add(*ALL_COLUMNS)
    assert_kept(store, shop, frame)


@pytest.mark.parametrize("text", AWKWARD, ids=ascii)
def test_awkward_texts_come_out_as_they_went_in(text, store, shop, add, found):
    events = [
        received("06:30", f"m{text}", chat=f"c{text}", agent=f"{text}a", country="ke"),
        contact("06:31", name=f"x{text}", chat=text if text.strip() else "c", more={"of it": [text, None]}),
        event(f"poll{text}", "06:32", chat="c"),
    ]
    add(*events)
    assert len(found(*events).events) == 3
    assert_kept(store, shop, found(*events).events)


def test_a_blank_text_is_missing_before_and_after(store, shop, add):
    add(contact("06:30", name="", source=" "), received("06:31", mode=None))
    frame = kept(store, shop)
    assert frame["name"].isna().all()
    assert frame["service_mode"].isna().all()
    assert frame["message_id"].isna().sum() == 1


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=20))
def test_any_texts_come_out_as_they_went_in(texts, store, found):
    events = [contact("06:30", chat=f"{place}{text}", name=text, note=text) for place, text in enumerate(texts)]
    project = store.create_project(json.dumps(texts).replace("\\u0000", "")).id
    before = found(*events)
    store.add_import(project, before, file="f", digest="")
    if store.count(project) == len(before.events):  # else the same texts again
        assert_kept(store, project, before.events)


def test_an_empty_project_gives_an_empty_frame(store, shop, found):
    assert_kept(store, shop, found().events)
    assert store.count(shop) == 0


def test_an_event_is_stored_once_and_the_first_wins(store, shop, add):
    first = add(received("06:30", "m1", chat="first"), received("06:31", "m2"))
    assert (first.received, first.stored, first.duplicates, first.rejected) == (2, 2, 0, 0)
    second = add(received("06:30", "m1", chat="second"), received("06:30", "m1", chat="third"), sent("06:32", "m3"))
    assert (second.received, second.stored, second.duplicates, second.rejected) == (3, 1, 2, 0)
    frame = store.events(shop).events
    assert dict(zip(frame["message_id"], frame["chat_id"], strict=True)) == {"m1": "first", "m2": "chat", "m3": "chat"}


def test_many_events_of_which_most_are_known_add_only_the_others(store, shop, add):
    events = [sent("06:30", f"m{number}", chat=f"c{number}") for number in range(12_000)]
    assert add(*events[:7_000]).stored == 7_000
    again = add(*events[1_000:])
    assert (again.received, again.stored, again.duplicates) == (11_000, 5_000, 6_000)
    frame = store.events(shop).events
    assert sorted(frame["message_id"].str[1:].astype(int)) == list(range(12_000))


def test_projects_know_nothing_of_each_other(store, shop, add):
    other = store.create_project("other").id
    assert add(received("06:30", "m1")).stored == 1
    assert add(received("06:30", "m1"), project=other).stored == 1
    assert add(received("06:30", "m1"), project=other).stored == 0
    assert store.count(shop) == store.count(other) == 1
    assert list(kept(store, shop)["key_high"]) == list(kept(store, other)["key_high"])


def test_an_import_is_kept_whole_or_not_at_all(store, shop, add, monkeypatch):
    add(received("06:30", "m1"))

    def fail(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("analytics.store.event_store.rows_of_rejected", fail)
    with pytest.raises(KeyboardInterrupt):
        add(received("06:31", "m2"), b"bad")
    monkeypatch.undo()
    assert store.count(shop) == 1
    assert add(received("06:31", "m2"), b"bad").stored == 1


def test_what_is_stored_is_there_after_a_restart(store_url, store, shop, add, found):
    add(*ALL_COLUMNS)
    store.close()
    again = open_store_at(store_url)
    assert [project.name for project in again.projects()] == ["shop"]
    assert_kept(again, shop, found(*ALL_COLUMNS).events)
    again.close()


def test_deleting_test_events_leaves_the_others(store, shop, add):
    add(received("06:30", "m1"), received("06:31", "m2", test=True), received("06:32", "m3", user=MARY))
    other = store.create_project("other").id
    add(received("06:31", "m2", test=True), project=other)
    assert store.delete_test_events(shop) == 1
    assert set(store.events(shop).events["message_id"]) == {"m1", "m3"}
    assert store.count(other) == 1
    assert store.delete_test_events(shop) == 0
    assert add(received("06:31", "m2", test=True)).stored == 1


def test_a_store_tells_how_many_events_it_knows_and_keeps_nothing_of_the_asking(store, shop, add, found):
    other = store.create_project("other").id
    one, two, three = (received("06:30", name) for name in "abc")
    assert store.count_known(shop, found(one, two).events) == 0
    add(one)
    assert store.count_known(shop, found(one, two, three).events) == 1
    assert store.count_known(other, found(one, two).events) == 0
    assert store.count(shop) == 1
