"""Other systems' own words: pure functions from a payload of theirs to events of the contract.

Each system has a file: `cloud_api.py`, `chatwoot.py`, `twilio.py`. `systems.py` says which one a text is of and reads
it, `adapted.py` holds what comes of it. Nothing is judged here: what an adapter makes is an event like any other, and
the validator accepts or rejects it.
"""
