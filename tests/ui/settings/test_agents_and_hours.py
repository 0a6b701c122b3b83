"""What stands in the tables of Settings is what is kept."""

from datetime import time

import pytest

from analytics.store.preferences import Agent, Hours, Opening
from analytics.store.roster import Roster
from analytics.ui.settings import agents, hours

WORKDAY, LATE = Hours(opens=time(8), closes=time(17)), Hours(opens=time(18, 30), closes=time(2))
DAYS = (WORKDAY, LATE, None, None, None, None, WORKDAY)


def test_hours_go_into_the_table_and_back():
    frame = hours.frame_of(DAYS)
    assert frame["Open"].tolist() == [True, True, False, False, False, False, True]
    assert hours.opening_of(frame, "UTC") == Opening(days=DAYS, timezone="UTC")


def test_an_open_day_without_a_time_is_named():
    frame = hours.frame_of(DAYS).astype({"From": object})
    frame.loc[1, "From"] = None
    with pytest.raises(ValueError, match="when Tuesday is open"):
        hours.opening_of(frame, "UTC")


def test_agents_go_into_the_table_and_those_with_a_name_or_a_team_back():
    known = {"a1": Agent(name="Amina"), "a3": Agent(team="Sales"), "flow 7": Agent(bot=True)}
    frame = agents.frame_of(known, ["a1", "a2", "a3", "flow 7"])
    assert frame["Name"].tolist() == ["Amina", "", "", ""]
    assert frame["Bot"].tolist() == [False, False, False, True]
    assert agents.agents_of(frame) == known
    frame.loc[0, "Name"] = None
    assert agents.agents_of(frame) == {"a3": Agent(team="Sales"), "flow 7": Agent(bot=True)}


def test_a_roster_says_nothing_about_bots():
    roster = Roster({"flow 7": Agent(name="Welcome")}, {"agentId": "ID", "name": "Who"}, 0, 0)
    merged = agents.merge_roster({"flow 7": Agent(bot=True), "a1": Agent(name="Amina")}, roster)
    assert merged == {"flow 7": Agent(name="Welcome", bot=True), "a1": Agent(name="Amina")}


def test_a_roster_is_told_with_what_of_it_counts_for_nothing():
    roster = Roster({"a1": Agent(name="Amina"), "a2": Agent(name="Ben")}, {"agentId": "ID", "name": "Who"}, 3, 1)
    assert agents.describe_roster(roster, {"a1": Agent(name="Anna")}, {"a1", "a7"}) == (
        "**2 agents**: agentId from “ID”, name from “Who”. 1 of the 2 agents in the data are in this file. 1 had "
        "another name or team before. We left out 3 rows without an agentId. 1 agentId came twice: the last row counts."
    )
