"""Waiting now: who is waiting for a reply at this moment, and how long a free-form reply is still possible."""

import streamlit as st

from analytics.metrics.response_time import RESPONSE_TIME
from analytics.ui import waiting_now
from analytics.ui.conversations import case
from analytics.ui.elements import explanation
from analytics.ui.elements.cards import usual_wait
from analytics.ui.elements.case_links import WAITS, draw_wait_choice, read_query
from analytics.ui.elements.opening import note_start_mode, open_report, title
from analytics.ui.menu import WAITING_NOW
from analytics.words import reports

view = open_report(any_period=True)
wanted = read_query()
wait = WAITS[wanted.wait] if wanted.wait else usual_wait(view)
if wanted.case:
    case.draw(view, wanted.case, wait, back="Everyone who is waiting")
    st.stop()
headline = waiting_now.write_headline(view, waiting_now.waiting_list(view, wait))
title(view, WAITING_NOW, headline, trends=False)
draw_wait_choice(wait)
explanation.draw_heading("Who is waiting", RESPONSE_TIME, wait, reports.WAITS_NOW)
waiting_now.draw(view, wait, headline)
st.caption(reports.IGNORES_THE_PERIOD)
note_start_mode(view)
