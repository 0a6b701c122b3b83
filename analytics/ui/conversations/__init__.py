"""The page *Conversations*, and one conversation as every page opens it: `case.py`, told by `story.py`."""
