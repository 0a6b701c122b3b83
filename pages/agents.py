"""Agents: what each does. They are ordered by name, not ranked."""

import streamlit as st

from analytics.metrics.agents import AGENT_PERFORMANCE
from analytics.ui import agents
from analytics.ui.conversations import case
from analytics.ui.data.preferences import preferences
from analytics.ui.elements import explanation
from analytics.ui.elements.case_links import draw_cases_link, read_query
from analytics.ui.elements.following import draw_following
from analytics.ui.elements.opening import note_start_mode, open_report, title
from analytics.ui.menu import AGENTS
from analytics.words import display, headlines, reports
from analytics.words.wait_kinds import PERSON

view = open_report()
if key := read_query().case:
    case.draw(view, key, PERSON, back="All agents")
    st.stop()
title(view, AGENTS, headlines.agents(view.numbers, agents.count_slower(view)))
explanation.draw_heading("Each agent", AGENT_PERFORMANCE)
draw_following(agents.draw_table, view)
draw_cases_link(view, "See cases that came back", kind="came_back")
silence = display.duration(view.rules.silence.total_seconds())
target, aimed = display.duration(view.target.total_seconds()), display.share(preferences().target_share)
st.caption(reports.agents_table(silence, target, aimed))
note_start_mode(view)
chosen = view.filter.agents
if len(chosen) == 1:
    agents.draw_one(view)
elif chosen:
    agents.draw_several(view, chosen)
