"""Charts show counts as counts and countries by their names."""

import pytest

from analytics.ui.elements import charts, figure
from tests.ui.elements.drawing import drawn, shown


@pytest.mark.parametrize(("count", "step"), [(0, 1), (1, 1), (5, 1), (6, None)])
def test_few_messages_are_counted_one_by_one(count, step):
    axis = drawn(charts.draw_columns, ["a"], [count])["layout"]["yaxis"]
    assert (axis.get("dtick"), axis["tickformat"]) == (step, ",d")


def test_few_names_leave_room_beside_them():
    assert drawn(charts.draw_columns, ["a"], [4])["layout"]["xaxis"]["range"] == [-3.5, 3.5]
    assert drawn(charts.draw_columns, list("abcdefgh"), [4] * 8)["layout"]["xaxis"]["range"] == [-0.5, 7.5]


def test_countries_have_names_and_places_and_others_none():
    world = drawn(charts.draw_world, {"KE": 3, "Unknown": 2})
    (countries,) = world["data"]
    assert (countries["locations"], countries["text"], countries["z"]) == (["KEN"], ["Kenya"], [3])
    assert world["layout"]["geo"]["fitbounds"] == "locations"


def test_points_say_what_a_click_on_them_chooses_and_empty_ones_nothing():
    assert drawn(charts.draw_bars, {"KE": 3}, shown=str.lower)["data"][0]["customdata"] == ["KE"]
    assert drawn(charts.draw_columns, ["08", "09"], [2, 0])["data"][0]["customdata"] == ["08", None]
    _, points = drawn(charts.draw_week, [[0] * 9 + [5] + [0] * 14] + [[0] * 24] * 6)["data"]
    assert [chosen for chosen in points["customdata"] if chosen] == [["mon", "09"]]


def test_no_names_are_no_chart():
    app = shown(charts.draw_bars, {})
    assert not app.get("plotly_chart")
    assert app.caption[0].value == "There are none in this period."


def test_every_line_and_layer_has_a_colour_and_a_label():
    assert figure.COLOURS.keys() == figure.LABELS.keys()


def test_a_week_of_shares_says_of_how_many_and_leaves_out_what_nobody_waited_in():
    shares, cases = [[None] * 24 for _ in range(7)], [[0] * 24 for _ in range(7)]
    shares[1][6], cases[1][6] = 0.5, 12
    colours, points = drawn(charts.draw_week, shares, cases=cases)["data"]
    assert (colours["zmax"], colours["z"][1][6], colours["z"][0][0]) == (1, 0.5, None)
    assert (points["text"][24 + 6], points["customdata"][24 + 6]) == ("50 % of 12", ["tue", "06"])
    assert points["customdata"][0] is None
