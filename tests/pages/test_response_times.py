"""Response times: which wait, business hours, every message; each stands in the address and says what it changes."""

import json
from datetime import time

import pytest

from analytics.store.preferences import Agent, Hours, Opening, Preferences, set_preferences
from tests.events_of import assigned, handoff, received, sent
from tests.pages.test_pages import loaded, opened

EVENTS = [
    *(received("08:50", "a"), handoff("08:50"), assigned("08:52", "a1"), sent("09:20", "b", agent="a1")),
    *(received("07:00", "c", chat="other"), received("07:04", "d", chat="other"), sent("07:06", "e", chat="other")),
]
MORNING = Hours(opens=time(5), closes=time(9))


@pytest.fixture
def token():
    return loaded([json.dumps(event) for event in EVENTS]).token


@pytest.fixture
def hours(store):
    """Opening hours from 5:00 to 9:00 UTC, and an agent's name."""
    opening = Opening(days=(MORNING,) * 7, timezone="UTC")
    project = store.create_project("shop").id
    set_preferences(store.settings, project, Preferences(opening=opening, agents={"a1": Agent(name="Amina")}))


def said(app):
    return " ".join(text.value for text in (*app.markdown, *app.caption))


def test_without_opening_hours_the_page_says_where_to_set_them(token):
    app = opened("response_times", token)
    assert "One customer reached an agent after 30 min" in said(app)
    assert app.toggle(key="no hours").disabled
    assert app.toggle(key="no messages").disabled
    assert "An agent replied to 1 assigned chat after **28 min**" in said(app)


@pytest.mark.usefixtures("hours")
def test_business_hours_count_the_open_time_alone_and_name_the_change(token):
    app = opened("response_times", token)
    assert "The median is 30 min. With business hours only it is 10 min." in said(app)
    app.toggle(key="business").set_value(True).run()
    assert "One customer reached an agent after 10 min. Only business hours count" in said(app)
    assert app.query_params["business"] == "true"
    assert {metric.label: metric.value for metric in app.metric}["Answered within 15 min"] == "100 %"
    assert "An agent replied to 1 assigned chat after **8 min**" in said(app)
    assert "Amina" in app.dataframe[0].value["Agent"].tolist()
    next(button for button in app.button if button.key.endswith(" in_target")).click().run()
    dialog = " ".join(text.value for text in app.markdown).replace("\u2060", "")
    assert "**Answered within 15 min: 100 %**" in dialog
    assert "1 was answered in time ÷ 1" in dialog
    assert "business=true" in app.get("page_link")[-1].proto.query_string


@pytest.mark.usefixtures("hours")
def test_every_message_counts_each_and_stands_in_the_address(token):
    app = opened("response_times", token, wait="reply", every="true")
    assert "The median is 18 min. With each message counted by itself" in said(app)
    assert "Half of the customers got a reply within 6 min" in said(app)
    app.segmented_control(key="wait").set_value("person").run()
    assert "One customer reached an agent after 30 min" in said(app)
    assert "wait" not in app.query_params


def test_the_hours_of_the_week_show_waits_messages_or_the_share_in_target(token):
    app = opened("response_times", token, grid="in_target")
    assert not app.exception
    app.segmented_control(key="grid").set_value("messages").run()
    assert app.query_params["grid"] == "messages"


def test_last_words_are_told_and_left_out_by_a_switch():
    events = [
        *(received("06:00", "a"), sent("06:01", "b"), received("06:02", "thanks")),
        *(received("06:00", "c", chat="other"), sent("2026-01-24 06:00", "d", chat="third")),
    ]
    token = loaded([json.dumps(event) for event in events]).token
    app = opened("response_times", token, wait="reply")
    assert "Never answered: 1 had no reply at all. In 1 the customer had the last word" in said(app)
    assert "Without the latter, the share in target is 50 % instead of 33 %." in said(app)
    app.toggle(key="lastwords").set_value(True).run()
    assert app.query_params["lastwords"] == "true"
    assert {metric.label: metric.value for metric in app.metric}["Answered within 15 min"] == "50 %"
    assert {metric.label: metric.value for metric in app.metric}["Never answered"] == "2"


def test_the_page_says_who_answers_first_and_why(token):
    assert "The bot answers first, as we found in the events:" in said(opened("response_times", token))
