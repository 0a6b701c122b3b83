"""Questions: a number, a trend or a breakdown that is asked of shards, each of which has all of some customers."""

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally, merge

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Question(Generic[P, T_co]):
    """What is tallied of each shard, and concluded once the tallies are merged; called, it asks one selection."""

    def __init__(
        self,
        tally: Callable[Concatenate[Selection, P], Tally],
        conclude: Callable[Concatenate[Any, Scope, P], T_co],
    ) -> None:
        self.tally = tally
        self.conclude = conclude
        update_wrapper(self, conclude)

    def __call__(self, selection: Selection, *about: P.args, **named: P.kwargs) -> T_co:
        """Return the answer of one selection."""
        return self.ask([selection], *about, **named)

    def ask(self, shards: Sequence[Selection], *about: P.args, **named: P.kwargs) -> T_co:
        """Return the answer of shards, whose scope is the same."""
        tally = merge([self.tally(shard, *about, **named) for shard in shards])
        return self.conclude(tally, shards[0].scope, *about, **named)


def added_up(count: Callable[Concatenate[Selection, P], T]) -> Question[P, T]:
    """Make a question of a function that counts: what it returns of each shard is added up."""

    def take(tally: Any, _: Scope, /, *about: P.args, **named: P.kwargs) -> T:  # noqa: ARG001
        return cast("T", tally)

    question = Question(count, take)
    update_wrapper(question, count)
    return question


def conclude_from(
    tally: Callable[Concatenate[Selection, P], Tally],
) -> Callable[[Callable[Concatenate[Any, Scope, P], T]], Question[P, T]]:
    """Return a decorator that makes a question of a function: it concludes from what `tally` takes of each shard."""
    return lambda conclude: Question(tally, conclude)
