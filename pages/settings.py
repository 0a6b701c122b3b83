"""Settings: what a team sets for its project, and where that shows."""

from analytics.ui import settings

settings.page()
