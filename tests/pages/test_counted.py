"""How is this counted? For the numbers of cards and for the metrics, with the events behind them."""

import json
from urllib.parse import parse_qs

import pytest

from analytics.metrics.behind import list_behind
from analytics.metrics.cases import KINDS
from analytics.metrics.contacts import DAILY_NEW_CONTACTS
from analytics.metrics.tally import Page
from analytics.ui.browser.session import Key
from analytics.ui.elements import cards
from analytics.ui.elements.explanation import _KIND_OF_CASES, QUESTION, mask_personal
from tests.events_of import contact, delivered, handoff, received, selection_of, sent
from tests.pages.test_pages import loaded, opened

RAW = DAILY_NEW_CONTACTS.account.raw
EVENTS = [
    *(received("08:50", "a"), handoff("08:50"), sent("09:00", "b", agent="a1")),
    *(delivered("09:01", "b"), received("10:00", "c"), sent("10:20", "d", agent="a1")),
]


@pytest.fixture
def token():
    return loaded([json.dumps(event) for event in EVENTS]).token


def said(app):
    return " ".join(text.value for text in (*app.markdown, *app.caption)).replace("\u2060", "")


def test_a_card_says_its_parts_and_what_the_metric_it_belongs_to_leaves_out(token):
    app = opened("overview", token)
    (button,) = (one for one in app.button if one.label == QUESTION and one.key.endswith("in_target"))
    button.click().run()
    assert not app.exception
    assert "**Answered within 15 min: 50 %**" in said(app)
    parts = "2 were answered. 0 were never answered, or the customer has been waiting for longer than the target."
    assert f"1 was answered in time ÷ 2 in all. Of these, {parts}" in said(app)
    assert "This number belongs to the metric “Response time (any reply)”:" in said(app)
    assert "The bot answers first, as we found in the events:" in said(app)  # waits for a person hang on it
    assert "waited for a person, and counts each wait once" in said(app)  # not of any reply
    assert app.table[-1].value["Per message"][0].replace("\u2060", "") == "15 min"
    assert "Events of the conversations in this number: 6 events" in said(app)


@pytest.mark.parametrize(
    ("page", "card", "behind"),
    [
        ("overview", "in_target", {"kind": ["late"], "wait": ["person"]}),
        ("response_times", "waiting", {"kind": ["waiting"], "wait": ["person"]}),
        ("overview", "median", {"wait": ["person"]}),
        ("overview", "conversations", {"kind": ["customer"]}),
        ("overview", "not_delivered", {"kind": ["undelivered"]}),
        ("bot_and_handoffs", "finished", {"kind": ["finished"]}),
        ("bot_and_handoffs", "gave_up", {"kind": ["gave_up"]}),
        ("response_times", "closed", {"kind": ["closed"], "wait": ["person"]}),
        ("response_times", "never_answered", {"kind": ["never_answered"], "wait": ["person"]}),
        ("bot_and_handoffs", "stayed_solved", {"kind": ["came_back"]}),
        ("bot_and_handoffs", "afterwords", {"kind": ["afterwords"]}),
    ],
)
def test_from_a_card_a_link_leads_to_the_cases_behind_it_its_filters_kept(token, page, card, behind):
    app = opened(page, token, country="KE")
    (button,) = (one for one in app.button if one.label == QUESTION and one.key.endswith(f" {card}"))
    button.click().run()
    assert not app.exception
    links = [link.proto for link in app.get("page_link") if link.proto.label.startswith("See cases")]
    address = parse_qs(links[-1].query_string)
    assert links[-1].page == "conversations"
    assert {key: address[key] for key in ("kind", "wait") if key in address} == behind
    assert address["country"] == ["KE"]


def test_every_card_knows_the_cases_behind_it():
    known = {card.key for card in (*cards.OVERVIEW, *cards.WAITS, *cards.OUTCOMES)} - {"waiting_now"}
    assert {_KIND_OF_CASES.get(key, key) for key in known} <= KINDS.keys()


def test_who_waits_now_is_shown_whenever_they_began_to(token):
    app = opened("overview", token)
    (button,) = (one for one in app.button if one.label == QUESTION and one.key.endswith(" waiting_now"))
    button.click().run()
    assert not app.exception
    (link,) = (link.proto for link in app.get("page_link") if link.proto.label == "See who is waiting")
    assert link.page == "waiting_now"
    assert parse_qs(link.query_string)["wait"] == ["person"]


def test_a_metric_shows_both_readings_why_they_differ_and_its_events_as_files(token):
    app = opened("overview", token)
    app.session_state[Key.METRIC_ASKED_FOR] = "read_rate"
    app.run()
    assert not app.exception
    assert "**Read rate**" in said(app)
    assert app.table[0].value.replace("\u2060", "", regex=True).to_numpy().tolist() == [
        ["Number", "0 % (0 of 2)", "50 % (1 of 2)"],
        ["Formula", "message.read / message.sent", "Sent messages read ÷ sent; a reply proves a read"],
        ["Counted (numerator)", "0", "1"],
        ["Of (denominator)", "2", "2"],
    ]
    assert "- 1 read had no receipt, but a reply proves it. It counts only per message." in said(app)


def test_events_behind_a_number_show_no_phone_no_name_and_nothing_that_is_not_ours():
    selection = selection_of(contact("08:00", user="254712345678", name="Jane", city="Mombasa"))
    events = list_behind(selection, Page(0, 9), RAW).frame
    shown = mask_personal(events)
    assert shown["userId"].tolist() == ["+2547•••••678"]
    assert shown[["properties.name", "properties"]].isna().all(axis=None)
    assert events["userId"].tolist() == ["+254712345678"]
