"""What the store answered last, for the time that it does not answer: what is on the screen stays there."""

from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast

from analytics.store.database import StoreError

T = TypeVar("T")


class LastAnswers:
    """The latest answer to each question that pages ask again in every run, and since when none comes."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, Any] = {}
        self.silent_since: datetime | None = None

    def ask(self, question: Hashable, ask: Callable[[], T]) -> T:
        """Return what `ask` returns; while it raises a `StoreError`, what it returned last to the same question.

        Raises:
            StoreError: where there was no answer yet.
        """
        try:
            answer = ask()
        except StoreError:
            self.silent_since = self.silent_since or datetime.now(UTC)
            if question not in self._answers:
                raise
            return cast("T", self._answers[question])
        self.silent_since = None
        self._answers[question] = answer
        return answer


@cache
def last_answers() -> LastAnswers:
    """Return the answers of this process."""
    return LastAnswers()
