"""Import: a proposal of what the columns of dropped tables hold, shown with examples, to be corrected."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import pandas as pd
import pyarrow as pa
import streamlit as st

from analytics.events.customer_id import spellings_of
from analytics.events.tables.foreign_words import NOTHING, words_of_field
from analytics.events.tables.headings import LABELS, SENT
from analytics.events.tables.known_exports import recognise
from analytics.events.tables.matching import Matching, shape_of
from analytics.events.tables.proposing import foreign_words, propose
from analytics.ui.import_events.cell_choices import choose_cells
from analytics.words import display
from analytics.words.escape import for_markdown

_ROWS = {"events": "an event", "messages": "a message, with the times when it was sent, delivered and read"}
_NONE, _NOTHING = "–", "nothing"
_EXAMPLES = 3
_PHONE = re.compile(r"\D{0,9}\+?[0-9][0-9 ()-]{7,18}[0-9]")


@dataclass(frozen=True)
class SeenTable:
    """A table in a dropped file: the file's name, its format, its columns and its first rows."""

    name: str
    kind: str
    columns: tuple[str, ...]
    sample: pa.Table

    @property
    def shape(self) -> str:
        """What files with the same columns share."""
        return shape_of(self.columns)


def choose_matchings(tables: Sequence[SeenTable], remembered: Mapping[str, Matching]) -> dict[str, Matching]:
    """Draw how each kind of table is read, to be corrected, and return the matchings by shape."""
    return {
        table.shape: _choose_matching(table, remembered.get(table.shape))
        for table in {t.shape: t for t in tables}.values()
    }


def _choose_matching(table: SeenTable, remembered: Matching | None) -> Matching:
    proposed = remembered or propose(table.columns, table.sample)
    known = recognise(table.columns)
    unsure = bool(proposed.missing()) or any(
        None in words.values() for words in foreign_words(proposed, table.sample).values()
    )
    with st.expander(
        f"How we read the columns of {for_markdown(table.name)}",
        expanded=unsure or bool(known),
        icon=":material/table:",
    ):
        st.caption(
            f"This is {table.kind} with {display.with_noun(len(table.columns), 'column')}. Correct what is wrong."
        )
        if known and not remembered:
            st.markdown(f"This looks like **{for_markdown(known.name)}**. We read its columns accordingly.")
        rows = st.radio(
            "Each row is",
            list(_ROWS),
            list(_ROWS).index(proposed.rows),
            format_func=_ROWS.get,
            key=f"rows {table.shape}",
        )
        if rows != proposed.rows:
            proposed = propose(table.columns, table.sample, cast("Literal['events', 'messages']", rows))
        columns, clocks = _choose_columns(table, proposed)
        matching = proposed.model_copy(update={"columns": columns, "clocks": clocks})
        matching = matching.model_copy(update={"values": _choose_words(table, matching)})
        matching = choose_cells(matching, table.sample, f"{table.shape} {matching.rows}")
        if missing := matching.missing():
            st.warning(f"Choose the column for: {', '.join(LABELS[name] for name in missing)}.")
        st.download_button(
            "Save this mapping for the command line",
            matching.model_dump_json(indent=2, by_alias=True, exclude_none=True),
            file_name="mapping.json",
            on_click="ignore",
            icon=":material/download:",
            key=f"save {table.shape}",
        )
    return matching


def _choose_columns(table: SeenTable, proposed: Matching) -> tuple[dict[str, str], dict[str, str]]:
    """Draw which column holds each field, and return the columns, and those with the time of the day alone."""
    fields = [name for name in proposed.fields if name in LABELS]
    timed = [name for name in fields if name in proposed.clocks or name in ("timestamp", SENT)]
    columns = [proposed.columns.get(name) for name in fields] + [proposed.clocks.get(name) for name in timed]
    frame = pd.DataFrame({
        "What we need": [LABELS[name] for name in fields] + [f"{LABELS[name]}: time of day" for name in timed],
        "Column in the file": [column or _NONE for column in columns],
        "Example": [_list_examples(table, column) for column in columns],
    })  # fmt: skip
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=["What we need", "Example"],
        column_config={
            "Column in the file": st.column_config.SelectboxColumn(options=[_NONE, *table.columns], required=True)
        },
        key=f"columns {table.shape} {proposed.rows}",
    )
    chosen = [(name, column) for name, column in zip(fields + timed, edited["Column in the file"], strict=True)]
    known = {name: column for name, column in chosen[: len(fields)] if column != _NONE}
    hidden = {name: column for name, column in proposed.columns.items() if name not in LABELS}
    clocks = {name: column for name, column in chosen[len(fields) :] if column != _NONE and name in known}
    return known | hidden, clocks


def _choose_words(table: SeenTable, matching: Matching) -> dict[str, dict[str, str]]:
    """Draw what the words of the file mean, and return the meanings by field."""
    found = foreign_words(matching, table.sample)
    rows = [(name, word, meaning) for name, words in found.items() for word, meaning in words.items()]
    if not rows:
        return dict(matching.values)
    frame = pd.DataFrame({
        "Field": [LABELS[name] for name, _, _ in rows],
        "Word in the file": [word for _, word, _ in rows],
        "Means": [_NOTHING if meaning == NOTHING else meaning or _NONE for _, _, meaning in rows],
    })  # fmt: skip
    options = [_NONE, *dict.fromkeys(word for name in found for word in words_of_field(name)), _NOTHING]
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=["Field", "Word in the file"],
        column_config={"Means": st.column_config.SelectboxColumn(options=options, required=True)},
        key=f"words {table.shape} {matching.rows}",
    )
    meanings: dict[str, dict[str, str]] = {}
    for (name, word, _), means in zip(rows, edited["Means"], strict=True):
        if means == _NOTHING or means in words_of_field(name):
            meanings.setdefault(name, {})[word] = NOTHING if means == _NOTHING else means
    return meanings


def _list_examples(table: SeenTable, column: str | None) -> str:
    if column is None:
        return ""
    values = list(dict.fromkeys(value for value in table.sample[column].to_pylist() if value))
    return ", ".join(_mask_value(value) for value in values[:_EXAMPLES])


def _mask_value(value: Any) -> str:
    """Return a value as text; what may be the id of a customer is masked."""
    text = str(value)
    return display.mask_customer(text) if _PHONE.fullmatch(text) or spellings_of(text) else text
