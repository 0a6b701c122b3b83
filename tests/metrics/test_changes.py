"""What changed most is what chance explains least."""

import pytest

from analytics.metrics import changes
from analytics.metrics.changes import Change, deviations_of_counts, deviations_of_shares
from analytics.metrics.comparison import selection_to_compare
from analytics.ui.overview.changes import describe_change
from tests.events_of import handoff, received, selection_of, sent


def test_counts_of_both_periods_stand_beside_each_other_the_most_unlikely_first():
    events = [received("2026-01-01 06:00", f"before {n}", country="KE") for n in range(9)]
    events += [received("2026-01-02 06:00", f"now {n}", country="KE") for n in range(36)]
    events += [received(f"2026-01-0{day} 07:00", f"uganda {day} {n}", country="UG") for day in (1, 2) for n in range(9)]
    events += [sent("2026-01-01 08:00", f"sent {n}", template="welcome", agent="amina") for n in range(16)]
    events += [handoff(f"2026-01-02 09:{n:02}", reason="payment_issue") for n in range(12)]
    selection = selection_of(*events, first_day="2026-01-02", last_day="2026-01-02")
    found = changes.find_biggest_changes(selection, selection_to_compare(selection, "previous"))
    assert found[:2] == [Change("country", "KE", 36, 9), Change("agent", "amina", 0, 16)]
    assert {change.name for change in found[2:]} == {"welcome", "payment_issue"}
    assert found[0].deviations == pytest.approx(27 / 45**0.5)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change("country", "KE", 1_204, 872), "**Kenya**: 1,204 messages received, +38 % (872 before)"),
        (Change("agent", "amina", 1, 16), "**amina**: 1 message sent, −94 % (16 before)"),
        (Change("reason", "payment_issue", 12, 0), "**Payment issue**: 12 handoffs, none before"),
    ],
)
def test_a_change_is_said_with_both_of_its_counts(change, said):
    assert describe_change(change) == said


@pytest.mark.parametrize(
    ("now", "of", "before", "of_before", "deviations"),
    [
        (0.6, 100, 0.5, 100, 0.1 / (0.55 * 0.45 * 2 / 100) ** 0.5),
        (0.5, 400, 0.6, 100, -0.1 / (0.52 * 0.48 * (1 / 400 + 1 / 100)) ** 0.5),
        (1.0, 50, 1.0, 50, 0.0),
        (1.0, 50, 0.0, 0, 0.0),
    ],
)
def test_shares_differ_by_their_pooled_spread(now, of, before, of_before, deviations):
    assert deviations_of_shares(now, of, before, of_before) == pytest.approx(deviations)


def test_nothing_beside_nothing_is_no_change():
    assert deviations_of_counts(0, 0) == 0
