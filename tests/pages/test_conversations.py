"""Conversations and the case of one: nothing of a customer stands in the address."""

import json
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from analytics.metrics.parties import key_of, name_chats
from analytics.store.event_store import open_store
from analytics.store.secret import load_secret
from tests.events_of import MARY, handoff, received, resolved, sent
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
    (shard,) = dataset.shards
    row = name_chats(shard, dataset.facts.events.chat[dataset.facts.conversations.first[[1]]]).iloc[0]
    began = int(dataset.facts.events.time[dataset.facts.conversations.first[1]])
    return key_of(began, row["user"], row["id"], load_secret(open_store().settings))


def said(app):
    return " ".join(text.value for text in (*app.title, *app.markdown, *app.caption)).replace("\u2060", "")


def test_all_are_listed_with_the_longest_wait_first_and_phones_masked(token):
    app = opened("conversations", token)
    assert "We found 2 conversations. The longest wait for a person was 31 min." in said(app)
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
    app.text_input(key="search").set_value("254 712 345 678").run()
    assert "We found 1 conversation passed to an agent that matches your search. The longest wait" in said(app)
    assert not any("712" in text for texts in app.query_params.values() for text in texts)
    app.text_input(key="search").set_value("999999").run()
    assert "We found no conversation passed to an agent that matches your search." in said(app)
    assert "No phone number ends with this" in said(app)


@pytest.mark.parametrize("text", ["a", "AM", " mi "])
def test_an_agent_is_found_by_a_character_or_two(token, text):
    app = opened("conversations", token)
    app.text_input(key="search").set_value(text).run()
    assert "We found 1 conversation that matches your search" in said(app)
    assert app.dataframe[0].value["Agents"].tolist() == ["amina"]


@pytest.mark.parametrize("text", ["78", "+25", "jd"])
def test_a_search_too_short_for_a_phone_or_a_chat_says_so(token, text):
    app = opened("conversations", token)
    app.text_input(key="search").set_value(text).run()
    assert (
        "No agent has this name. Type at least 3 digits of a phone number, or 3 characters of a user ID or a chat ID."
        in said(app)
    )
    assert not app.dataframe


def test_where_nothing_narrows_it_says_in_how_many_the_customer_wrote(token):
    assert "The customer wrote in" not in said(opened("conversations", token))
    ours = loaded([json.dumps(event) for event in [*EVENTS, sent("09:00", chat="campaign", user=MARY)]]).token
    app = opened("conversations", ours)
    assert "We found 3 conversations. The longest wait" in said(app)
    assert "The customer wrote in 2 of them." in said(app)
    assert "of them" not in said(opened("conversations", ours, kind="handed_off"))
    app.text_input(key="search").set_value("campaign").run()
    assert "of them" not in said(app)


@pytest.mark.parametrize(
    ("kind", "phrase"),
    [("ongoing", "1 conversation that is ongoing"), ("waiting", "1 conversation whose customer is still waiting")],
)
def test_one_conversation_is_told_as_one(kind, phrase):
    one = loaded([json.dumps(received("07:00", "c"))]).token
    assert phrase in said(opened("conversations", one, kind=kind))


@pytest.mark.parametrize(("key", "label"), [("reason", "Reason: "), ("step", "Journey step: ")])
def test_a_reason_or_a_step_of_any_length_narrows_under_a_short_chip(key, label):
    name = "Xy" * 5_000
    events = [*EVENTS, received("09:00", "e"), handoff("09:01", **{key: name})]
    app = opened("conversations", loaded([json.dumps(event) for event in events]).token, **{key: name})
    assert "We found 1 conversation. The longest wait" in said(app)
    (chip,) = (button.label for button in app.button if button.label.startswith(label))
    assert chip == f"{label}{'Xy' * 29}X…"


def test_a_link_leads_to_those_who_wait_in_a_kind_of_wait():
    def script():
        import streamlit as st  # noqa: PLC0415  # this runs as a script of its own

        from analytics.ui import menu  # noqa: PLC0415
        from analytics.ui.elements import case_links  # noqa: PLC0415
        from analytics.words import wait_kinds  # noqa: PLC0415

        st.navigation(menu.make_menu(), position="hidden")
        case_links.draw_waiting_link(None, wait_kinds.REPLY)

    app = AppTest.from_function(script).run()
    assert not app.exception
    (link,) = app.get("page_link")
    assert (link.proto.page, link.proto.label, link.proto.icon) == (
        "waiting_now",
        "See who is waiting",
        ":material/hourglass_top:",
    )
    assert parse_qs(link.proto.query_string) == {"wait": ["reply"]}


@pytest.mark.parametrize(("page", "back"), [("conversations", "All conversations"), ("agents", "All agents")])
def test_a_case_tells_what_happened_and_leads_back(token, key, page, back):
    app = opened(page, token, case=key)
    assert not app.exception
    assert "+2547•••••678" in said(app)
    assert "254712345678" not in said(app)
    assert "Needed an agent. The longest wait was 31 min for a person. It lasted 31 min." in said(app)
    (button,) = (button for button in app.button if button.label == back)
    button.click().run()
    assert "case" not in app.query_params


def test_a_case_that_is_not_here_any_more_is_said_so(token):
    assert "This conversation is not here" in said(opened("conversations", token, case="1-0123456789abcdef"))
