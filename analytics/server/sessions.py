"""Closing sessions whose browser has left, so that what they held is free within a minute.

Streamlit keeps such a session for two minutes, for a browser that lost its connection for a moment, and lets go of it
only when another one comes or goes. Its sessions have no public interface: this module is the one that knows it, and
its test fails where it changes. Garbage is collected here, too: after each run of a part of a page, as Streamlit does
it, that took two thirds of the interpreter's time with twenty people.
"""

import asyncio
import contextlib
import ctypes
import gc
import time
from collections.abc import AsyncIterator, Callable

import pyarrow as pa
from streamlit.runtime import Runtime

LIFE_SECONDS = 30.0
"""How long a session waits for its browser to come back."""
_LOOK_SECONDS = 10.0


@contextlib.asynccontextmanager
async def closing_left_sessions(
    afterwards: Callable[[], None], *, life: float = LIFE_SECONDS, look: float = _LOOK_SECONDS
) -> AsyncIterator[None]:
    """Close sessions that have had no browser for `life` seconds; each look ends with a call of `afterwards`."""
    task = asyncio.create_task(_close_left_sessions(afterwards, life, look))
    try:
        yield
    finally:
        task.cancel()


def count_sessions() -> int:
    """Return how many browsers are connected."""
    return len(Runtime.instance()._session_mgr.list_active_sessions()) if Runtime.exists() else 0  # noqa: SLF001


async def _close_left_sessions(afterwards: Callable[[], None], life: float, look: float) -> None:
    alone_since: dict[str, float] = {}
    while True:
        await asyncio.sleep(look)
        now = time.monotonic()
        alone_since = {session: alone_since.get(session, now) for session in _find_left_sessions()}
        done = [session for session, since in alone_since.items() if now - since >= life]
        for session in done:
            Runtime.instance()._session_mgr.close_session(session)  # noqa: SLF001
        afterwards()
        _release_memory()


def _release_memory() -> None:
    """Give back to the system what nobody uses any more: many threads leave it in many pieces."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc does it by itself
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _find_left_sessions() -> set[str]:
    sessions = Runtime.instance()._session_mgr  # noqa: SLF001
    connected = {kept.session.id for kept in sessions.list_active_sessions()}
    return {kept.session.id for kept in sessions.list_sessions()} - connected
