"""Import: how the cells of a dropped table are read: what stands for nothing, who is a bot, which rows are left out."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import streamlit as st

from analytics.events.tables.matching import Matching
from analytics.events.tables.proposing import few_values
from analytics.words import importing

_BETWEEN = ": "


def choose_cells(matching: Matching, sample: pa.Table, key: str) -> Matching:
    """Draw how cells are read, to be corrected, and return the matching that follows."""
    left, right = st.columns(2)
    empty = left.text_input(
        "Words that stand for an empty cell",
        ", ".join(matching.empty),
        key=f"empty {key}",
        help=importing.EMPTY_HELP,
    )
    bots = ", ".join(matching.bots)
    if "agentId" in matching.columns:
        bots = right.text_input(
            "Agents that are bots",
            bots,
            key=f"bots {key}",
            help=importing.BOTS_HELP,
        )
    return matching.model_copy(
        update={"empty": _split(empty), "bots": _split(bots), "left_out": _choose_left_out(matching, sample, key)}
    )


def _choose_left_out(matching: Matching, sample: pa.Table, key: str) -> dict[str, tuple[str, ...]]:
    """Draw which rows are left out, by the values of a column, and return these."""
    values = few_values(sample)
    options = [(column, value) for column, words in values.items() for value in words]
    told = {(column, value.lower()) for column, words in matching.left_out.items() for value in words}
    chosen = st.multiselect(
        "Leave out rows with these values",
        options,
        [option for option in options if (option[0], option[1].lower()) in told],
        format_func=_BETWEEN.join,
        key=f"left out {key}",
        placeholder="Keep all rows",
        help=importing.LEFT_OUT_HELP,
    )
    return _group(chosen) | _unseen(matching.left_out, values)


def _group(chosen: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for column, value in chosen:
        found[column] = (*found.get(column, ()), value)
    return found


def _unseen(left_out: Mapping[str, tuple[str, ...]], values: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Return what is left out by columns of which nobody could choose, as they hold many values."""
    return {column: words for column, words in left_out.items() if column not in values}


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
