"""Bot and handoffs: what the bot finishes, what it passes on, when and why."""

import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.metrics.modes import SERVICE_MODES
from analytics.metrics.stayed_solved import stayed_solved_by
from analytics.ui.elements import cards, case_links, charts, explanation, tables, trend_charts
from analytics.ui.elements.following import draw_following
from analytics.ui.elements.opening import note_start_mode, open_report, title
from analytics.ui.menu import BOT_AND_HANDOFFS
from analytics.words import display, headlines, reports

view = open_report()
case_links.follow(view)
handoffs = view.ask(breakdowns.count_handoffs)
before = view.ask_before(breakdowns.count_handoffs)
by_reason = handoffs.groupby("reason")["count"].sum().sort_values(ascending=False)
counts = {str(reason): count for reason, count in by_reason.items()}
title(view, BOT_AND_HANDOFFS, headlines.bot_and_handoffs(view.numbers, handoffs))
draw_following(cards.draw_outcomes, view)
note_start_mode(view)

explanation.draw_heading("How conversations ended", SERVICE_MODES)
trend_charts.draw_stacked(
    view.ask(trends.count_conversations, view.interval),
    view.reach,
    alt=f"Conversations begun by {view.interval} and outcome",
)

reasons, times = st.columns(2)
with reasons:
    explanation.draw_heading("Why they were passed to an agent", SERVICE_MODES, explained=reports.REASONS)
    charts.draw_bars(counts, alt="Handoffs by reason", shown=display.words, act=case_links.open_on_click("reason"))
    st.caption("Click a reason to see its conversations.")
with times:
    explanation.draw_heading("How soon they were passed to an agent", SERVICE_MODES, explained=reports.TIME_TO_HANDOFF)
    seconds = view.ask(breakdowns.measure_seconds_to_handoff)
    by_duration = breakdowns.count_by_duration(seconds)
    charts.draw_columns(
        list(by_duration), list(by_duration.values()), alt="Conversations by time to their first handoff"
    )
    st.caption(headlines.time_to_handoff(seconds))

explanation.draw_heading("Reason by journey step", SERVICE_MODES, explained=reports.REASONS_BY_STEP)
tables.draw_handoffs(handoffs, before)

explanation.draw_heading("Events by who handled them", SERVICE_MODES)
tables.draw_modes(view.numbers["service_modes"])

stay = display.with_noun(view.rules.stay.days, "day")
explanation.draw_heading("Stayed solved", SERVICE_MODES, explained=reports.stayed_solved_by_reason(stay))
tables.draw_stayed_solved(view.ask(stayed_solved_by, "reason"))
case_links.draw_cases_link(view, "See cases that came back", kind="came_back")
