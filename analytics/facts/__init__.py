"""Facts: narrow tables derived from events once, counted often.

`timeline.py` puts each chat's events in order. `attribution.py` says for which conversation, agent, mode and country
each event counts. Waits, conversations and the ledger of messages are derived from these. `facts.py` holds them all;
when newer events come, `refresh.py` makes facts anew only for the customers whom these events concern.
"""
