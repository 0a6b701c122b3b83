"""Conversations and the case of one: nothing of a customer stands in the address."""

import json

import pytest

from analytics.metrics.case import key_of
from analytics.store.event_store import open_store
from analytics.store.secret import secret
from tests.metrics.events_of import handoff, received, resolved, sent
from tests.pages.test_pages import loaded, opened

EVENTS = [
    *(received("06:00", "a"), sent("06:01", "b"), resolved("06:10")),
    *(received("07:00", "c"), handoff("07:01", reason="payment_issue"), sent("07:31", "d", agent="amina")),
]


@pytest.fixture
def token():
    return loaded([json.dumps(event) for event in EVENTS]).token


@pytest.fixture
def key():
    """The key of the conversation that was passed to an agent."""
    dataset = loaded([json.dumps(event) for event in EVENTS])
    return key_of(dataset.events, dataset.facts, 1, secret(open_store().settings))


def said(app):
    return " ".join(text.value for text in (*app.title, *app.markdown, *app.caption)).replace("\u2060", "")


def test_all_are_listed_with_the_longest_wait_first_and_phones_masked(token):
    app = opened("conversations", token)
    assert "2 conversations, longest wait first: 30 min for a person." in said(app)
    table = app.dataframe[0].value
    assert table["Customer"].tolist() == ["+2547•••••678"] * 2
    assert table["Reason"].tolist() == ["Payment issue", "–"]


def test_a_kind_and_a_reason_in_the_address_narrow_them(token):
    assert "1 conversation passed to an agent" in said(opened("conversations", token, kind="handed_off"))
    assert "1 conversation" in said(opened("conversations", token, reason="payment_issue"))
    nonsense = opened("conversations", token, kind="nonsense", sort="nonsense", wait="nonsense")
    assert "2 conversations" in said(nonsense)


def test_a_search_stands_in_no_address_and_says_where_else_there_are_some(token):
    app = opened("conversations", token, kind="handed_off")
    app.text_input(key="search box").set_value("254 712 345 678").run()
    assert "1 conversation passed to an agent that match" in said(app)
    assert not any("712" in text for texts in app.query_params.values() for text in texts)
    app.text_input(key="search box").set_value("999999").run()
    assert "No phone number ends so" in said(app)


@pytest.mark.parametrize(("page", "back"), [("conversations", "All conversations"), ("agents", "All agents")])
def test_a_case_tells_what_happened_and_leads_back(token, key, page, back):
    app = opened(page, token, case=key)
    assert not app.exception
    assert "+2547•••••678" in said(app)
    assert "254712345678" not in said(app)
    assert "Needed an agent; longest wait 30 min for a person; ran for 31 min." in said(app)
    (button,) = (button for button in app.button if button.label == back)
    button.click().run()
    assert "case" not in app.query_params


def test_a_case_that_is_not_here_any_more_is_said_so(token):
    assert "This conversation is not here" in said(opened("conversations", token, case="1-0123456789abcdef"))
