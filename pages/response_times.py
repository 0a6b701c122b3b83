"""Response times: how long customers wait, for whom, and when."""

import streamlit as st

from analytics.facts.waits import ASSIGNMENT
from analytics.metrics import breakdowns, trends
from analytics.metrics.response_time import RESPONSE_TIME, numbers_of
from analytics.ui import response_times
from analytics.ui.data.preferences import preferences
from analytics.ui.elements import cards, charts, explanation, tables, trend_charts
from analytics.ui.elements.case_links import name_of, see_cases
from analytics.ui.elements.opening import open_report, title
from analytics.ui.menu import RESPONSE_TIMES
from analytics.words import display, headlines

view = open_report()
heading = st.container()
view, wait = response_times.choose(view)
found, hours = numbers_of(view.selection, wait.kind), view.selection.terms.hours
with heading:
    title(view, RESPONSE_TIMES, headlines.response_times(found, wait, in_hours=hours is not None))
cards.of_waits(view, wait)
cards.waiting(view.selection, wait)

trend = trends.responses(view.selection, wait.kind, view.interval)
before = trends.responses(view.previous, wait.kind, view.interval) if view.previous else None
target, goal = display.duration(view.target.total_seconds()), preferences().target_share
in_target, duration = st.columns(2)
with in_target:
    explanation.heading(f"Answered within {target}", RESPONSE_TIME, wait)
    trend_charts.towards(
        trend[["in_target"]],
        view.reach,
        goal,
        before=before,
        alt=f"Share answered within {target} by {view.interval}, beside the target of {display.share(goal)}",
    )
    see_cases(view, f"See cases that took over {target}", wait=name_of(wait), kind="late")
with duration:
    explanation.heading("Median and 9 in 10", RESPONSE_TIME, wait)
    trend_charts.lines(
        trend[["median", "p90"]],
        view.reach,
        unit="seconds",
        before=before,
        alt=f"Median and 90th percentile of waits by {view.interval}",
    )

distribution, week = st.columns(2)
with distribution:
    explanation.heading("How long it took", RESPONSE_TIME, wait)
    by_duration = breakdowns.wait_distribution(view.selection, wait.kind)
    charts.columns(list(by_duration), list(by_duration.values()), alt="Waits by how long they took")
    see_cases(view, "See cases, the longest wait first", wait=name_of(wait))
with week:
    begun = "Each wait counts in the hour in which it began, each message in the one in which it came"
    explanation.heading("By weekday and hour", RESPONSE_TIME, wait, begun)
    response_times.week(view, wait)

by_agent, by_country = st.columns(2)
with by_agent:
    explanation.heading("By agent", RESPONSE_TIME, wait)
    tables.waits_by_agent(breakdowns.waits_by(view.selection, wait.kind, "agent"))
with by_country:
    explanation.heading("By country", RESPONSE_TIME, wait)
    tables.waits_by_country(breakdowns.waits_by(view.selection, wait.kind, "country"))

assigned = (
    "From a chat’s assignment to the first message that this agent writes in it. Resolving it, passing it to the bot "
    "or assigning it to somebody else before leaves no reply; assigning it to the same agent again changes nothing"
)
explanation.heading("From assignment to first reply", RESPONSE_TIME, explained=assigned)
by_duration = breakdowns.wait_distribution(view.selection, ASSIGNMENT)
if any(by_duration.values()):
    st.markdown(headlines.assignments(numbers_of(view.selection, ASSIGNMENT)))
    charts.columns(list(by_duration), list(by_duration.values()), alt="Assignments by time to the agent’s first reply")
    st.caption(f"{assigned}.")
else:
    st.markdown("No chat was assigned to an agent.")
