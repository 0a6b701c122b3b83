"""Import: drop files of events, see what they hold and what cannot be used, then explore them."""

from analytics.ui import upload

upload.page()
