"""People: who may sign in, and what each may do."""

from analytics.ui.people import page

page.draw_page()
