"""What a write key looks like, so that it is found wherever somebody left it."""

import re
import secrets


def make_key() -> str:
    """Return a new write key."""
    return f"wk_{secrets.token_urlsafe(32)}"


def make_read_key() -> str:
    """Return a new read key."""
    return f"rk_{secrets.token_urlsafe(32)}"


def cut_keys(raw: bytes) -> bytes:
    """Return the very bytes where they hold no key, else a copy without: what is kept holds none."""
    return _KEY.sub(rb"\1k_...", raw) if b"k_" in raw else raw


_KEY = re.compile(rb"([wr])k_[\w-]{20,}", re.ASCII)
"""A key, or what is left of one where a body was cut off in its midst."""
