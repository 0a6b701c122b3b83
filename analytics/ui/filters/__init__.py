"""The filters: what can be chosen, the widgets that choose it, and the chips that remove it."""
