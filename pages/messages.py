"""Messages: do ours arrive, are they read, are they answered."""

import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.metrics.rates import DELIVERY_RATE, MESSAGE_FUNNEL, READ_RATE, RECEIPTS, proved
from analytics.ui.elements import case_links, charts, explanation, tables, trend_charts
from analytics.ui.elements.opening import open_report, title
from analytics.ui.menu import MESSAGES
from analytics.words import headlines

view = open_report()
title(view, MESSAGES, headlines.messages(view.numbers))

funnel, over_time = st.columns(2)
with funnel:
    explanation.heading("Funnel", MESSAGE_FUNNEL)
    charts.funnel(view.numbers["message_funnel"]["ledger"], alt="Messages sent, delivered, read and replied to")
    st.caption(headlines.proofs(proved(view.selection.message_counts)))
with over_time:
    explanation.heading("Rates over time", DELIVERY_RATE)
    rates = trends.rates(view.selection, view.interval)
    trend_charts.lines(
        rates[["delivered", "read", "replied"]],
        view.reach.settling(RECEIPTS),
        unit="share",
        alt=f"Delivery, read and reply rate by {view.interval}",
    )
    st.caption(f"By the {view.interval} a message was sent. The last 48 h are still counting: receipts can come late.")

for part, name in (("template", "Template"), ("content_type", "Content type")):
    explanation.heading(f"By {name.lower()}", READ_RATE)
    before = breakdowns.messages_by(view.previous, part) if view.previous else None
    tables.message_rates(breakdowns.messages_by(view.selection, part), name, before)

explanation.heading("Sent over 24 h ago and not delivered", DELIVERY_RATE)
lost, settled = len(breakdowns.undelivered(view.selection)), int(breakdowns.settled(view.selection).sum())
st.markdown(headlines.undelivered(lost, settled))
if lost:
    case_links.see_cases(view, kind="undelivered")
