"""Customers: who is new, where they write from, and when."""

import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.metrics.contacts import DAILY_NEW_CONTACTS
from analytics.metrics.filters import HOUR
from analytics.metrics.traffic import PEAK_HOURS, TRAFFIC_BY_COUNTRY
from analytics.ui.browser import address
from analytics.ui.elements import charts, explanation, figure, trend_charts
from analytics.ui.elements.opening import open_report, title
from analytics.ui.filters.looked_at import toggle_on_click
from analytics.ui.menu import CUSTOMERS
from analytics.words import headlines, reports
from analytics.words.countries import country_name

view = open_report()
title(view, CUSTOMERS, headlines.customers(view.numbers))

new, sources = st.columns([2, 1])
with new:
    explanation.draw_heading("New contacts and first-time writers", DAILY_NEW_CONTACTS)
    trend_charts.draw_lines(
        view.ask(trends.count_contacts, view.interval),
        view.reach,
        alt=f"New contacts and first-time writers by {view.interval}",
    )
with sources:
    explanation.draw_heading("Where contacts come from", DAILY_NEW_CONTACTS, explained=reports.SOURCES)
    by_source = view.ask(breakdowns.count_contacts_by_source)
    charts.draw_bars(
        {str(source): count for source, count in by_source.items()}, alt="New contacts by source", colour=figure.OLIVE
    )

traffic = view.numbers["traffic_by_country"]
explanation.draw_heading("Messages by country", TRAFFIC_BY_COUNTRY)
if address.toggle("As a map", "map"):
    charts.draw_world(traffic, alt="Messages received by country")
else:
    charts.draw_bars(traffic, alt="Messages received by country", shown=country_name, act=toggle_on_click("country"))

explanation.draw_heading("Peak hours", PEAK_HOURS)
peak = view.numbers["peak_hours"]
by_hour, by_week = st.columns(2)
with by_hour:
    charts.draw_columns(HOUR.codes, peak["by_hour"], alt="Messages received by local hour", act=toggle_on_click("hour"))
with by_week:
    charts.draw_week(
        peak["by_weekday_hour"], alt="Messages received by weekday and hour", act=toggle_on_click("weekday", "hour")
    )
