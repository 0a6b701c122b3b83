"""Turns: many pages are drawn one after the other instead of all at once.

The threads of a process share one interpreter. Drawn at once, each of ten pages is ready only when all are, and at each
of its hundreds of calls into other code waits for the other nine.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_A_TIME = 2
"""While one waits for other code, such as pandas, another goes on."""

_turns = threading.BoundedSemaphore(AT_A_TIME)
_mine = threading.local()


@contextmanager
def take_turn() -> Iterator[None]:
    """Draw in this context when it is this thread's turn; what is drawn within it takes none of its own.

    What takes long or waits for somebody must not stand in it.
    """
    if getattr(_mine, "taken", False):
        yield
        return
    with _turns:
        _mine.taken = True
        try:
            yield
        finally:
            _mine.taken = False
