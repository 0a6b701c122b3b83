"""The page *Overview*: its finding in a sentence, and what changed most."""
