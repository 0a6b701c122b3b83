"""Conversations: those behind a number, in an order, and each with all that happened in it."""

from analytics.ui.conversations import case, page
from analytics.ui.data.preferences import schedule
from analytics.ui.elements.case_links import WAITS, read_query
from analytics.ui.elements.opening import open_report
from analytics.words import wait_kinds

wanted = read_query()
view = open_report(any_period=bool(wanted.case))
hours = schedule() if wanted.business else None
view = view.in_hours(hours) if hours else view
wait = WAITS[wanted.wait] if wanted.wait else wait_kinds.leading_wait(view.numbers)
if wanted.case:
    case.draw(view, wanted.case, wait, back="All conversations")
else:
    page.draw(view, wanted, wait)
