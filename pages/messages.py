"""Messages: whether ours arrive, are read and are answered."""

import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.metrics.rates import DELIVERY_RATE, MESSAGE_FUNNEL, READ_RATE, RECEIPT_DELAY, count_proved_messages
from analytics.ui import message_ends
from analytics.ui.elements import case_links, charts, explanation, tables, trend_charts
from analytics.ui.elements.opening import open_report, title
from analytics.ui.menu import MESSAGES
from analytics.words import headlines, reports

view = open_report()
title(view, MESSAGES, headlines.messages(view.numbers))

funnel, over_time = st.columns(2)
with funnel:
    explanation.draw_heading("Funnel", MESSAGE_FUNNEL)
    charts.draw_funnel(view.numbers["message_funnel"]["ledger"], alt="Messages sent, delivered, read and replied to")
    st.caption(headlines.proofs(view.ask(count_proved_messages)))
with over_time:
    explanation.draw_heading("Rates over time", DELIVERY_RATE)
    rates = view.ask(trends.measure_rates, view.interval)
    trend_charts.draw_lines(
        rates[["delivered", "read", "replied"]],
        view.reach.settling(RECEIPT_DELAY),
        unit="share",
        alt=f"Delivery, read and reply rate by {view.interval}",
    )
    st.caption(reports.rates_over_time(view.interval))

message_ends.draw_ends(view)

for part, name in (("template", "Template"), ("content_type", "Content type")):
    explanation.draw_heading(f"By {name.lower()}", READ_RATE)
    before = view.ask_before(breakdowns.messages_by, part)
    tables.draw_message_rates(view.ask(breakdowns.messages_by, part), name, before, settled=view.is_settled)

explanation.draw_heading("Sent more than 24 hours ago and not delivered", DELIVERY_RATE)
undelivered = view.ask(breakdowns.count_undelivered)
st.markdown(headlines.not_delivered(undelivered["lost"], undelivered["settled"]))
if undelivered["lost"]:
    case_links.draw_cases_link(view, kind="undelivered")
