"""Connections: make them, see whether they work, revoke them."""

from analytics.ui.connections import page

page.draw_page()
