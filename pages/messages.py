"""Messages: do ours arrive, are they read, are they answered."""

import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.metrics.rates import proved
from analytics.ui import charts, headlines, tables, trend_charts
from analytics.ui.pages import open_report, title

view = open_report()
title(view, "Messages", headlines.messages(view.numbers))

funnel, over_time = st.columns(2)
with funnel:
    st.subheader("Funnel")
    charts.funnel(view.numbers["message_funnel"]["ledger"], alt="Messages sent, delivered, read and replied to")
    proofs = proved(view.selection.message_counts)
    st.caption(
        f"Proved by a later step: {proofs['delivered']:,} deliveries and {proofs['read']:,} reads came without "
        "a status of their own."
    )
with over_time:
    st.subheader("Rates over time")
    rates = trends.rates(view.selection, view.interval)
    trend_charts.lines(
        rates[["delivered", "read", "replied"]],
        view.reach.settling(trend_charts.RECEIPTS),
        unit="share",
        alt=f"Delivery, read and reply rate by {view.interval}",
    )
    st.caption(f"By the {view.interval} a message was sent. The last 48 h are still counting: receipts can come late.")

templates, content = st.columns(2)
with templates:
    st.subheader("By template")
    tables.message_rates(breakdowns.messages_by(view.selection, "template"), "Template")
with content:
    st.subheader("By content type")
    tables.message_rates(breakdowns.messages_by(view.selection, "content_type"), "Content type")
