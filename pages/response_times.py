"""Response times: how long customers wait, for whom, and when."""

import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.metrics.traffic import weekday_hours
from analytics.ui import cards, charts, headlines, tables, trend_charts, waits
from analytics.ui.pages import open_report, title
from analytics.ui.sidebar import toggles

view = open_report()
heading = st.container()
lead = waits.leading(view.numbers)
kinds = {wait.name: wait for wait in (waits.PERSON, waits.REPLY)}
wait = kinds[st.segmented_control("Which wait", kinds, default=lead.name, key="wait", required=True)]
with heading:
    title(view, "Response times", headlines.response_times(view.numbers, wait))
cards.of_waits(view, wait)
cards.waiting(view, wait)

trend = trends.responses(view.selection, wait.kind, view.interval)
in_target, duration = st.columns(2)
with in_target:
    st.subheader("Answered within 15 min")
    trend_charts.lines(
        trend[["in_target"]], view.reach, unit="share", alt=f"Share answered within 15 minutes by {view.interval}"
    )
with duration:
    st.subheader("Median and 9 in 10")
    trend_charts.lines(
        trend[["median", "p90"]],
        view.reach,
        unit="seconds",
        alt=f"Median and 90th percentile of waits by {view.interval}",
    )

distribution, week = st.columns(2)
with distribution:
    st.subheader("How long it took")
    by_duration = breakdowns.wait_distribution(view.selection, wait.kind)
    charts.columns(list(by_duration), list(by_duration.values()), alt="Waits by how long they took")
with week:
    st.subheader("When waits begin")
    charts.week(
        weekday_hours(view.selection, breakdowns.begun_waits(view.selection, wait.kind)).tolist(),
        alt="Waits by weekday and hour",
        act=toggles("weekday", "hour"),
    )

st.subheader("By country")
tables.waits_by_country(breakdowns.waits_by_country(view.selection, wait.kind))
