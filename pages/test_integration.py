"""Test the integration: send events to a collector, and see what comes of them."""

from analytics.ui.testing import page

page.page()
