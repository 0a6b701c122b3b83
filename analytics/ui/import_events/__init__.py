"""The page *Import*: dropped files, what their columns hold, what was found in them, and the history of imports."""
