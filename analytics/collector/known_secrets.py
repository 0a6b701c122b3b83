"""What secrets stand for: asked of the store once in a few seconds, since each commit checks again."""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from analytics.store.write_keys import digest_key

T = TypeVar("T")

_SECONDS = 5.0


class KnownSecrets(Generic[T]):
    """What was found for secrets, by their digests."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, T]] = {}

    async def find(self, secret: str, ask: Callable[[], Awaitable[T | None]], *, fresh: bool) -> T | None:
        """Return what a secret stands for, None for nothing; unless `fresh`, it may be a few seconds old."""
        name, now = digest_key(secret), time.monotonic()
        until, found = self._found.get(name, (0.0, None))
        if fresh or found is None or until < now:
            found = await ask()
            if found is None:
                self._found.pop(name, None)
            else:
                self._found[name] = now + _SECONDS, found
        return found
