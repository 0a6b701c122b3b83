"""Settings: what a team sets for its project, and where that shows."""

from analytics.ui.settings import page

page.draw_page()
