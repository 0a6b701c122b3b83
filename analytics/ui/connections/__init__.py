"""The page *Connections*: write keys of programs, and webhooks of other systems."""
