"""The page *Settings*: what a team sets for its project, part by part."""
