"""Facts: narrow tables derived from events once, counted often.

`timeline.py` puts each chat's events in order, `attribution.py` says which conversation, agent, mode and country each
counts for, and from these come waits, conversations and the ledger of messages. `facts.py` holds all of them;
`refresh.py` makes them anew for those customers alone whom newer events touch.
"""
