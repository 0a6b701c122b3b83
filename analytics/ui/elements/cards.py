"""Cards: single numbers, each with its change and, if it has one, a line by hour, day, week or month."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics.metrics import trends
from analytics.metrics.breakdowns import count_waiting_in_window
from analytics.metrics.changes import UNLIKELY, deviations_of_counts, deviations_of_shares
from analytics.metrics.intervals import Interval
from analytics.metrics.metric import Reading, Result
from analytics.metrics.modes import count_decided
from analytics.metrics.response_time import count_waiting, numbers_of, share_in_target
from analytics.metrics.waiting import count_running, count_waits_for_person
from analytics.ui.data.view import View
from analytics.ui.elements import explanation
from analytics.ui.elements.explanation import Number
from analytics.ui.elements.trend_charts import mark_whole
from analytics.words import display, headlines, wait_kinds
from analytics.words.card import OUTCOMES, OVERVIEW, WAITING, WAITS, Card
from analytics.words.headlines import FEW_CASES
from analytics.words.sparkline import draw_sparkline
from analytics.words.wait_kinds import Wait

Results = Mapping[str, Result]
CardNumber = tuple[float | None, int | None]
"""The number of a card, and the number of cases if it is a share or a median."""
Numbers = Mapping[str, CardNumber]
"""The numbers of cards, by key."""
_NOTHING: CardNumber = (None, None)
_SHOW = {"count": display.count, "share": display.share, "seconds": display.duration}
_LEAST_OF_LINE = 2
"""A line needs at least this many intervals."""


@dataclass(frozen=True)
class FilledCard:
    """A card with its number in words, its change (None without one), and the numbers of its line.

    These are by `by`, of whole intervals. `of` is the number of cases behind a share or a median. `is_clear` says that
    the change is of enough cases and more than chance explains.
    """

    card: Card
    shown: str
    change: str | None
    line: pd.Series | None = None
    of: int | None = None
    by: Interval = "day"
    is_clear: bool = False

    @property
    def picture(self) -> str:
        """The line as HTML; empty without one."""
        if self.line is None or self.line.count() < _LEAST_OF_LINE:
            return ""
        lowest, highest = map(_SHOW[self.card.unit], (self.line.min(), self.line.max()))
        return draw_sparkline(self.line.dropna(), f"A line by {self.by}, from {lowest} to {highest}")

    @property
    def cases(self) -> str:
        """The number of cases in words; empty for a count."""
        return "" if self.of is None else headlines.say_cases(self.of)


@contextmanager
def lay_out_row(columns: int, key: str) -> Iterator[None]:
    """Lay out what is drawn in this context in equal columns; on a phone in two."""
    least = f"max(8.5rem, {100 // (columns + 1) + 1}%)"
    st.html(
        f"<style>.st-key-{key} {{display: grid; grid-template-columns: repeat(auto-fit, minmax({least}, 1fr))}}"
        "@media (max-width: 640px) {[data-testid=stMetricLabel] p {white-space: normal !important}"
        "[data-testid=stMetricValue] {font-size: 1.5rem}}</style>"
    )
    with st.container(horizontal=True, key=key):
        yield


def draw_overview(view: View) -> None:
    """Draw the six cards of the overview, and how many of those who wait can get a free-form reply."""
    _draw(view.remember(fill_overview, view.interval), "cards-with-lines")
    draw_waiting(view, usual_wait(view))


def count_waiting_now(view: View) -> tuple[Wait, int]:
    """Return the kind of wait that is shown as "now", and how many customers are in it, whenever it began."""
    wait = usual_wait(view)
    return wait, view.ask(count_running, wait.kind)


def usual_wait(view: View) -> Wait:
    """Return the wait for a person if the data hold any, whatever the filter; otherwise the wait for any reply."""
    return wait_kinds.PERSON if view.ask(count_waits_for_person) else wait_kinds.REPLY


def fill_overview(view: View, by: Interval) -> list[FilledCard]:
    """Return the six cards of the overview; waits are those for a person if there are any."""
    wait, (now_wait, number) = wait_kinds.leading_wait(view.numbers), count_waiting_now(view)
    responses = view.ask(trends.measure_responses, wait.kind, by)
    conversations = view.ask(trends.count_conversations, by)
    finished = conversations["solved_by_bot"] + conversations["ended_quietly"]
    of_outcomes = conversations.drop(columns=["ongoing", "afterwords"])
    lines = {
        "waiting_now": view.ask(trends.count_waiting, now_wait.kind, by),
        "in_target": responses["in_target"],
        "median": responses["median"],
        "conversations": conversations.sum(axis=1),
        "finished": finished / of_outcomes.sum(axis=1),
        "not_delivered": 1 - view.ask(trends.measure_rates, by)["delivered"],
    }
    whole = {key: line[mark_whole(line.index, view.reach)] for key, line in lines.items()}
    now, before = _read_both(
        view,
        lambda numbers, ask: {
            "waiting_now": (number, None),
            **_numbers_of_waits(wait.of(numbers), ask(share_in_target, wait.kind)),
            **_numbers_of_outcomes(numbers),
            **_numbers_of_delivery(numbers),
        },
    )
    cards = [card.about(view.rules, view.target, now_wait if card is WAITING else wait) for card in OVERVIEW]
    if not view.is_settled:
        before = {key: number for key, number in before.items() if key != "not_delivered"}
    return [replace(card, by=by) for card in _fill(cards, now, before, whole)]


def draw_waits(view: View, wait: Wait) -> None:
    """Draw the cards of a kind of wait, and how many of those who still wait can get a free-form reply."""
    now, before = _read_both(
        view, lambda _, ask: _numbers_of_waits(ask(numbers_of, wait.kind), ask(share_in_target, wait.kind))
    )
    _draw(_fill([card.about(view.rules, view.target, wait) for card in WAITS], now, before))
    _say_who_waits(view.ask(count_waiting, wait.kind), view.ask(count_waiting_in_window, wait.kind))


def draw_waiting(view: View, wait: Wait) -> None:
    """Say how many of those who wait now, whenever the wait began, can get a free-form reply."""
    _say_who_waits(view.ask_now(count_waiting, wait.kind), view.ask_now(count_waiting_in_window, wait.kind))


def _say_who_waits(number: int, in_window: int) -> None:
    if number:
        st.caption(headlines.waiting(number, in_window))


def draw_outcomes(view: View) -> None:
    """Draw the cards about how conversations ended."""
    now, before = _read_both(view, lambda numbers, _: _numbers_of_outcomes(numbers))
    _draw(_fill([card.about(view.rules, view.target) for card in OUTCOMES], now, before))


def _numbers_of_waits(found: Result, reached: Reading) -> Numbers:
    answered = found["answered"]
    return {
        "waiting": (found["waiting"], None),
        "in_target": (reached.value, reached.denominator),
        "median": (found["median_seconds"], answered),
        "p90": (found["p90_seconds"], answered),
        "answered": (answered, None),
        "never_answered": (found["never_answered"], None),
        "closed": (found["closed_without_reply"], None),
    }


def _numbers_of_outcomes(numbers: Results) -> Numbers:
    found, stayed = dict(numbers["service_modes"]["outcomes"]), numbers["service_modes"]["stayed_solved"]
    finished = found.pop("finished_without_agent")
    counts: Numbers = {name: (count, None) for name, count in found.items()}
    return {
        **counts,
        "finished": (finished, count_decided(found)),
        "conversations": (sum(found.values()), None),
        "stayed_solved": (stayed["value"], stayed["stayed"] + stayed["came_back"]),
    }


def _numbers_of_delivery(numbers: Results) -> Numbers:
    delivered = numbers["delivery_rate"]["ledger"]
    lost = None if delivered["value"] is None else 1 - delivered["value"]
    return {"not_delivered": (lost, delivered["denominator"])}


def _read_both(view: View, read: Callable[[Results, Callable[..., Any]], Numbers]) -> tuple[Numbers, Numbers]:
    """Return the numbers of the view and of the compared period; the latter are empty without one."""
    before = read(view.previous_numbers, view.ask_before) if view.previous_numbers else {}
    return read(view.numbers, view.ask), before


def _fill(
    cards: Sequence[Card], now: Numbers, before: Numbers, lines: Mapping[str, pd.Series] | None = None
) -> list[FilledCard]:
    return [
        FilledCard(
            card,
            _SHOW[card.unit](number),
            _describe_change(card, number, before.get(card.key, _NOTHING)[0]),
            (lines or {}).get(card.key),
            of,
            is_clear=is_clear_change(card, now[card.key], before.get(card.key, _NOTHING)),
        )
        for card in cards
        for number, of in [now[card.key]]
    ]


def is_clear_change(card: Card, now: CardNumber, before: CardNumber) -> bool:
    """Return whether a change is of enough cases, and more than chance explains; of a median, the former alone."""
    number, of = now
    earlier, of_earlier = before
    if number is None or earlier is None:
        return False
    if card.unit == "count":
        return abs(deviations_of_counts(number, earlier)) >= UNLIKELY
    if min(of or 0, of_earlier or 0) < FEW_CASES:
        return False
    return card.unit == "seconds" or abs(deviations_of_shares(number, of or 0, earlier, of_earlier or 0)) >= UNLIKELY


def _draw(cards: Sequence[FilledCard], key: str = "cards") -> None:
    with lay_out_row(3, key):
        for filled in cards:
            card = filled.card
            with st.container(key=f"card {card.key}", height="stretch", border=True):
                st.metric(
                    card.label,
                    filled.shown,
                    filled.change,
                    **_look_of_change(filled),
                    delta_description=filled.cases if filled.change else None,
                )
                if filled.cases and not filled.change:
                    st.caption(filled.cases)
                if filled.picture:
                    st.html(filled.picture)
                explanation.draw_question(Number.of_card(card.key, card.label, filled.shown, card.explained, card.wait))


def _look_of_change(filled: FilledCard) -> dict[str, Any]:
    """Return the colour and the arrow of a change in words; Streamlit does not know the real minus sign."""
    card, change = filled.card, filled.change
    if change is None or change == display.UNCHANGED:
        return {"delta_color": "off", "delta_arrow": "off"}
    falls = change.startswith(display.MINUS)
    good = "green" if falls == (card.better == "lower") else "red"
    shown = filled.is_clear and card.better != "neither"
    return {"delta_color": good if shown else "off", "delta_arrow": "down" if falls else "up"}


def _describe_change(card: Card, now: float | None, before: float | None) -> str | None:
    if now is None or before is None or not card.is_compared:
        return None
    return display.difference(card.unit, now, before)
