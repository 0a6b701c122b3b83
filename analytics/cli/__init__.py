"""The same things from a shell: `analytics COMMAND …`, one module a command; `main.py` gathers them."""
