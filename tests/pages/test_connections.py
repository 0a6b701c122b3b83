"""Connections are made, shown once, listed and revoked."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.store.write_keys import note_use

ROOT = Path(__file__).parents[2]


@pytest.fixture
def opened():
    """A function that opens the page."""

    def open_page():
        app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
        app.run().switch_page(str(ROOT / "pages" / "connections.py")).run()
        assert not app.exception
        return app

    return open_page


def make(page, name, project=None):
    page.text_input(key="key_name").set_value(name)
    if project:
        typed = page.selectbox(key="key_project")
        typed.options.append(project)
        typed.set_value(project)
    press(page, "Make a key")


def press(page, label):
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def choose(page, kind):
    page.segmented_control(key="connection_kind").set_value(kind).run()


def connect(page, system, name, secret=None):
    choose(page, system)
    page.text_input(key="key_name").set_value(name)
    if secret:
        page.text_input(key="connection_secret").set_value(secret)
    press(page, {"cloud_api": "Connect WhatsApp Cloud API", "chatwoot": "Connect Chatwoot"}[system])


def said(page):
    return " ".join(text.value for text in (*page.markdown, *page.info, *page.subheader))


def test_without_a_key_the_page_says_what_to_do(opened):
    page = opened()
    assert [text.value for text in page.subheader] == ["Make your first connection"]
    assert "There is no connection yet. Make one" in said(page)


def test_a_key_is_shown_once_and_works(opened, store):
    page = opened()
    make(page, "CRM", "shop")
    key = page.code[0].value
    assert (store.keys.find(key).name, store.keys.find(key).project_name) == ("CRM", "shop")
    assert "“CRM” of the project shop" in said(page)
    assert "$WRITE_KEY" in page.code[2].value
    assert key not in page.code[2].value
    press(page, "I have copied it")
    assert not page.code
    assert "**CRM** · your own program · project shop" in said(page)
    assert "never used" in said(page)
    assert not opened().code


def test_a_key_needs_a_name(opened, store):
    page = opened()
    make(page, " ")
    assert page.error[0].value == "A key needs a name and a project."
    assert store.keys.all() == []


def test_a_key_is_revoked_after_a_question(opened, store):
    key = store.keys.create("CRM")
    other = store.keys.create("Shop")
    page = opened()
    assert "You cannot undo this." in said(page)
    page.button(key=f"revoke_{store.keys.find(key).id}").click().run()
    assert store.keys.find(key) is None
    assert store.keys.find(other)
    assert page.table[0].value["Name"].tolist() == ["CRM"]
    assert page.table[0].value["Last used"].tolist() == ["never"]
    assert "**CRM**" not in said(page)


def test_where_all_keys_are_revoked_another_is_asked_for(opened, store):
    store.keys.create("CRM")
    store.keys.revoke(store.keys.all()[0].id)
    assert "All connections are revoked" in said(opened())


def test_names_are_shown_letter_for_letter(opened, store):
    store.keys.create("*CRM* [x](http://evil.example)")
    assert r"\*CRM\*" in said(opened())


def test_a_new_key_is_handed_to_the_test_page_and_no_further(opened):
    page = opened()
    make(page, "CRM")
    key = page.code[0].value
    press(page, "Test the integration with this key")
    assert page.title[0].value == "Test the integration"
    assert page.text_input(key="test_key").value == key
    assert not any(key in text for texts in page.query_params.values() for text in texts)


def test_a_store_that_is_away_is_told_in_words(opened, store):
    store.close()
    page = opened()
    assert "The event store is closed" in page.error[0].value


def test_an_address_for_whatsapp_is_shown_once_with_what_to_enter_at_meta(opened, store):
    page = opened()
    connect(page, "cloud_api", "Our number", "an app secret")
    address, token = (code.value for code in page.code)
    webhook = store.webhooks.find(address.rpartition("/v1/webhooks/")[2])
    assert (webhook.system, webhook.key.name, webhook.secret) == ("cloud_api", "Our number", "an app secret")
    assert webhook.is_verified_by(token)
    assert "1. Open your app at developers.facebook.com" in said(page)
    assert "Meta has not verified the address yet" in said(page)
    press(page, "I have entered it")
    assert not page.code
    assert "an app secret" not in said(page)
    assert "connection_secret" not in page.session_state


def test_the_first_event_is_said(opened, store):
    page = opened()
    connect(page, "cloud_api", "Our number", "an app secret")
    (key,) = store.keys.all()
    store.webhooks.note_verified(key.id)
    assert "The address is verified, but no event has come yet" in said(page.run())
    with store.database.writing() as connection:
        note_use(connection, {key.id}, {key.id}, datetime(2026, 1, 20, 6, 30, tzinfo=UTC))
    assert "First event received on 20 Jan 2026, 06:30 UTC" in said(page.run())


def test_whatsapp_needs_its_app_secret_and_chatwoot_takes_one_later(opened, store):
    page = opened()
    connect(page, "cloud_api", "Our number")
    assert "Enter the app secret" in page.error[0].value
    assert store.keys.all() == []
    connect(page, "chatwoot", "Desk")
    hook_id = page.code[0].value.rpartition("/")[2]
    assert store.webhooks.find(hook_id).secret is None
    key = store.keys.all()[0].id
    page.text_input(key=f"secret_{key}").set_value("s3cret")
    page.button(key=f"use_{key}").click().run()
    assert store.webhooks.find(hook_id).secret == "s3cret"  # noqa: S105
    page.button(key=f"revoke_{key}").click().run()
    assert store.webhooks.find(hook_id) is None


def test_the_old_address_leads_on():
    app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
    app.run().switch_page(str(ROOT / "pages" / "connection_keys.py")).run()
    assert not app.exception
    assert app.title[0].value == "Connections"
