"""The page *Import*: dropped files, what their columns hold, the events in them, and the history of imports."""
