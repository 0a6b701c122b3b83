"""Conversations: those behind a number, in an order, and each with all that happened in it."""

from analytics import display
from analytics.metrics.cases import find
from analytics.ui import waits
from analytics.ui.cases import WAITS, asked
from analytics.ui.pages import open_report, title

view = open_report()
wanted = asked()
wait = WAITS[wanted.wait] if wanted.wait else waits.leading(view.numbers)
found = find(view.selection, wanted.narrowing(wait))
title(view, "Conversations", f"{display.counted(len(found), 'conversation')}.", trends=False)
