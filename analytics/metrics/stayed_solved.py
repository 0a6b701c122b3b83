"""Stayed solved: the conversations that were resolved, and whose customers did not come back within some days."""

from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.facts.conversations import RESOLVED_END
from analytics.facts.timeline import NONE, Ints
from analytics.metrics.metric import Result, divide
from analytics.metrics.question import conclude_from
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally, count_by, in_order

STAYED, CAME_BACK, UNDECIDED, ALREADY_BACK = range(4)
NOT_SOLVED = -1
BECAME = ("stayed", "came_back", "undecided", "already_back")
"""What became of a solved conversation; of those that are `already_back` it will be that they came back."""


def tally_stayed_solved(selection: Selection) -> Tally:
    """Return how many solved conversations became each of `BECAME`."""
    became = find_solved(selection)
    counts = np.bincount(became[became != NOT_SOLVED], minlength=len(BECAME))
    return pd.Series(counts, pd.Index(BECAME, name="became"))


def conclude_stayed_solved(tally: Tally, _: Scope) -> Result:
    """Return the counts, and the share of those decided that stayed solved; the undecided hold those already back."""
    return _as_result({name: int(tally[name]) for name in BECAME})


def _as_result(counts: dict[str, int]) -> Result:
    return {
        **counts,
        "undecided": counts["undecided"] + counts["already_back"],
        "value": divide(counts["stayed"], counts["stayed"] + counts["came_back"]),
    }


def find_solved(selection: Selection) -> Ints:
    """Return what became of the solved conversations that pass (int8, an index of `BECAME`); NOT_SOLVED of all others.

    Of the agents that the filter names, one must have resolved it.
    """
    passing = selection.conversations_of_anybody
    if selection.filter.agents:
        passing = passing & np.isin(_find_resolving_agents(selection), selection.agent_codes)
    return np.where(passing, find_what_became(selection), np.int8(NOT_SOLVED))


def find_what_became(selection: Selection) -> Ints:
    """Return what became of every conversation (int8, an index of `BECAME`); NOT_SOLVED where it was not solved.

    It was where it was resolved before silence and the customer wrote in it, not only a word after closing.
    """
    rows, time = selection.facts.conversations, selection.facts.events.time
    table, stay = rows.cells.table, selection.facts.rules.stay // timedelta(microseconds=1)
    wanted = (table["customer_wrote"] == 1) & (table["ending"] == RESOLVED_END) & (table["afterword"] == 0)
    solved = np.flatnonzero(wanted.to_numpy()[rows.cells.code])
    resolved = time[rows.resolve[solved]]
    back = (rows.back[solved] != NONE) & (time[rows.back[solved]] - resolved <= stay)
    decided = selection.as_of - resolved >= stay
    found = np.full(len(rows), NOT_SOLVED, np.int8)
    found[solved] = np.select([decided & back, decided, back], [CAME_BACK, STAYED, ALREADY_BACK], UNDECIDED)
    return found


def _find_resolving_agents(selection: Selection) -> Ints:
    """Return the agent for whom the resolve of each conversation counts; NONE where none does."""
    events, resolve = selection.facts.events, selection.facts.conversations.resolve
    agent = events.cells.table["agent"].to_numpy()[events.cells.code[resolve]]
    return np.where(resolve == NONE, NONE, agent)


def _find_last_reasons(selection: Selection) -> Ints:
    """Return the reason of each conversation's last handoff to an agent; NONE where it has none, or gives none."""
    handoffs, last = selection.facts.handoffs, selection.facts.conversations.last_handoff
    known = np.flatnonzero(last != NONE)
    cells = handoffs.cells.code[np.searchsorted(handoffs.place, last[known])]
    reasons = np.full(len(last), NONE, np.int64)
    reasons[known] = handoffs.cells.table["reason"].to_numpy()[cells]
    return reasons


def _tally_stayed_solved_by(selection: Selection, part: str) -> Tally:
    became = find_solved(selection)
    chosen = became != NOT_SOLVED
    if part == "reason":
        chosen &= selection.facts.conversations.last_handoff != NONE
    codes = _find_resolving_agents(selection) if part == "agent" else _find_last_reasons(selection)
    cells = pd.DataFrame({part: codes[chosen], "became": became[chosen], "count": 1})
    return count_by(cells, selection.facts, part, "became")


@conclude_from(_tally_stayed_solved_by)
def stayed_solved_by(tally: Tally, _: Scope, part: str) -> pd.DataFrame:
    """Return by `agent` (who resolved) or `reason` (of the last handoff) what became of solved conversations.

    The columns are those of the metric (`stayed`, `came_back`, `undecided`, `already_back`: int64; `value`), most
    decided first; conversations without a handoff have no reason.
    """
    names = in_order(tally.index.unique(part))
    counts = {name: dict.fromkeys(BECAME, 0) for name in names}
    for (name, became), count in tally.items():
        counts[name][BECAME[became]] = int(count)
    found = pd.DataFrame([_as_result(of) for of in counts.values()], index=pd.Index(names, name=part))
    if found.empty:
        return pd.DataFrame(columns=[*BECAME, "value"], index=found.index)
    decided = (found["stayed"] + found["came_back"]).sort_values(ascending=False, kind="stable")
    return found.astype({"value": "float64"}).reindex(decided.index)
