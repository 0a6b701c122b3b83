"""Every page runs on all kinds of data, and says what is so."""

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics import metric_table, report
from analytics.metrics.filters import Filter
from analytics.store.preferences import Agent, Preferences, set_preferences
from analytics.ui.data.datasets import SAMPLE, datasets, load
from analytics.ui.elements.explanation import describe_reading
from tests.events_of import handoff, sent

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "analytics" / "ui" / "main.py"
REPORTS = ["overview", "response_times", "messages", "bot_and_handoffs", "agents", "customers"]
GUIDE = (ROOT / "tests" / "data" / "sample-events.ndjson").read_text().splitlines()


def line(number, **changes):
    return json.dumps(json.loads(GUIDE[number]) | changes)


BY_THE_BOT = line(
    2, properties={"messageId": "m", "chatId": "chat_123", "direction": "outbound", "contentType": "text"}
)
DATA = {
    "the guide's events": GUIDE,
    "a single message": [GUIDE[2]],
    "a single contact": [GUIDE[0]],
    "a receipt without its message": [GUIDE[4]],
    "one who waits": [GUIDE[1], GUIDE[5]],
}


def loaded(lines):
    return load([("events.ndjson", io.BytesIO("\n".join(lines).encode()))], lambda *_: None)


def opened(page, token=None, **parameters):
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    if token:
        app.query_params["data"] = token
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    if page != "overview":
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("page", REPORTS)
def test_without_data_a_page_leads_to_some(page):
    app = opened(page)
    ways = ["Explore sample data", "Import a file", "Make a connection", "Send a test event"]
    assert [button.label for button in app.button] == ways


@pytest.mark.parametrize("page", REPORTS)
def test_a_page_shows_sample_data(page):
    assert opened(page, SAMPLE).title[0].value.lower().replace(" ", "_") == page


@pytest.mark.parametrize("page", REPORTS)
@pytest.mark.parametrize("kind", DATA)
def test_a_page_stands_data_with_next_to_nothing_in_them(page, kind):
    app = opened(page, loaded(DATA[kind]).token)
    assert app.title[0].value.lower().replace(" ", "_") == page
    assert not re.search(r"\bnan\b|None(?! has enough| missed)", " ".join(text.value for text in app.markdown))


def test_the_metric_table_shows_both_readings_of_every_metric():
    dataset = loaded(GUIDE)
    table = opened("overview", dataset.token).dataframe[0].value
    rows = metric_table(report(dataset.facts, Filter())["metrics"])
    assert table["Raw event count"].tolist() == [describe_reading(row.metric, row.guide) for row in rows]
    assert table["Per message"].tolist() == [describe_reading(row.metric, row.ledger) for row in rows]


def test_the_metric_table_names_the_country():
    table = opened("overview", loaded(GUIDE).token).dataframe[0].value
    assert table.set_index("Metric")["Per message"]["Traffic by country"] == "Kenya 100 % (1 of 1)"


def test_waits_that_were_only_closed_do_not_lead():
    app = opened("overview", loaded([*GUIDE[:2], BY_THE_BOT, *GUIDE[5:]]).token)
    assert app.markdown[0].value.startswith("##### 100 % of customers got a reply within 15 min")
    assert [card.value for card in app.metric[:3]] == ["0", "100 %", "1 min"]
    assert app.metric[2].label == "Median wait for a reply"


def test_those_who_wait_are_told_from_those_whom_anybody_may_answer():
    two_days_later = line(0, userId="+254712345679", timestamp="2026-01-22T06:30:00Z")
    app = opened("overview", loaded([GUIDE[1], GUIDE[5], two_days_later]).token)
    assert [card.value for card in app.metric[:1]] == ["1"]
    said = "**1 customer is still waiting.** 1 wrote more than 24 hours ago: you can only send them a template."
    assert any(caption.value.startswith(said) for caption in app.caption)


def test_agents_come_by_name_and_nobody_last():
    table = opened("agents", loaded(GUIDE).token).dataframe[0].value
    assert table["Agent"].tolist() == ["agent_456", "No agent recorded"]
    assert table["Median"].dtype == "float64"


def test_agents_who_are_called_alike_are_compared_each_by_their_id(store):
    alike = Preferences(agents={"ann": Agent(name="Kim"), "ben": Agent(name="Kim")})
    set_preferences(store.settings, store.create_project("shop").id, alike)
    events = [handoff("06:30"), sent("06:31", agent="ann"), handoff("07:00"), sent("07:05", agent="ben")]
    app = opened("agents", loaded(list(map(json.dumps, events))).token, agent=["ann", "ben"])
    lines = json.loads(app.get("plotly_chart")[-1].proto.spec)["data"]
    assert [line["name"] for line in lines if line.get("name") in {"Kim (ann)", "Kim (ben)"}] == [
        "Kim (ann)",
        "Kim (ben)",
    ]


def test_reasons_and_steps_of_handoffs_read_as_words():
    app = opened("bot_and_handoffs", loaded(GUIDE).token)
    assert "“User request”" in app.markdown[0].value
    table = {"Reason": ["User request"], "All steps": [1], "“Payment issue”": [1]}
    assert app.dataframe[0].value.to_dict("list") == table
    assert any("The handoff came **30 min** after the start" in caption.value for caption in app.caption)


def test_a_message_without_a_sign_of_delivery_leads_to_its_conversation():
    three_days_later = line(0, timestamp="2026-01-23T06:30:00Z")
    app = opened("messages", loaded([GUIDE[2], three_days_later]).token)
    assert any(
        text.value.startswith("**1** of 1 message sent more than 24 hours ago was not delivered: 100 %")
        for text in app.markdown
    )
    (link,) = (link.proto for link in app.get("page_link") if link.proto.label == "See cases")
    assert "kind=undelivered" in link.query_string


def test_the_headline_of_response_times_speaks_of_the_chosen_wait():
    app = opened("response_times", loaded([*GUIDE[:2], BY_THE_BOT, GUIDE[5]]).token)
    assert app.markdown[0].value == "##### No customer who waited for a person has got one yet."
    app.segmented_control(key="wait").set_value("Customer wait (any reply)").run()
    assert app.markdown[0].value.startswith("##### One customer got a reply after 1 min")


def test_events_outside_the_eight_alone_are_no_report():
    dataset = loaded([line(0, event="cart.abandoned")])
    assert opened("overview", dataset.token).title[0].value == "There is nothing to report"


def test_test_events_alone_are_no_report_and_called_so():
    tests = [line(number, context={"channel": "whatsapp", "test": True}) for number in range(7)]
    app = opened("overview", loaded(tests).token)
    assert app.title[0].value == "There is nothing to report"
    assert app.markdown[0].value.startswith("These are test events")


def test_filters_that_let_nothing_pass_are_named():
    app = opened("overview", loaded(GUIDE).token)
    app.multiselect(key="handled").select("bot")
    app.multiselect(key="agent").select("agent_456").run()
    assert app.title[0].value == "No data for these filters"
    sentence = "There are no events with agent\\_456 handled by bot."
    assert [text.value for text in app.markdown[:2]] == [sentence, "Without “handled by” there are **5 events**."]


def test_data_that_are_gone_are_asked_for_again():
    assert "Drop the file again" in opened("overview", "no-such-data").info[0].value


def test_sample_data_end_now_and_are_made_once_a_day():
    sample = datasets().get(SAMPLE)
    age = datetime.now(UTC) - sample.events["timestamp"].max()
    assert 0 <= age.total_seconds() < 86_400
    assert datasets().get(SAMPLE) is sample


def test_some_of_the_sample_data_wait_and_can_still_get_a_free_form_reply():
    app = opened("waiting_now", SAMPLE)
    assert app.dataframe[0].value["Reply window"].str.endswith(" left").any()


@pytest.mark.parametrize("page", sorted(path.stem for path in (ROOT / "pages").glob("*.py")))
def test_every_page_says_how_far_the_data_reach(page):
    app = opened(page, loaded(GUIDE).token, tz="UTC")
    said = [*(caption.value for caption in app.caption), *(part.proto.body for part in app.get("html"))]
    assert any("Data up to" in text for text in said)
