"""Data health: what is wrong with the data, what that touches, and what to do."""

from analytics.ui import data_health

data_health.draw_page()
