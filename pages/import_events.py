"""Import: drop files of events, see what they hold and what cannot be used, then explore them."""

from analytics.ui.import_events import page

page.draw_page()
