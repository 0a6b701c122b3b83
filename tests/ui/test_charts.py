"""Charts show days as days, counts as counts and durations in words, and what is not over as such."""

import json
import math
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.ui import charts

NOON = datetime(2026, 1, 20, 12, tzinfo=UTC)
DAY = 86_400_000


def shown(draw, *values, **options):
    """What a function of `charts` shows."""

    def script(draw, values, options):
        draw(*values, alt="A chart", **options)

    app = AppTest.from_function(script, args=(draw, values, options)).run()
    assert not app.exception
    return app


def drawn(draw, *values, **options):
    """The figure that a function of `charts` draws."""
    return json.loads(shown(draw, *values, **options).get("plotly_chart")[0].proto.spec)


def days(last, **columns):
    size = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.date_range(end=last, periods=size, unit="s"))


def traces(figure):
    return {trace["name"]: trace for trace in figure["data"] if "name" in trace}


def test_a_single_day_has_one_tick_and_room_beside_it():
    axis = drawn(charts.lines, days("2026-01-20", received=[1]), up_to=NOON)["layout"]["xaxis"]
    assert [tick[:10] for tick in axis["tickvals"]] == ["2026-01-20"]
    assert [end[:10] for end in axis["range"]] == ["2026-01-16", "2026-01-23"]


def test_a_bar_is_narrower_than_a_day_and_no_wider_than_a_seventh_of_the_chart():
    figure = drawn(charts.stacked, days("2026-01-20", ongoing=[1]), up_to=NOON)
    first, last = (datetime.fromisoformat(end) for end in figure["layout"]["xaxis"]["range"])
    assert figure["data"][-1]["width"] == 0.8 * DAY
    assert last - first == timedelta(days=7)


@pytest.mark.parametrize(("count", "step"), [(0, 1), (1, 1), (5, 1), (6, None)])
def test_few_messages_are_counted_one_by_one(count, step):
    axis = drawn(charts.columns, ["a"], [count])["layout"]["yaxis"]
    assert (axis.get("dtick"), axis["tickformat"]) == (step, ",d")


def test_few_names_leave_room_beside_them():
    assert drawn(charts.columns, ["a"], [4])["layout"]["xaxis"]["range"] == [-3.5, 3.5]
    assert drawn(charts.columns, list("abcdefgh"), [4] * 8)["layout"]["xaxis"]["range"] == [-0.5, 7.5]


def test_the_last_day_is_dotted_until_it_is_over():
    frame = days("2026-01-20", received=[4, 6, 1])
    line, dotted, legend = drawn(charts.lines, frame, up_to=NOON)["data"]
    assert line["y"] == [4, 6, None, 1]
    assert line["text"] == ["4", "6", "", "1 (still counting)"]
    assert (dotted["y"], dotted["line"]["dash"]) == ([6, 1], "dot")
    assert legend["name"] == "Still counting"
    (line,) = drawn(charts.lines, frame, up_to=datetime(2026, 1, 21, tzinfo=UTC))["data"]
    assert line["y"] == [4, 6, 1]


def test_rates_are_dotted_for_as_long_as_receipts_may_come():
    frame = days("2026-01-20", delivered=[0.9, 0.8, 0.7, 0.6])
    dotted = drawn(charts.lines, frame, unit="share", up_to=NOON, settles=charts.RECEIPTS)["data"][1]
    assert dotted["y"] == [0.9, 0.8, 0.7, 0.6]  # of the 18th, too, they may come until noon
    dotted = drawn(charts.lines, frame, unit="share", up_to=NOON.replace(day=21, hour=0), settles=charts.RECEIPTS)
    assert dotted["data"][1]["y"] == [0.8, 0.7, 0.6]


def test_a_last_day_without_a_number_is_not_explained():
    frame = days("2026-01-20", in_target=[0.5, math.nan])
    assert list(traces(drawn(charts.lines, frame, unit="share", up_to=NOON))) == ["Answered in target"]


def test_a_bar_of_a_day_that_is_not_over_is_hatched():
    figure = drawn(charts.stacked, days("2026-01-20", solved_by_bot=[4, 1], ongoing=[0, 2]), up_to=NOON)
    bars = traces(figure)
    assert bars["Solved by the bot"]["marker"]["pattern"]["shape"] == ["", "/"]
    assert "Still counting" in bars


def test_the_legend_names_layers_from_top_to_bottom():
    frame = days("2026-01-19", needed_agent=[4], solved_by_bot=[1], ongoing=[2])
    figure = drawn(charts.stacked, frame, up_to=NOON)
    assert list(traces(figure)) == ["Ongoing", "Solved by the bot", "Needed an agent"]  # drawn from the bottom
    assert figure["layout"]["legend"]["traceorder"] == "reversed"


@pytest.mark.parametrize(
    ("longest", "ticks"),
    [
        (4, ["0 s", "1 s", "2 s", "3 s", "4 s", "5 s"]),
        (250, ["0 s", "1 min", "2 min", "3 min", "4 min", "5 min"]),
        (7_000, ["0 s", "30 min", "1 h", "1 h 30 min", "2 h"]),
        (40 * 86_400, ["0 s", "8 d", "16 d", "24 d", "32 d", "40 d", "48 d"]),
        (math.nan, []),
    ],
)
def test_durations_have_ticks_in_words(longest, ticks):
    figure = drawn(charts.lines, days("2026-01-19", median=[longest]), unit="seconds", up_to=NOON)
    assert figure["layout"]["yaxis"]["ticktext"] == ticks


def test_countries_have_names_and_places_and_others_none():
    figure = drawn(charts.world, {"KE": 3, "Unknown": 2})
    (countries,) = figure["data"]
    assert (countries["locations"], countries["text"], countries["z"]) == (["KEN"], ["Kenya"], [3])
    assert figure["layout"]["geo"]["fitbounds"] == "locations"


def test_no_names_are_no_chart():
    app = shown(charts.bars, {})
    assert not app.get("plotly_chart")
    assert app.caption[0].value == "None in this period."


def test_every_line_and_layer_has_a_colour_and_a_label():
    assert charts.COLOURS.keys() == charts.LABELS.keys()
