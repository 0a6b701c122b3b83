"""What a write key looks like, so that it is found wherever somebody left it."""

import re
import secrets


def make_key() -> str:
    """Return a new write key."""
    return f"wk_{secrets.token_urlsafe(32)}"


def cut_keys(raw: bytes) -> bytes:
    """Return the very bytes where they hold no key, else a copy without: what is kept holds none."""
    return _KEY.sub(b"wk_...", raw) if b"wk_" in raw else raw


_KEY = re.compile(rb"wk_[\w-]{20,}", re.ASCII)
"""A key, or what is left of one where a body was cut off in its midst."""
