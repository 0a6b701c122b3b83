"""What is chosen: each filter in words, as a chip that lets go of it, and as what may be too narrow."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import streamlit as st

from analytics.facts.calendar import WEEKDAYS
from analytics.metrics.filters import Filter
from analytics.metrics.selection import Selection
from analytics.ui.data.preferences import agent_name
from analytics.ui.data.view import View
from analytics.ui.filters.looked_at import LABELS, MODES, is_chosen, let_go, narrow
from analytics.ui.filters.widgets import agents_of
from analytics.words import display
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.periods import ALL, CUSTOM

_NAMED = 3
"""A chip names so many values, and counts the others."""

_LOOK = """<style>
[class*=st-key-chips] {gap: .4rem}
[class*=st-key-chips] button {min-height: 0; padding: .1rem .65rem; border-radius: 1rem}
[class*=st-key-chips] button p {font-size: .85rem}
</style>"""


@dataclass(frozen=True)
class Chosen:
    """A filter that is chosen: its `keys` in the address, how a chip and how a sentence says it, what it is called.

    `without` are the fields of `Filter` that let everything pass; it is `said` on a chip unless it is the default.
    """

    keys: tuple[str, ...]
    chip: str
    phrase: str = ""
    called: str = ""
    without: dict[str, Any] = field(default_factory=dict)
    said: bool = True


def chosen(view: View) -> list[Chosen]:
    """Return the filters that narrow a view, in the order of a sentence."""
    found = [*_names(), *_times(), _period(view.filter)]
    return [one for one in found if one]


def chips(view: View) -> None:
    """Draw a chip for each chosen filter, which lets go of it; nothing where nothing is chosen."""
    said = [one for one in chosen(view) if one.said]
    if not said:
        return
    with chip_row("chips"):
        for one in said:
            chip(one.chip, f"let go of {one.keys[0]}", let_go, *one.keys)
        if len(said) > 1:
            st.button("Clear all", key="let go of all", type="tertiary", on_click=let_go)


@contextmanager
def chip_row(key: str) -> Iterator[None]:
    """Lay out chips that are drawn within; the key begins with `chips`."""
    st.html(_LOOK)
    with st.container(horizontal=True, key=key):
        yield


def chip(label: str, key: str, remove: Callable[..., None], *arguments: str) -> None:
    """Draw a chip that, clicked, calls `remove`."""
    looks: Any = {"icon": ":material/close:", "icon_position": "right", "help": "Remove this filter"}
    st.button(label, key=key, on_click=remove, args=arguments, **looks)


def nothing_found(view: View) -> None:
    """Say that nothing passes, and which filter to leave out to see most."""
    narrowing = [one for one in chosen(view) if one.without]
    st.markdown(f"No events {' '.join(one.phrase for one in narrowing)}.")
    counts = [_count_without(view, one) for one in narrowing]
    if not any(counts):
        st.markdown("Leaving out one of them is not enough.")
        st.button("Clear all filters", type="primary", on_click=_show_everything)
        return
    widest = narrowing[counts.index(max(counts))]
    st.markdown(f"Without {widest.called}: **{display.count(max(counts))}**.")
    st.button(f"Leave out {widest.called}", type="primary", on_click=_leave_out, args=(widest,))


def _count_without(view: View, one: Chosen) -> int:
    wider = Selection(view.dataset.facts, replace(view.filter, **one.without), view.selection.as_of)
    return int(wider.events.sum())


def _leave_out(one: Chosen) -> None:
    let_go(*one.keys)
    if "period" in one.keys:
        narrow(period=ALL)  # the default may be as narrow


def _show_everything() -> None:
    let_go()
    narrow(period=ALL)


def _period(current: Filter) -> Chosen | None:
    first, last = current.first_day, current.last_day
    if not first and not last:
        return None
    name = str(st.session_state["period"])
    days = days_in_words(first, last)
    phrase = "in this period" if name == CUSTOM else name.lower()
    phrase = f"in the {phrase}" if phrase.endswith("days") else phrase
    without = {"first_day": None, "last_day": None}
    chip = days if name == CUSTOM else name
    return Chosen(("period", "days"), chip, phrase, "the period", without, said=is_chosen("period"))


def _names() -> Iterable[Chosen | None]:
    teams, agents = st.session_state["team"], st.session_state["agent"]
    yield _listed("country", "the country", country_name, "from {}", countries=())
    yield _listed("team", "the team", str, "of the team {}", agents=agents_of([], agents))
    yield _listed("agent", "the agent", agent_name, "with {}", agents=agents_of(teams, []))
    yield _listed("handled", "“handled by”", MODES.__getitem__, "handled by {}", modes=())


def _times() -> Iterable[Chosen | None]:
    days = [WEEKDAYS.index(name) for name in st.session_state["weekday"]]
    if days:
        words = weekdays_in_words(days)
        yield Chosen(("weekday",), words, f"on {words}", "the weekday", {"weekdays": ()})
    hours = [int(hour) for hour in st.session_state["hour"]]
    if hours:
        words = hours_in_words(hours)
        yield Chosen(("hour",), words, f"at {words}", "the hours", {"hours": ()})
    yield _listed("template", "the template", str, "of the template {}", templates=())
    if st.session_state["test"]:
        yield Chosen(("test",), "With test events")


def _listed(key: str, called: str, shown: Callable[[str], str], phrase: str, **without: Any) -> Chosen | None:
    """Return a filter that names values, None where it names none."""
    names = [for_markdown(shown(value)) for value in st.session_state[key]]
    if not names:
        return None
    more = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return Chosen((key,), f"{LABELS[key]}: {listed}", phrase.format(_either(names)), called, without)


def _either(names: Sequence[str]) -> str:
    few = [*names[:_NAMED], *(["others"] if len(names) > _NAMED else [])]
    return few[0] if len(few) == 1 else f"{', '.join(few[:-1])} or {few[-1]}"


def days_in_words(first: date | None, last: date | None) -> str:
    """Return days as people write them: `Tue 3 Mar 2026`, `3–5 Mar 2026`, `28 Feb – 3 Mar 2026`."""
    if not first or not last:
        return f"from {first:%-d %b %Y}" if first else f"up to {last:%-d %b %Y}" if last else ""
    if first == last:
        return f"{first:%a %-d %b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last:%-d %b %Y}"
    if first.year == last.year:
        return f"{first:%-d %b} – {last:%-d %b %Y}"
    return f"{first:%-d %b %Y} – {last:%-d %b %Y}"


def weekdays_in_words(days: Iterable[int]) -> str:
    """Return weekdays (Monday is 0) as people say them: `Mondays`, `Mondays and Fridays`, `Mondays to Fridays`."""
    names = []
    for first, last in _runs(days, 7):
        if (last - first) % 7 > 1:
            names.append(f"{WEEKDAYS[first]}s to {WEEKDAYS[last]}s")
        else:
            names += [f"{WEEKDAYS[day]}s" for day in dict.fromkeys((first, last))]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def hours_in_words(hours: Iterable[int]) -> str:
    """Return hours of the day as times: `09:00–11:59`, `22:00–01:59`, `09:00–09:59, 14:00–14:59`."""
    return ", ".join(f"{first:02}:00–{last:02}:59" for first, last in _runs(hours, 24))


def _runs(numbers: Iterable[int], around: int) -> list[tuple[int, int]]:
    """Return the first and last of each run of numbers below `around`, after the last of which comes 0 again."""
    known = set(numbers)
    if len(known) == around:
        return [(0, around - 1)]
    firsts = sorted(number for number in known if (number - 1) % around not in known)
    lasts = []
    for first in firsts:
        last = first
        while (last + 1) % around in known:
            last = (last + 1) % around
        lasts.append(last)
    return list(zip(firsts, lasts, strict=True))
