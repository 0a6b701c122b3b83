"""What is looked at is read from the address, and written there as shortly as it can be said."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from analytics.metrics.filters import HANDLED as MODE
from analytics.ui.browser import address
from analytics.words.periods import COMPARISONS, PERIODS

PERIOD = address.one_of("period", {"all": "All", "today": "Today"})
COUNTRY = address.some_of("country")
HANDLED = address.some_of("handled", MODE.read)
DAYS = address.days("days")
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("parameter", "texts", "value"),
    [
        (PERIOD, ["today"], "today"),
        (PERIOD, [], "all"),
        (COUNTRY, ["KE", "NG"], ["KE", "NG"]),
        (COUNTRY, [], []),
        (HANDLED, ["bot"], ["bot"]),
        (DAYS, ["2026-02-01", "2026-02-28"], FEBRUARY),
        (DAYS, [], ()),
    ],
)
def test_what_is_written_is_read_again(parameter, texts, value):
    assert parameter.read(texts) == value
    assert parameter.write(value) == texts


@pytest.mark.parametrize(
    ("parameter", "texts", "value"),
    [
        (PERIOD, ["Today"], "today"),
        (HANDLED, ["Bot (self-serve)", "Agent (assisted)"], ["bot", "agent"]),
        (address.one_of("compare", COMPARISONS), ["Same days a week before"], "week"),
        (address.one_of("period", PERIODS), ["Last 7 days"], "7d"),
    ],
)
def test_words_that_addresses_said_before_are_understood_and_codes_written(parameter, texts, value):
    assert parameter.read(texts) == value
    assert parameter.read(parameter.write(value)) == value
    assert parameter.write(value) != texts


def test_days_in_the_wrong_order_are_put_right():
    assert DAYS.read(["2026-02-28", "2026-02-01"]) == FEBRUARY


def test_one_day_is_a_first_and_a_last_day():
    assert DAYS.read(["2026-02-01"]) == (date(2026, 2, 1), date(2026, 2, 1))


def test_a_name_given_twice_counts_once():
    assert COUNTRY.read(["KE", "", "KE"]) == ["KE"]


@pytest.mark.parametrize(
    ("parameter", "texts"),
    [
        (PERIOD, ["Whenever"]),
        (HANDLED, ["bot", "robot"]),
        (DAYS, ["yesterday"]),
        (DAYS, ["2026-02-30"]),
        (DAYS, ["0001-01-01", "2026-02-01"]),
        (DAYS, ["2026-02-01", "9999-12-31"]),
        (DAYS, ["2026-02-01", "2026-02-02", "2026-02-03"]),
        (address.one_of("compare", COMPARISONS), ["the moon"]),
    ],
)
def test_what_makes_no_sense_is_not_understood(parameter, texts):
    with pytest.raises(ValueError):  # noqa: PT011  # whichever says so
        parameter.read(texts)


def _page():  # a script of its own, which imports what it needs
    import streamlit as st  # noqa: PLC0415

    from analytics.ui.browser import address  # noqa: PLC0415

    countries = address.some_of("country")
    if st.session_state.pop("asked before it heard", False):
        address.disregard()
    address.take([countries])
    with address.telling_the_browser([countries]):
        st.multiselect("Country", ["KE", "NG"], key="country")


def test_what_the_browser_said_before_it_heard_of_what_was_drawn_is_disregarded():
    app = AppTest.from_function(_page)
    app.session_state["country"] = ["KE"]
    app.run()
    app.session_state["asked before it heard"] = True
    app.multiselect[0].set_value([]).run()
    assert app.multiselect[0].value == ["KE"]
    assert app.multiselect[0].proto.set_value, "the browser is told"
    app.multiselect[0].set_value(["NG"]).run()
    assert app.multiselect[0].value == ["NG"], "what people choose later stands"
