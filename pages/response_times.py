"""Response times: how long customers wait, for whom, and when."""

from datetime import timedelta

import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.metrics.traffic import weekday_hours
from analytics.metrics.waits import CUSTOMER, HUMAN
from analytics.ui import cards, charts, headlines, tables
from analytics.ui.pages import open_report, title

TARGET = timedelta(minutes=15)
KINDS = {"Wait for a person": HUMAN, "Customer wait (any reply)": CUSTOMER}

view = open_report()
title(view, "Response times", headlines.response_times(view.numbers))
kind = KINDS[st.segmented_control("Which wait", list(KINDS), default=next(iter(KINDS)), key="wait", required=True)]
cards.waits(view, "human" if kind == HUMAN else None)

by_day = trends.responses(view.selection, kind, TARGET)
in_target, duration = st.columns(2)
with in_target:
    st.subheader("Answered within 15 min")
    charts.lines(by_day[["in_target"]], unit="share", alt="Share answered within 15 minutes by day")
with duration:
    st.subheader("Median and 9 in 10")
    charts.lines(by_day[["median", "p90"]], unit="seconds", alt="Median and 90th percentile of waits by day")

distribution, week = st.columns(2)
with distribution:
    st.subheader("How long it took")
    waits = breakdowns.wait_distribution(view.selection, kind)
    charts.columns(list(waits), list(waits.values()), alt="Waits by how long they took")
with week:
    st.subheader("When waits begin")
    charts.week(
        weekday_hours(view.selection, breakdowns.begun_waits(view.selection, kind)).tolist(),
        alt="Waits by weekday and hour",
    )

st.subheader("By country")
tables.waits_by_country(breakdowns.waits_by_country(view.selection, kind))
