"""The limit of requests per second for each write key."""

import math
import time


class RateLimit:
    """A token bucket for each key, as deep as one second's requests; a rate of 0 sets no limit."""

    def __init__(self, per_second: float) -> None:
        self._rate = per_second
        self._depth = max(1.0, per_second)
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, key_id: str) -> int:
        """Return 0 if a request may pass, otherwise after how many seconds to come back."""
        if not self._rate:
            return 0
        now = time.monotonic()
        tokens, filled_at = self._buckets.get(key_id, (self._depth, now))
        tokens = min(self._depth, tokens + (now - filled_at) * self._rate)
        passes = tokens >= 1
        self._buckets[key_id] = tokens - passes, now
        return 0 if passes else math.ceil((1 - tokens) / self._rate)
