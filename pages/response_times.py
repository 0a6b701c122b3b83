"""Response times: how long customers wait, for whom, and when."""

from functools import partial

import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.metrics.response_time import RESPONSE_TIME, numbers_of
from analytics.ui import response_times
from analytics.ui.data.preferences import preferences
from analytics.ui.elements import cards, charts, explanation, tables, trend_charts
from analytics.ui.elements.case_links import draw_cases_link, name_of_wait
from analytics.ui.elements.following import draw_following
from analytics.ui.elements.opening import note_start_mode, open_report, title
from analytics.ui.menu import RESPONSE_TIMES
from analytics.words import display, headlines, reports
from analytics.words.wait_kinds import ASSIGNMENT

view = open_report()
heading = st.container()
view, wait = response_times.choose(view)
found = view.ask(numbers_of, wait.kind)
with heading:
    title(view, RESPONSE_TIMES, headlines.response_times(found, wait, in_hours=view.hours is not None))
draw_following(partial(cards.draw_waits, wait=wait), view)
note_start_mode(view)

trend = view.ask(trends.measure_responses, wait.kind, view.interval)
before = view.ask_before(trends.measure_responses, wait.kind, view.interval)
target, goal = display.duration(view.target.total_seconds()), preferences().target_share
in_target, duration = st.columns(2)
with in_target:
    explanation.draw_heading(f"Answered within {target}", RESPONSE_TIME, wait)
    trend_charts.draw_towards(
        trend[["in_target"]],
        view.reach,
        goal,
        before=before,
        alt=f"Share answered within {target} by {view.interval}, beside the target of {display.share(goal)}",
    )
    draw_cases_link(view, f"See cases that took over {target}", wait=name_of_wait(wait), kind="late")
with duration:
    explanation.draw_heading("Median and 9 in 10", RESPONSE_TIME, wait)
    trend_charts.draw_lines(
        trend[["median", "p90"]],
        view.reach,
        unit="seconds",
        before=before,
        alt=f"Median and 90th percentile of waits by {view.interval}",
    )

distribution, week = st.columns(2)
with distribution:
    explanation.draw_heading("How long it took", RESPONSE_TIME, wait)
    by_duration = view.ask(breakdowns.count_waits_by_duration, wait.kind)
    charts.draw_columns(list(by_duration), list(by_duration.values()), alt="Waits by how long they took")
    draw_cases_link(view, "See cases with the longest wait first", wait=name_of_wait(wait))
with week:
    explanation.draw_heading("By weekday and hour", RESPONSE_TIME, wait, reports.HOUR_OF_A_WAIT)
    response_times.draw_week(view, wait)

by_agent, by_country = st.columns(2)
with by_agent:
    explanation.draw_heading("By agent", RESPONSE_TIME, wait)
    tables.draw_waits_by_agent(view.ask(breakdowns.waits_by, wait.kind, "agent"))
with by_country:
    explanation.draw_heading("By country", RESPONSE_TIME, wait)
    tables.draw_waits_by_country(view.ask(breakdowns.waits_by, wait.kind, "country"))

explanation.draw_heading(ASSIGNMENT.name, RESPONSE_TIME, explained=reports.ASSIGNED)
by_duration = view.ask(breakdowns.count_waits_by_duration, ASSIGNMENT.kind)
if any(by_duration.values()):
    st.markdown(headlines.assignments(view.ask(numbers_of, ASSIGNMENT.kind)))
    charts.draw_columns(
        list(by_duration), list(by_duration.values()), alt="Assignments by time to the agent’s first reply"
    )
    st.caption(reports.ASSIGNED)
else:
    st.markdown(reports.NOTHING_ASSIGNED)
