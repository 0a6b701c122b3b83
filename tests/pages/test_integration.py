"""The page that tests the integration: events go over HTTP to a real collector, and what came of them is shown."""

import json
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from analytics.events.contract import EVENTS
from analytics.metrics.report import METRICS
from analytics.settings import settings
from analytics.ui.integration.one_event import fields_of, widget_key
from tests.servers import Scripted, collector, free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own_collector(store):
    """The app's own collector, at the port that the app believes to be its own."""
    before = config.get_option("server.port")
    with collector(store) as address:
        config.set_option("server.port", int(address.rpartition(":")[2]))
        yield address
    config.set_option("server.port", before)


@pytest.fixture
def page(own_collector):  # noqa: ARG001  # what it posts to
    return opened()


def opened():
    app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
    app.run().switch_page(str(ROOT / "pages" / "integration.py")).run()
    assert not app.exception
    return app


def press(page, label):
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def go(page, tab):
    page.session_state["test_tab"] = tab
    page.run()
    assert not page.exception


def said(page):
    kinds = (page.markdown, page.info, page.success, page.warning, page.error, page.caption, page.subheader)
    return "\n".join(unescaped(text.value) for kind in kinds for text in kind)


def unescaped(text):
    return text.replace("\\", "").replace("\u2060", "")


def with_key(page):
    press(page, "Make a key for this test")
    return page


def test_without_a_key_the_page_says_what_to_do_and_sends_nothing(page):
    assert "Paste a connection key, or make one for this test" in page.info[0].value
    run = next(button for button in page.button if button.label == "Run full check")
    assert run.disabled


def test_a_key_is_made_in_one_click_and_stands_in_no_address(page, store):
    with_key(page)
    (known,) = store.keys.all()
    key = page.text_input(key="test_key").value
    assert store.keys.find(key) == known
    assert (known.name, known.project_name) == ("Test page", "default")
    assert key not in repr(dict(page.query_params))
    assert key not in said(page)


def test_the_full_check_shows_seven_ticks_and_a_move_of_each_metric_and_stays_out_of_reports(page, store):
    press(with_key(page), "Run full check")
    assert "**All seven checks passed.**" in said(page)
    assert sum("check_circle" in text.value for text in page.markdown) == 7
    assert page.subheader[0].value == f"{len(METRICS)} of {len(METRICS)} numbers changed"
    table = page.dataframe[0].value
    assert table.set_index("Metric").loc["Response time (any reply)", ["Before", "After"]].tolist() == ["–", "1 min"]
    assert store.events(store.project("default").id).events["test"].all()
    press(page, "Delete all test events")
    assert "7 test events deleted from the project default." in said(page)
    assert store.count(store.project("default").id) == 0


def test_a_check_that_counts_leads_to_the_dashboard_of_its_project(page, store):
    store.create_project("another shop")
    page.text_input(key="test_key").set_value(store.keys.create("CRM", "shop")).run()
    page.radio(key="check_counted").set_value("Count them like real traffic")
    press(page, "Run full check")
    assert not store.events(store.project("shop").id).events["test"].any()
    press(page, "Open the dashboard")
    assert page.title[0].value == "Overview"
    assert page.selectbox(key="project").value == "shop"


def test_a_refused_key_is_told_with_the_next_step(page):
    page.text_input(key="test_key").set_value("wk_unknown").run()
    press(page, "Run full check")
    assert "**Key accepted** · The write key was refused" in said(page)
    assert "not checked, because something before it failed" in said(page)


def test_what_is_no_key_is_said_at_once(page):
    page.text_input(key="test_key").set_value("wk 1").run()
    assert "copy it again" in page.error[0].value


@pytest.mark.parametrize("name", EVENTS)
def test_the_form_of_each_event_sends_a_valid_one(page, store, name):
    go(with_key(page), "One event")
    page.selectbox(key="one_event_name").set_value(name).run()
    press(page, "Send")
    assert "**Sent:** 1 accepted" in said(page)
    events = store.events(store.project("default").id).events
    assert events["event"].tolist() == [name]
    press(page, "Send")
    assert "0 accepted, 1 duplicate" in said(page)
    press(page, "New IDs and time")
    press(page, "Send")
    assert "**Sent:** 1 accepted" in said(page)


def test_fields_come_from_the_contract():
    fields = {field.path: field for field in fields_of("agent.handoff")}
    assert [path for path, field in fields.items() if field.required] == [
        "userId",
        "timestamp",
        "context.channel",
        "properties.chatId",
        "properties.fromMode",
        "properties.toMode",
    ]
    assert fields["properties.toMode"].choices == ("bot", "agent")
    assert {field.path for field in fields_of("chat.resolved") if field.literal} == {
        "properties.messageCount",
        "properties.durationMinutes",
    }


def test_what_is_wrong_stands_beside_its_field(page, store):
    go(with_key(page), "One event")
    page.selectbox(key="one_event_name").set_value("chat.resolved").run()
    chat = next(field for field in fields_of("chat.resolved") if field.path == "properties.chatId")
    page.text_input(key=widget_key("chat.resolved", chat)).set_value("")
    press(page, "Only check")
    assert [unescaped(error.value) for error in page.error] == ["This field is missing"]
    (line,) = page.table[0].value[["Event", "Field"]].to_numpy().tolist()
    assert [unescaped(text) for text in line] == ["1. chat.resolved", "properties.chatId"]
    assert "**Checked, but not stored:** 0 accepted, 0 duplicates, 1 rejected" in said(page)
    assert store.count(store.project("default").id) == 0


def test_an_optional_property_that_cannot_be_used_is_warned_of_and_its_event_counts(page):
    go(with_key(page), "One event")
    page.selectbox(key="one_event_name").set_value("chat.resolved").run()
    count = next(field for field in fields_of("chat.resolved") if field.path == "properties.messageCount")
    page.text_input(key=widget_key("chat.resolved", count)).set_value("many")
    press(page, "Only check")
    assert "**Checked, but not stored:** 1 accepted" in said(page)
    assert unescaped(page.warning[0].value).startswith(
        'properties.messageCount was left out of 1 event ("many"): This must be a whole'
    )


def test_all_scenarios_are_answered_as_expected(page):
    go(with_key(page), "Scenario")
    press(page, "Run all")
    assert "**As expected:** 17 answers of 17." in said(page)


def test_a_burst_is_sent_and_counted(page, store):
    go(with_key(page), "Burst")
    page.segmented_control(key="burst_size").set_value(1_000)
    press(page, "Send them")
    assert "**1,000 events sent:**" in said(page)
    events = store.events(store.project("default").id).events
    assert len(events) > 950
    assert events["test"].all()


def test_json_is_sent_as_it_stands(page, store):
    go(with_key(page), "JSON")
    press(page, "Only check")
    assert "**Checked, but not stored:** 2 accepted" in said(page)
    press(page, "Send")
    assert "**Sent:** 2 accepted" in said(page)
    text = page.text_area(key="test_json_text")
    text.set_value(json.dumps(json.loads(text.value)["batch"][0]))
    press(page, "Send")
    assert "send the events as" in said(page)
    assert store.count(store.project("default").id) == 2


def test_listening_shows_what_comes_with_phones_masked(page, store):
    go(with_key(page), "Listen")
    assert "Nothing has come yet" in said(page)
    go(page, "JSON")
    press(page, "Send")
    go(page, "Listen")
    assert "message.received · 1" in said(page)
    assert "chat.resolved · not yet" in said(page)
    customers = page.dataframe[0].value["Customer"].tolist()
    assert all(customer.startswith("+2547•") for customer in customers)
    assert not any(phone in said(page) for phone in store.events(store.project("default").id).events["user_id"])


def test_of_keys_with_one_name_the_one_in_the_field_is_heard(page, store):
    for _ in range(3):
        with_key(page)
    go(page, "Listen")
    own = store.keys.find(page.text_input(key="test_key").value)
    chosen = next(box for box in page.selectbox if box.label == "Listen to the key")
    assert chosen.value == own.id
    assert len(set(chosen.options)) == 3


def test_listening_names_what_was_rejected(page):
    go(with_key(page), "Listen")
    go(page, "JSON")
    page.text_area(key="test_json_text").set_value('{"batch": [{"event": "message.read"}]}')
    press(page, "Send")
    go(page, "Listen")
    assert "1 event rejected: userId: This field is missing." in said(page)


def test_without_keys_there_is_nothing_to_listen_to(page):
    go(page, "Listen")
    assert "There is no key to listen to yet" in said(page)


def test_other_targets_come_from_the_settings_alone(monkeypatch, own_collector):  # noqa: ARG001
    good = json.dumps({"received": 7, "accepted": 7, "duplicates": 0, "rejected": 0}).encode()
    known = json.dumps({"received": 7, "accepted": 0, "duplicates": 7, "rejected": 0}).encode()
    with Scripted((200, {}, good), (200, {}, good), (200, {}, known)) as server:
        monkeypatch.setenv("ANALYTICS_TARGETS", f"{server.address}, http://127.0.0.1:{free_port()}")
        settings.cache_clear()
        page = opened()
        assert len(page.selectbox(key="test_target").options) == 3
        page.selectbox(key="test_target").set_value(server.address)
        page.text_input(key="test_key").set_value("wk_theirs").run()
        press(page, "Run full check")
        assert sum("check_circle" in text.value for text in page.markdown) == 5
        assert "you can see this on the dashboard of the other collector" in said(page)
        assert [path for path, _, _ in server.requests] == ["/v1/capture?dry_run=1", "/v1/capture", "/v1/capture"]


def test_a_collector_that_is_away_is_told_in_words(page):
    with_key(page)
    config.set_option("server.port", free_port())
    go(page, "JSON")
    press(page, "Send")
    assert "No program answers at 127.0.0.1" in said(page)


def test_a_store_that_is_away_is_told_in_words(page, store):
    with_key(page)
    store.close()
    page.run()
    assert not page.exception
    assert any("event store is closed" in error.value for error in page.error)


@pytest.mark.parametrize(
    ("system", "label", "events"),
    [
        ("cloud_api", "Deliver a sample", ["message.received", "message.sent", "message.delivered", "message.read"]),
        ("chatwoot", "Deliver a sample", ["message.received"]),
        ("twilio", "Read a sample", ["message.sent", "message.read"]),
    ],
)
def test_a_sample_of_each_system_is_delivered_and_what_became_of_it_is_shown(page, store, system, label, events):
    go(page, "Other systems")
    page.segmented_control(key="test_system").set_value(system).run()
    press(page, label)
    shown = page.dataframe[0].value
    assert shown["Event"].tolist() == events
    assert ("Verified and understood, but not stored" in said(page)) == (system != "twilio")
    assert ("What we did not understand" in said(page)) == (system == "cloud_api")
    press(page, label)
    assert len(store.keys.all()) == (system != "twilio")
    assert [store.count(project.id) for project in store.projects()] == [0] * (system != "twilio")
