"""Trends show intervals as such: days, weeks from Monday, months; and what is not over, or cut, as what it is."""

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from analytics.metrics.rates import RECEIPT_DELAY
from analytics.ui.data.view import Reach
from analytics.ui.elements import trend_charts
from tests.ui.elements.drawing import drawn

NOON = datetime(2026, 1, 20, 12, tzinfo=UTC)
AT_NOON, AT_MIDNIGHT = Reach(NOON), Reach(datetime(2026, 1, 21, tzinfo=UTC))
DAY = 86_400_000


def intervals(last, frequency="D", **columns):
    size = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.period_range(end=last, periods=size, freq=frequency))


def traces(figure):
    return {trace["name"]: trace for trace in figure["data"] if "name" in trace}


def test_a_single_day_has_one_tick_and_room_beside_it():
    axis = drawn(trend_charts.draw_lines, intervals("2026-01-20", received=[1]), AT_NOON)["layout"]["xaxis"]
    assert [tick[:10] for tick in axis["tickvals"]] == ["2026-01-20"]
    assert [end[:10] for end in axis["range"]] == ["2026-01-16", "2026-01-23"]


def test_a_bar_is_narrower_than_a_day_and_no_wider_than_a_seventh_of_the_chart():
    figure = drawn(trend_charts.draw_stacked, intervals("2026-01-20", ongoing=[1]), AT_NOON)
    first, last = (datetime.fromisoformat(end) for end in figure["layout"]["xaxis"]["range"])
    assert figure["data"][-1]["width"] == 0.8 * DAY
    assert last - first == timedelta(days=7)


def test_the_last_day_is_dotted_until_it_is_over():
    frame = intervals("2026-01-20", received=[4, 6, 1])
    line, dotted, legend = drawn(trend_charts.draw_lines, frame, AT_NOON)["data"]
    assert line["y"] == [4, 6, None, 1]
    assert line["text"] == ["4", "6", "", "1 (still counting)"]
    assert (dotted["y"], dotted["line"]["dash"]) == ([6, 1], "dot")
    assert legend["name"] == "Still counting"
    (line,) = drawn(trend_charts.draw_lines, frame, AT_MIDNIGHT)["data"]
    assert line["y"] == [4, 6, 1]


def test_rates_are_dotted_for_as_long_as_receipts_may_come():
    frame = intervals("2026-01-20", delivered=[0.9, 0.8, 0.7, 0.6])
    at_noon, at_midnight = (
        drawn(trend_charts.draw_lines, frame, reach.settling(RECEIPT_DELAY), unit="share")["data"][1]["y"]
        for reach in (AT_NOON, AT_MIDNIGHT)
    )
    assert at_noon == [0.9, 0.8, 0.7, 0.6]  # of the 18th, too, they may come until noon
    assert at_midnight == [0.8, 0.7, 0.6]


def test_a_last_day_without_a_number_is_not_explained():
    frame = intervals("2026-01-20", in_target=[0.5, math.nan])
    assert list(traces(drawn(trend_charts.draw_lines, frame, AT_NOON, unit="share"))) == ["Answered in target"]


def test_a_bar_of_a_day_that_is_not_over_is_hatched():
    figure = drawn(trend_charts.draw_stacked, intervals("2026-01-20", solved_by_bot=[4, 1], ongoing=[0, 2]), AT_NOON)
    bars = traces(figure)
    assert bars["Solved by the bot"]["marker"]["pattern"]["shape"] == ["", "/"]
    assert "Still counting" in bars


def test_a_week_that_the_period_cuts_is_hatched_and_one_that_is_not_over_too():
    """Weeks of 29 December to 18 January, looked at from Wednesday the 31st to Friday the 16th or on to the 20th."""
    frame = intervals("2026-01-18", "W-SUN", ongoing=[2, 7, 5])
    in_2026 = trend_charts.draw_stacked, frame
    cut = traces(drawn(*in_2026, Reach(NOON, date(2025, 12, 31), date(2026, 1, 16))))
    assert cut["Ongoing"]["marker"]["pattern"]["shape"] == ["/", "", "/"]
    assert cut["Ongoing"]["hovertemplate"] == ["%{y:,} (part of a week)", "%{y:,}", "%{y:,} (part of a week)"]
    assert "Part of a week" in cut
    whole = traces(drawn(*in_2026, Reach(NOON, date(2025, 12, 29), date(2026, 1, 20))))
    assert whole["Ongoing"]["marker"]["pattern"]["shape"] == ["", "", ""]
    running = traces(drawn(*in_2026, Reach(NOON.replace(day=14), date(2025, 12, 31), date(2026, 1, 20))))
    assert running["Ongoing"]["marker"]["pattern"]["shape"] == ["/", "", "/"]
    assert "Part of a week, still counting" in running


def test_a_share_of_a_part_of_a_month_is_not_dotted():
    frame = intervals("2025-12", "M", in_target=[0.5, 0.6])
    reach = Reach(NOON, date(2025, 11, 20), date(2025, 12, 20))
    assert list(traces(drawn(trend_charts.draw_lines, frame, reach, unit="share"))) == ["Answered in target"]


@pytest.mark.parametrize(
    ("frequency", "count", "ticks", "title"),
    [
        ("W-SUN", 3, ["2026-01-05", "2026-01-12", "2026-01-19"], "Week of %-d %b %Y"),
        ("W-SUN", 15, ["2025-10-13", "2025-11-03", "2025-11-24", "2025-12-15", "2026-01-05"], "Week of %-d %b %Y"),
        ("M", 2, ["2025-12-01", "2026-01-01"], "%B %Y"),
        ("M", 12, ["2025-02-01", "2025-04-01", "2025-06-01", "2025-08-01", "2025-10-01", "2025-12-01"], "%B %Y"),
    ],
)
def test_ticks_are_at_the_beginnings_of_weeks_and_months(frequency, count, ticks, title):
    figure = drawn(trend_charts.draw_stacked, intervals("2026-01-20", frequency, ongoing=[1] * count), AT_NOON)
    axis = figure["layout"]["xaxis"]
    assert ([tick[:10] for tick in axis["tickvals"]], axis["hoverformat"]) == (ticks, title)


def test_the_legend_shows_a_layer_as_it_mostly_looks_not_hatched_like_its_first_bar():
    frame = intervals("2026-01-18", "W-SUN", ongoing=[2, 7])
    legend, plain, bars = drawn(trend_charts.draw_stacked, frame, Reach(NOON, date(2026, 1, 7)))["data"]
    assert (legend["name"], plain["name"], plain["marker"].get("pattern")) == ("Part of a week", "Ongoing", None)
    assert (bars["marker"]["pattern"]["shape"], bars["showlegend"]) == (["/", ""], False)


def test_the_period_before_is_a_faint_line_that_the_axis_has_room_for():
    frame, before = intervals("2026-01-18", received=[4, 6]), intervals("2026-01-18", received=[0, 60], sent=[1, 1])
    faint, named, line = drawn(trend_charts.draw_lines, frame, AT_NOON, before=before)["data"]
    assert (faint["y"], faint["name"], faint["showlegend"]) == ([0, 60], "Received, before", False)
    assert (named["name"], line["y"]) == ("Compared period", [4, 6])
    assert "dtick" not in drawn(trend_charts.draw_lines, frame / 4, AT_NOON, before=before)["layout"]["yaxis"]


@pytest.mark.parametrize(
    ("frequency", "said"),
    [("D", "60 (Mon 22 Dec 2025)"), ("h", "60 (Mon 22 Dec, 00:00)"), ("M", "60 (from 4 Dec 2025)")],
)
def test_a_point_of_the_period_before_names_its_own_date(frequency, said):
    frame, before = (intervals("2026-01-19", frequency, received=[number]) for number in (4, 60))
    reach = Reach(NOON, date(2026, 1, 19), date(2026, 1, 19), timedelta(days=28))
    assert drawn(trend_charts.draw_lines, frame, reach, before=before)["data"][0]["text"] == [said]


def test_ticks_name_the_year_once():
    """Weeks from 15 December 2025 to 12 January 2026."""
    figure = drawn(trend_charts.draw_lines, intervals("2026-01-18", "W-SUN", received=[1] * 5), AT_NOON)
    texts = ["15 Dec<br>2025", "22 Dec", "29 Dec", "5 Jan<br>2026", "12 Jan"]
    assert figure["layout"]["xaxis"]["ticktext"] == texts


def test_a_point_stands_for_the_days_of_its_interval_within_the_period():
    reach = Reach(NOON, date(2026, 1, 7), date(2026, 1, 18))
    (line,) = drawn(
        trend_charts.draw_lines, intervals("2026-01-18", "W-SUN", in_target=[0.5, 0.6]), reach, unit="share"
    )["data"]
    assert line["customdata"] == [["2026-01-07", "2026-01-11"], ["2026-01-12", "2026-01-18"]]


def test_hours_that_have_not_begun_are_no_zeros_and_the_current_one_is_dotted():
    frame = intervals("2026-01-20 23:00", "h", received=[3] * 12 + [1] + [0] * 11)
    reach = Reach(datetime(2026, 1, 20, 12, 30, tzinfo=UTC))
    line, dotted, _ = drawn(trend_charts.draw_lines, frame, reach)["data"]
    assert [number for number in line["y"] if number is not None] == [3] * 12 + [1]
    assert dotted["y"] == [3, 1, *[None] * 11]


def test_a_point_of_an_hour_stands_for_its_day_and_the_hour_of_the_clock():
    frame = intervals("2026-01-20 07:00", "h", received=[1, 2])
    figure = drawn(trend_charts.draw_lines, frame, AT_MIDNIGHT)
    assert figure["data"][0]["customdata"] == [["2026-01-20", "2026-01-20", "06"], ["2026-01-20", "2026-01-20", "07"]]
    assert figure["layout"]["xaxis"]["ticktext"] == ["06:00<br>20 Jan", "07:00"]


@pytest.mark.parametrize(
    ("day", "zone", "hour", "begins"),
    [
        ("2026-01-20", "Africa/Nairobi", 2, "2026-01-20T02:00+03:00"),
        ("2026-10-25", "Europe/Berlin", 2, "2026-10-25T02:00+02:00"),  # comes twice
        ("2026-10-04", "Australia/Lord_Howe", 2, "2026-10-04T02:30+11:00"),  # its first half never comes
    ],
)
def test_hours_in_files_have_their_offset(day, zone, hour, begins):
    hours = pd.period_range(day, periods=24, freq="h")
    assert trend_charts.list_beginnings(hours, ZoneInfo(zone))[hour] == begins
    assert trend_charts.list_beginnings(pd.period_range(day, periods=1, freq="D"), None) == [date.fromisoformat(day)]


def test_the_legend_names_layers_from_top_to_bottom():
    frame = intervals("2026-01-19", needed_agent=[4], solved_by_bot=[1], ongoing=[2])
    figure = drawn(trend_charts.draw_stacked, frame, AT_NOON)
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
    figure = drawn(trend_charts.draw_lines, intervals("2026-01-19", median=[longest]), AT_NOON, unit="seconds")
    assert figure["layout"]["yaxis"]["ticktext"] == ticks


def test_the_line_of_a_target_lies_in_the_chart_and_is_named():
    figure = drawn(trend_charts.draw_towards, intervals("2026-01-20", in_target=[0.5, 0.6]), AT_MIDNIGHT, 0.8)
    assert (figure["layout"]["shapes"][0]["y0"], figure["layout"]["shapes"][0]["y1"]) == (0.8, 0.8)
    assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(0.84)]
    assert list(traces(figure)) == ["Answered in target", "Target 80 %"]


def test_without_any_share_the_target_stands_alone():
    figure = drawn(trend_charts.draw_towards, intervals("2026-01-20", in_target=[math.nan]), AT_MIDNIGHT, 0.8)
    assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(0.84)]
