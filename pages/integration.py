"""Test the integration: send events to a collector, and see what comes of them."""

from analytics.ui.integration import page

page.draw_page()
