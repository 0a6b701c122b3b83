"""What an upgrade made of stored events is said in words."""

from datetime import UTC, datetime

import pytest

from analytics.store.judged_again import JudgedAgain
from analytics.store.rejected import RetryResult
from analytics.ui.elements.upgrade_changes import say_judged_again

NONE = RetryResult(0, 0, 0)


@pytest.mark.parametrize(
    ("known_now", "rejected", "said"),
    [
        (
            RetryResult(20, 2, 0),
            NONE,
            ["22 stored events have names that are part of the reports now: 20 count, 2 duplicates, 0 cannot be used."],
        ),
        (
            RetryResult(1, 0, 0),
            RetryResult(3, 0, 4),
            ["1 stored event has a name that is part of the reports now: 1 count, 0 duplicates, 0 cannot be used.",
             "7 events could not be used before: 3 are stored now, 0 were already known, 4 still cannot be used."],
        ),
        (NONE, RetryResult(0, 0, 4), []),
    ],
)  # fmt: skip
def test_both_kinds_are_said_where_any_changed(known_now, rejected, said):
    assert say_judged_again(JudgedAgain(datetime.now(UTC), known_now, rejected)) == said
