"""Filters change the numbers of every page as they change those of the report, and never break a page."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics import metric_table, report
from analytics.metrics.filters import Filter
from analytics.simulation import simulate
from analytics.store.preferences import Agent, Preferences, set_preferences
from analytics.ui.data.datasets import load
from analytics.ui.elements.explanation import describe_reading
from analytics.words import display

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "analytics" / "ui" / "main.py"
REPORTS = ["overview", "response_times", "messages", "bot_and_handoffs", "agents", "customers"]
GUIDE = (ROOT / "tests" / "data" / "sample-events.ndjson").read_bytes()
ZONE = "Africa/Nairobi"


@pytest.fixture(scope="module")
def traffic():
    """Two weeks and a day from Monday 2 March 2026."""
    lines = b"".join(simulate(3_000, seed=5, start=date(2026, 3, 2), days=15))
    return load([("traffic.ndjson", io.BytesIO(lines))], lambda *_: None)


def opened(dataset, page="overview", **parameters):
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    for name, value in {"data": dataset.token, "tz": ZONE, **parameters}.items():
        app.query_params[name] = value
    app.run()
    return went(app, page)


def went(app, page):
    if page != "overview":
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception
    return app


def table_of(app):
    table = app.dataframe[0].value
    return [tuple(row) for row in table.drop(columns="Formula").itertuples(index=False)]


def expected(dataset, chosen, comparison=None):
    found = report(dataset.facts, chosen, comparison=comparison)
    return [
        (
            row.metric.label,
            describe_reading(row.metric, row.guide),
            describe_reading(row.metric, row.ledger),
            *([display.change(row.metric, row.ledger, row.previous_ledger)] if found.get("previous") else []),
        )
        for row in metric_table(found["metrics"], found.get("previous"))
    ]


@pytest.mark.parametrize(
    ("key", "value", "chosen"),
    [
        ("country", ["KE", "NG"], Filter(timezone=ZONE, countries=("KE", "NG"))),
        ("agent", ["agent_01", "(none)"], Filter(timezone=ZONE, agents=("agent_01", "(none)"))),
        ("handled", ["Agent (assisted)"], Filter(timezone=ZONE, modes=("agent",))),
        ("period", "Last week", Filter(date(2026, 3, 9), date(2026, 3, 15), ZONE)),
        ("tz", "Asia/Kolkata", Filter(timezone="Asia/Kolkata")),
        ("weekday", ["Monday", "Friday"], Filter(timezone=ZONE, weekdays=(0, 4))),
        ("hour", ["09", "10"], Filter(timezone=ZONE, hours=(9, 10))),
        ("template", ["faq_menu"], Filter(timezone=ZONE, templates=("faq_menu",))),
    ],
)
def test_a_filter_in_the_address_gives_the_numbers_of_the_report(traffic, key, value, chosen):
    wanted = expected(traffic, chosen)
    assert table_of(opened(traffic, compare="No comparison", **{key: value})) == wanted
    assert wanted != expected(traffic, Filter(timezone=ZONE))


def test_chosen_days_are_both_counted(traffic):
    app = opened(traffic, period="Custom", days=["2026-03-03", "2026-03-05"])
    assert table_of(app) == expected(traffic, Filter(date(2026, 3, 3), date(2026, 3, 5), ZONE))


@pytest.mark.parametrize("comparison", [("Period before", "previous"), ("Same days a week before", "week")])
def test_a_comparison_adds_the_change_of_each_metric(traffic, comparison):
    shown, meant = comparison
    app = opened(traffic, period="Custom", days=["2026-03-12", "2026-03-13"], compare=shown)
    chosen = Filter(date(2026, 3, 12), date(2026, 3, 13), ZONE)
    assert table_of(app) == expected(traffic, chosen, meant)
    assert app.metric[1].delta.endswith(" points")


@pytest.mark.parametrize("page", REPORTS)
def test_a_page_stands_all_filters_at_once(traffic, page):
    app = opened(
        traffic,
        page,
        country=["KE", "Unknown"],
        agent=["agent_01", "(none)"],
        handled=["Bot (self-serve)", "Agent (assisted)"],
        period="Last week",
        weekday=["Monday", "Tuesday", "Wednesday"],
        hour=["08", "09", "10", "11", "12", "13"],
        by="week",
        compare="Period before",
        tz="America/St_Johns",
    )
    assert app.title[0].value.lower().replace(" ", "_") == page


@pytest.mark.parametrize(
    ("parameters", "sentence", "without", "called"),
    [
        ({"country": ["ZZ"]}, "There are no events from ZZ.", Filter(), "the country"),
        (
            {"agent": ["nobody"], "weekday": ["Monday"], "period": "Last 7 days"},
            "There are no events with nobody on Mondays in the last 7 days.",
            Filter(date(2026, 3, 16), date(2026, 3, 16), ZONE),
            "the agent",
        ),
    ],
)
def test_where_nothing_passes_the_filter_to_leave_out_is_named(traffic, parameters, sentence, without, called):
    app = opened(traffic, "customers", **parameters)
    assert app.title[0].value == "No data for these filters"
    left = f"Without {called} there are **{report(traffic.facts, without)['events']['total']:,} events**."
    assert [text.value for text in app.markdown[:2]] == [sentence, left]
    pressed(app, f"Remove the filter on {called}")
    assert app.title[0].value == "Customers"


def test_where_leaving_out_one_filter_is_not_enough_all_can_be_cleared(traffic):
    app = opened(traffic, country=["ZZ"], template=["?"], hour=["09", "10", "22"])
    sentence = "There are no events from ZZ at 09:00–10:59, 22:00–22:59 of the template ?."
    assert [text.value for text in app.markdown[:2]] == [sentence, "Removing one filter is not enough."]
    pressed(app, "Clear all filters")
    assert app.title[0].value == "Overview"


def pressed(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_test_events_are_counted_where_they_are_asked_for():
    event = json.loads(GUIDE.splitlines()[1])
    test = {**event, "timestamp": "2026-01-21T06:30:00Z", "context": {"channel": "whatsapp", "test": True}}
    test["properties"] = {**event["properties"], "messageId": "test"}
    lines = b"\n".join(json.dumps(line).encode() for line in (event, test))
    app = opened(load([("test.ndjson", io.BytesIO(lines))], lambda *_: None))
    received = next(row for row in table_of(app) if row[0] == "Traffic by country")
    assert received[1] == "Kenya 100 % (1 of 1)"
    app.toggle(key="test").set_value(True).run()
    assert chips(app) == ["Test events included"]
    received = next(row for row in table_of(app) if row[0] == "Traffic by country")
    assert received[1] == "Kenya 100 % (2 of 2)"
    app.button(key="let go of test").click().run()
    assert "test" not in app.query_params


def test_a_team_stands_for_its_agents(traffic, store):
    project = store.projects()[0] if store.projects() else store.create_project("Main")
    agents = {"agent_01": Agent(name="Amina", team="Billing"), "agent_02": Agent(team="Billing")}
    set_preferences(store.settings, project.id, Preferences(agents=agents))
    app = opened(traffic, team="Billing")
    assert table_of(app) == expected(traffic, Filter(timezone=ZONE, agents=("agent_01", "agent_02")))
    assert app.multiselect(key="team").options == ["Billing"]
    assert "Amina" in app.multiselect(key="agent").options
    app.multiselect(key="agent").select("agent_03").run()
    assert table_of(app) == expected(traffic, Filter(timezone=ZONE, agents=("agent_01", "agent_02", "agent_03")))
    assert chips(app) == ["Team: Billing", "Agent: agent\\_03", "Clear all"]
    assert opened(traffic, team="Gone").title[0].value == "No data for these filters"


def test_an_agent_called_as_nobody_is_shown_can_be_chosen_and_so_can_nobody():
    messages = [json.loads(text) for text in GUIDE.splitlines()[1:3]]
    for message in messages:
        message["properties"]["agentId"] = "No agent recorded"
    nobody = json.loads(GUIDE.splitlines()[0])
    lines = b"\n".join(json.dumps(event).encode() for event in (*messages, nobody))
    dataset = load([("called-so.ndjson", io.BytesIO(lines))], lambda *_: None)
    app = opened(dataset)
    labels = ["No agent recorded (No agent recorded)", "No agent recorded ((none))"]
    assert app.multiselect(key="agent").options == labels
    for agent, label in zip(("No agent recorded", "(none)"), labels, strict=True):
        app.multiselect(key="agent").set_value([label]).run()
        assert app.query_params["agent"] == agent
        assert table_of(app) == expected(dataset, Filter(timezone=ZONE, agents=(agent,)))


def test_agents_of_one_name_are_told_apart_by_their_ids(traffic, store):
    project = store.projects()[0] if store.projects() else store.create_project("Main")
    agents = {"agent_01": Agent(name="Amina"), "agent_02": Agent(name="Amina"), "agent_03": Agent(name="Brian")}
    set_preferences(store.settings, project.id, Preferences(agents=agents))
    app = opened(traffic)
    assert {"Amina (agent_01)", "Amina (agent_02)", "Brian"} <= set(app.multiselect(key="agent").options)
    app.multiselect(key="agent").select("Amina (agent_01)").run()
    assert table_of(app) == expected(traffic, Filter(timezone=ZONE, agents=("agent_01",)))


def chips(app):
    return [button.label for button in app.button if (button.key or "").startswith("let go of ")]


def test_every_chosen_filter_is_a_chip_which_lets_go_of_it(traffic):
    app = opened(
        traffic,
        country=["KE", "NG", "ZA", "US"],
        agent=["(none)"],
        handled=["Agent (assisted)"],
        weekday=["Monday", "Tuesday", "Wednesday", "Sunday"],
        hour=["22", "23", "00", "09"],
        period="Custom",
        days=["2026-03-03", "2026-03-15"],
    )
    assert chips(app) == [
        "Country: Kenya, Nigeria, South Africa and 1 more",
        "Agent: No agent recorded",
        "Handled by: agent",
        "Sundays to Wednesdays",
        "09:00–09:59, 22:00–00:59",
        "3–15 Mar 2026",
        "Clear all",
    ]
    app.button(key="let go of weekday").click().run()
    assert app.multiselect(key="weekday").value == []
    assert "weekday" not in app.query_params
    app.button(key="let go of all").click().run()
    assert chips(app) == []
    assert set(app.query_params) == {"data", "tz"}


def test_an_interval_is_chosen_for_all_trends_and_stands_in_the_address(traffic):
    app = opened(traffic)
    assert app.segmented_control(key="shown_interval").value == "day"
    app.segmented_control(key="shown_interval").set_value("week").run()
    assert app.query_params["by"] == "week"
    went(app, "customers")
    assert app.segmented_control(key="shown_interval").value == "week"
    app.segmented_control(key="shown_interval").set_value("day").run()
    assert "by" not in app.query_params


@pytest.mark.parametrize("page", REPORTS)
def test_events_outside_the_eight_alone_are_no_report_on_any_page(page):
    event = json.loads(GUIDE.splitlines()[0]) | {"event": "cart.abandoned"}
    dataset = load([("carts.ndjson", io.BytesIO(json.dumps(event).encode()))], lambda *_: None)
    app = opened(dataset, page)
    assert "none of the nine known events" in app.markdown[0].value


@pytest.mark.parametrize(
    "parameters",
    [
        {"tz": "Mars/Olympus"},
        {"period": "Whenever"},
        {"compare": "the moon"},
        {"period": "Custom", "days": ["yesterday"]},
        {"handled": ["robot"]},
    ],
)
def test_a_mistyped_address_still_opens(traffic, parameters):
    assert opened(traffic, **parameters).title[0].value in {"Overview", "No data for these filters"}


def test_other_data_are_looked_at_without_the_filters_of_the_last(traffic):
    app = opened(traffic)
    app.multiselect(key="agent").select("agent_01").run()
    went(app, "import_events")
    next(button for button in app.button if button.label == "Explore sample data instead").click().run()
    assert not app.exception
    assert app.multiselect(key="agent").value == []


def test_after_a_change_of_page_the_browser_is_told_what_is_chosen():
    """Streamlit tells a value that was set once; of a run that leads to another page the browser may hear nothing."""
    app = AppTest.from_file(str(MAIN), default_timeout=60).run()
    next(button for button in app.button if button.label == "Explore sample data").click().run()
    for page in ("overview", "customers"):
        went(app, page)
        period = app.sidebar.selectbox(key="period").proto
        assert (period.set_value, period.raw_value) == (True, "All")
    app.run()
    assert not app.sidebar.selectbox(key="period").proto.set_value, "what is being chosen there is not taken back"
