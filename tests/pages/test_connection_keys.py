"""Connection keys are made, shown once, listed and revoked."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def opened():
    """A function that opens the page."""

    def open_page():
        app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
        app.run().switch_page(str(ROOT / "pages" / "connection_keys.py")).run()
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


def said(page):
    return " ".join(text.value for text in (*page.markdown, *page.info, *page.subheader))


def test_without_a_key_the_page_says_what_to_do(opened):
    page = opened()
    assert [text.value for text in page.subheader] == ["Make your first key"]
    assert "There is no key yet. Make one" in said(page)


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
    assert "**CRM** · project shop" in said(page)
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
    assert "This cannot be undone." in said(page)
    page.button(key=f"revoke_{store.keys.find(key).id}").click().run()
    assert store.keys.find(key) is None
    assert store.keys.find(other)
    assert page.table[0].value["Name"].tolist() == ["CRM"]
    assert page.table[0].value["Last used"].tolist() == ["never"]
    assert "**CRM**" not in said(page)


def test_where_all_keys_are_revoked_another_is_asked_for(opened, store):
    store.keys.create("CRM")
    store.keys.revoke(store.keys.all()[0].id)
    assert "all are revoked" in said(opened())


def test_names_are_shown_letter_for_letter(opened, store):
    store.keys.create("*CRM* [x](http://evil.example)")
    assert r"\*CRM\*" in said(opened())


def test_a_new_key_is_handed_to_the_test_page_and_no_further(opened):
    page = opened()
    make(page, "CRM")
    key = page.code[0].value
    press(page, "Test the integration with it")
    assert page.title[0].value == "Test the integration"
    assert page.text_input(key="test_key").value == key
    assert not any(key in text for texts in page.query_params.values() for text in texts)


def test_a_store_that_is_away_is_told_in_words(opened, store):
    store.close()
    page = opened()
    assert "The event store is closed" in page.error[0].value
