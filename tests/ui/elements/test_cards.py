"""Cards: a change is coloured only where it is of enough cases, and more than chance explains."""

import pytest

from analytics.ui.elements.cards import is_clear_change
from analytics.words.card import OVERVIEW

CARDS = {card.key: card for card in OVERVIEW}


@pytest.mark.parametrize(
    ("key", "now", "before", "clear"),
    [
        ("conversations", (150, None), (100, None), True),
        ("conversations", (110, None), (100, None), False),
        ("in_target", (0.8, 1_000), (0.7, 1_000), True),
        ("in_target", (0.8, 1_000), (0.78, 1_000), False),
        ("in_target", (1.0, 19), (0.1, 1_000), False),
        ("in_target", (None, 0), (0.7, 1_000), False),
        ("in_target", (0.8, 1_000), (None, None), False),
        ("median", (60.0, 20), (90.0, 20), True),
        ("median", (60.0, 20), (90.0, 19), False),
    ],
)
def test_a_change_within_chance_or_of_few_cases_is_not_clear(key, now, before, clear):
    assert is_clear_change(CARDS[key], now, before) == clear
