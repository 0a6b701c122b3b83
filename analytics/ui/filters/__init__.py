"""The filters: what can be chosen, the widgets that choose it, and chips that let go of it."""
