"""Questions: a number, a trend, a breakdown or a list, asked of shards, each of which has all of some customers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd

from analytics.facts.timeline import Ints
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally, TopRows, merge

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


@dataclass(frozen=True)
class Rows:
    """A page of a list: `frame` holds its rows, `count` is how many rows there are on all pages.

    `lead` is what the list is in order by, of its very first row; None where it has no row.
    """

    count: int
    frame: pd.DataFrame
    lead: int | None


class Listing(Question[P, Rows]):
    """A list that is asked for by page: its first parameter is a `Page`.

    `take` returns of each shard the rows that may be on the page, with their places in that shard. Only the rows that
    are on it when all shards have answered are then told by the shards that have them.
    """

    def __init__(
        self,
        take: Callable[Concatenate[Selection, P], TopRows],
        tell: Callable[Concatenate[Selection, Ints, P], pd.DataFrame],
    ) -> None:
        self.tally, self.tell = take, tell
        update_wrapper(self, tell)

    def ask(self, shards: Sequence[Selection], *about: P.args, **named: P.kwargs) -> Rows:
        """Return the page of shards, whose scope is the same."""
        taken = [self.tally(shard, *about, **named).of_shard(number) for number, shard in enumerate(shards)]
        top: TopRows = merge(taken)
        shown = top.frame.iloc[top.page.first :]
        shard, place = (shown.index.get_level_values(level).to_numpy() for level in (0, 1))
        having = np.unique(shard).tolist() or [0]
        told = [self.tell(shards[number], place[shard == number], *about, **named) for number in having]
        order = np.argsort(np.argsort(shard, kind="stable"), kind="stable")
        frame = pd.concat(told, ignore_index=True).iloc[order] if len(told) > 1 else told[0]
        lead = int(top.frame[top.frame.columns[0]].to_numpy()[0]) if len(top.frame) else None
        return Rows(top.count, frame.reset_index(drop=True), lead)


def listed_by(
    take: Callable[Concatenate[Selection, P], TopRows],
) -> Callable[[Callable[Concatenate[Selection, Ints, P], pd.DataFrame]], Listing[P]]:
    """Return a decorator that makes a list of a function: it tells rows at some places, of those that `take` took."""
    return lambda tell: Listing(take, tell)
