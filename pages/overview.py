"""Overview: how it goes, in a sentence, six cards, what is opened and closed, what changed, and the metric table."""

import streamlit as st

from analytics.metrics import trends
from analytics.metrics.modes import SERVICE_MODES
from analytics.metrics.rates import MESSAGE_FUNNEL
from analytics.ui.elements import cards, explanation, metric_table, trend_charts
from analytics.ui.elements.following import draw_following
from analytics.ui.elements.opening import open_report, title
from analytics.ui.menu import OVERVIEW
from analytics.ui.overview import changes, finding
from analytics.words import reports

view = open_report()
title(view, OVERVIEW, finding.write_finding(view))
draw_following(cards.draw_overview, view)

work, changed = st.columns(2)
with work:
    explanation.draw_heading("Opened and closed conversations", SERVICE_MODES, explained=reports.OPENED_AND_CLOSED)
    trend_charts.draw_lines(
        view.ask(trends.count_opened_and_closed, view.interval),
        view.reach,
        alt=f"Conversations opened and closed by {view.interval}",
    )
    st.caption(reports.OPENED_AND_CLOSED)
with changed:
    st.subheader("What changed most")
    changes.draw(view)

explanation.draw_heading("Messages over time", MESSAGE_FUNNEL, explained=reports.MESSAGES_OVER_TIME)
trend_charts.draw_lines(
    view.ask(trends.count_messages, view.interval),
    view.reach,
    before=view.ask_before(trends.count_messages, view.interval),
    alt=f"Messages received and sent by {view.interval}",
)

st.subheader(metric_table.NAME)
metric_table.draw(view)
