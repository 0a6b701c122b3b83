"""The data on the screen: explored files, a project's stored events as they come, its preferences, and the view."""
