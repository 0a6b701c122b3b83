"""Answers that are computed once, whoever asks first, and shared by all who ask the same."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar, cast

T = TypeVar("T")

_MOST = 64


class SharedAnswers:
    """What was computed from data that never change; the answers asked for last are kept.

    Who asks for an answer while it is being computed waits for it.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, question: Hashable, compute: Callable[[], T]) -> T:
        """Return the answer to a question. Who asks first computes it; an error is nobody's answer but theirs."""
        with self._lock:
            is_first = question not in self._known
            answer = self._known.setdefault(question, Future())
            self._known.move_to_end(question)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        if not is_first:
            return cast("T", answer.result()) if answer.exception() is None else self.ask(question, compute)
        try:
            answer.set_result(compute())
        except BaseException as error:
            with self._lock:
                self._known.pop(question, None)
            answer.set_exception(error)
            raise
        return cast("T", answer.result())
