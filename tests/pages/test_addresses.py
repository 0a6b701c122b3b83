"""An address opens what it says; what it says without sense is left out, and told."""

import io
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.ui.data.datasets import load

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "tests" / "data" / "sample-events.ndjson").read_bytes()


def opened(**parameters):
    app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
    token = load([("events.ndjson", io.BytesIO(GUIDE))], lambda *_: None).token
    app.query_params.update({"data": token, "tz": "Africa/Nairobi", **parameters})
    app.run()
    assert not app.exception
    return app


def test_a_country_is_shown_by_its_name_and_written_by_its_code():
    app = opened()
    country = app.multiselect(key="country")
    assert country.options == ["Kenya"]
    country.select("KE").run()
    assert app.query_params["country"] == "KE"
    for written in ("KE", "ke"):
        assert opened(country=written).multiselect(key="country").value == ["KE"]
    assert "left them out: Country" in opened(country="Kenya").sidebar.warning[0].value


def test_days_in_the_wrong_order_are_put_right():
    app = opened(period="Custom", days=["2026-01-20", "2026-01-19"])
    assert app.date_input(key="days").value == (date(2026, 1, 19), date(2026, 1, 20))
    assert app.query_params["days"] == ["2026-01-19", "2026-01-20"]
    assert not app.sidebar.warning


def test_chosen_days_are_those_of_the_data_at_first():
    app = opened()
    app.selectbox(key="period").select("Custom").run()
    assert app.date_input(key="days").value == (date(2026, 1, 20), date(2026, 1, 20))


@pytest.mark.parametrize(
    ("parameters", "labels"),
    [
        ({"period": "Custom", "days": ["yesterday"]}, "From and to"),
        ({"period": "Whenever"}, "Period"),
        ({"tz": "Mars/Olympus", "handled": ["robot"]}, "Handled by, Time zone"),
    ],
)
def test_what_makes_no_sense_is_left_out_and_told_once(parameters, labels):
    app = opened(**parameters)
    assert app.sidebar.warning[0].value == (
        f"We could not read these filters in the address and left them out: {labels}."
    )
    assert not app.run().sidebar.warning


def test_without_data_sample_data_are_looked_at_without_filters():
    app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
    app.query_params["country"] = "ZZ"
    app.run()
    app.button[0].click().run()
    assert app.title[0].value == "Overview"
    assert app.multiselect(key="country").value == []
    assert "country" not in app.query_params
