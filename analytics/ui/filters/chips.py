"""The chosen filters in words: as chips that remove them, and as suggestions if nothing passes them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from analytics.metrics.account import count_passing
from analytics.metrics.filters import CHOICES, Choice, Filter
from analytics.ui.data.view import View
from analytics.ui.filters.looked_at import choose_filters, clear_filters, is_chosen
from analytics.ui.filters.naming import how_to_say, say_values
from analytics.ui.filters.parameters import DAYS, PERIOD, TEST, filter_of
from analytics.words import display
from analytics.words.escape import for_markdown
from analytics.words.periods import ALL, CUSTOM, PERIODS
from analytics.words.times import days_in_words

_MOST_NAMED = 3
"""A chip names up to this many values and counts the others."""

_LOOK = """<style>
[class*=st-key-chips] {gap: .4rem}
[class*=st-key-chips] button {min-height: 0; padding: .1rem .65rem; border-radius: 1rem}
[class*=st-key-chips] button p {font-size: .85rem}
</style>"""


@dataclass(frozen=True)
class ChosenFilter:
    """A chosen filter: its `keys` in the address, its words on a chip and in a sentence, and its name.

    `without` are the fields of `Filter` with the values that let everything pass. A chip shows it only if `said`, that
    is, unless it is the default.
    """

    keys: tuple[str, ...]
    chip: str
    phrase: str = ""
    called: str = ""
    without: dict[str, Any] = field(default_factory=dict)
    said: bool = True


def list_chosen(view: View) -> list[ChosenFilter]:
    """Return the filters that narrow a view, in the order of a sentence."""
    test = ChosenFilter((TEST.key,), "Test events included") if st.session_state[TEST.key] else None
    found = [*map(_of_choice, CHOICES), test, _describe_period(view.filter)]
    return [one for one in found if one]


def draw_chips(view: View) -> None:
    """Draw a chip for each chosen filter; a click removes the filter. Nothing is drawn if nothing is chosen."""
    said = [one for one in list_chosen(view) if one.said]
    if not said:
        return
    with chip_row("chips"):
        for one in said:
            draw_chip(one.chip, f"let go of {one.keys[0]}", clear_filters, *one.keys)
        if len(said) > 1:
            st.button("Clear all", key="let go of all", type="tertiary", on_click=clear_filters)


@contextmanager
def chip_row(key: str) -> Iterator[None]:
    """Lay out the chips that are drawn in this context; the key must begin with `chips`."""
    st.html(_LOOK)
    with st.container(horizontal=True, key=key):
        yield


def draw_chip(label: str, key: str, remove: Callable[..., None], *arguments: str) -> None:
    """Draw a chip that calls `remove` when it is clicked."""
    looks: Any = {"icon": ":material/close:", "icon_position": "right", "help": "Remove this filter"}
    st.button(label, key=key, on_click=remove, args=arguments, **looks)


def draw_nothing_found(view: View) -> None:
    """Say that nothing passes, and which filter to leave out to see most."""
    narrowing = [one for one in list_chosen(view) if one.without]
    st.markdown(f"There are no events {' '.join(one.phrase for one in narrowing)}.")
    counts = [_count_without(view, one) for one in narrowing]
    if not any(counts):
        st.markdown("Removing one filter is not enough.")
        st.button("Clear all filters", type="primary", on_click=_show_everything)
        return
    widest = narrowing[counts.index(max(counts))]
    st.markdown(f"Without {widest.called} there are **{display.with_noun(max(counts), 'event')}**.")
    st.button(f"Remove the filter on {widest.called}", type="primary", on_click=_leave_out, args=(widest,))


def _count_without(view: View, one: ChosenFilter) -> int:
    return view.through(replace(view.filter, **one.without)).ask(count_passing)


def _leave_out(one: ChosenFilter) -> None:
    clear_filters(*one.keys)
    if PERIOD.key in one.keys:
        choose_filters(period=ALL)  # the default may be as narrow


def _show_everything() -> None:
    clear_filters()
    choose_filters(period=ALL)


def _describe_period(current: Filter) -> ChosenFilter | None:
    first, last = current.first_day, current.last_day
    if not first and not last:
        return None
    period = st.session_state[PERIOD.key]
    name, days = PERIODS[period], days_in_words(first, last)
    phrase = "in this period" if period == CUSTOM else name.lower()
    phrase = f"in the {phrase}" if phrase.endswith("days") else phrase
    without = {"first_day": None, "last_day": None}
    chip = days if period == CUSTOM else name
    return ChosenFilter((PERIOD.key, DAYS.key), chip, phrase, "the period", without, said=is_chosen(PERIOD.key))


def _of_choice(choice: Choice) -> ChosenFilter | None:
    """Return a chosen filter of named values; None if none is chosen."""
    codes = st.session_state[choice.key]
    if not codes:
        return None
    others = {other.key: st.session_state[other.key] for other in CHOICES if other is not choice}
    without = {choice.field: getattr(filter_of(others), choice.field)}
    if choice.said:
        words = say_values(choice, choice.values(codes))
        return ChosenFilter((choice.key,), words, choice.phrase.format(words), choice.called, without)
    names = [for_markdown(how_to_say(choice)(code)) for code in codes]
    more = len(names) - _MOST_NAMED
    listed = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return ChosenFilter(
        (choice.key,), f"{choice.label}: {listed}", choice.phrase.format(_join_with_or(names)), choice.called, without
    )


def _join_with_or(names: Sequence[str]) -> str:
    few = [*names[:_MOST_NAMED], *(["others"] if len(names) > _MOST_NAMED else [])]
    return few[0] if len(few) == 1 else f"{', '.join(few[:-1])} or {few[-1]}"
