"""Sending events to a collector: a client with retries, what it answers, and the same request for others to copy."""
