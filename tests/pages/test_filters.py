"""Filters change the numbers of every page as they change those of the report, and never break a page."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics import display, metric_table, report
from analytics.events.simulation import simulate
from analytics.metrics.filters import Filter
from analytics.ui import tables
from analytics.ui.datasets import load

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
            tables.reading(row.metric, row.guide),
            tables.reading(row.metric, row.ledger),
            *([display.change(row.metric, row.ledger, row.previous_ledger)] if found.get("previous") else []),
        )
        for row in metric_table(found["metrics"], found.get("previous"))
    ]


@pytest.mark.parametrize(
    ("key", "value", "chosen"),
    [
        ("country", ["KE", "NG"], Filter(timezone=ZONE, countries=("KE", "NG"))),
        ("agent", ["agent_01", "No agent recorded"], Filter(timezone=ZONE, agents=("agent_01", "(none)"))),
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
    assert table_of(opened(traffic, **{key: value})) == wanted
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
        agent=["agent_01", "No agent recorded"],
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
    ("parameters", "filters"),
    [
        ({"country": ["ZZ"]}, ["Country"]),
        ({"agent": ["nobody_by_this_name"]}, ["Agent"]),
        ({"country": ["ZZ"], "handled": ["Bot (self-serve)"], "period": "Today"}, ["Period", "Country", "Handled by"]),
    ],
)
@pytest.mark.parametrize("page", ["overview", "customers"])
def test_a_filter_that_lets_nothing_pass_names_exactly_those_to_widen(traffic, page, parameters, filters):
    app = opened(traffic, page, **parameters)
    assert app.title[0].value == "Nothing in this filter"
    assert app.markdown[0].value == f"No event passes all filters. Widen **{'**, **'.join(filters)}** in the sidebar."


@pytest.mark.parametrize("page", REPORTS)
def test_events_outside_the_eight_alone_are_no_report_on_any_page(page):
    event = json.loads(GUIDE.splitlines()[0]) | {"event": "cart.abandoned"}
    dataset = load([("carts.ndjson", io.BytesIO(json.dumps(event).encode()))], lambda *_: None)
    app = opened(dataset, page)
    assert "none of the eight events" in app.markdown[0].value


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
    assert opened(traffic, **parameters).title[0].value in {"Overview", "Nothing in this filter"}


def test_other_data_are_looked_at_without_the_filters_of_the_last(traffic):
    app = opened(traffic)
    app.multiselect(key="agent").select("agent_01").run()
    went(app, "import_events")
    next(button for button in app.button if button.label == "Explore sample data instead").click().run()
    assert not app.exception
    assert app.multiselect(key="agent").value == []
