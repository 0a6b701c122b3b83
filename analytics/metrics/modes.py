"""Self-serve and assisted: events by service mode, and the outcome of each conversation."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.facts.conversations import OPEN, RESOLVED_END
from analytics.facts.names import counts_by_event_name
from analytics.facts.stated import AGENT, MODES
from analytics.facts.timeline import Ints, Mask
from analytics.metrics.account import Account, Sentences, state_count
from analytics.metrics.metric import Metric, Reading, Result, divide
from analytics.metrics.question import conclude_from
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.stayed_solved import conclude_stayed_solved, tally_stayed_solved
from analytics.metrics.tally import Tally, count_by

OUTCOMES = (
    "needed_agent", "solved_by_bot", "closed_unanswered", "gave_up", "ended_quietly", "ongoing", "afterwords",
)  # fmt: skip
NEEDED_AGENT, SOLVED_BY_BOT, CLOSED_UNANSWERED, GAVE_UP, ENDED_QUIETLY, ONGOING, AFTERWORDS = range(7)
NO_OUTCOME = -1

_DECIDED = (NEEDED_AGENT, SOLVED_BY_BOT, CLOSED_UNANSWERED, GAVE_UP, ENDED_QUIETLY)


def tally_service_modes(selection: Selection) -> Tally:
    """Return events by mode and kind, conversations by outcome, and how many stayed solved."""
    chosen = find_outcomes(selection)[selection.conversations]
    counts = np.bincount(chosen[chosen != NO_OUTCOME], minlength=len(OUTCOMES))
    return {
        "events": count_by(selection.event_counts, selection.facts, "mode", "kind"),
        "outcomes": pd.Series(counts, pd.Index(OUTCOMES, name="outcome")),
        "stayed_solved": tally_stayed_solved(selection),
    }


def conclude_service_modes(tally: Tally, scope: Scope) -> Result:
    """Return events by mode and kind, conversations by outcome, and the share that stayed solved."""
    counts = tally["events"].reset_index()
    by_mode = {mode: counts_by_event_name(counts[counts["mode"] == code]) for code, mode in enumerate(MODES)}
    outcomes = {name: int(tally["outcomes"][name]) for name in OUTCOMES}
    finished = divide(outcomes["solved_by_bot"] + outcomes["ended_quietly"], count_decided(outcomes))
    return {
        **by_mode,
        "outcomes": {**outcomes, "finished_without_agent": finished},
        "stayed_solved": conclude_stayed_solved(tally["stayed_solved"], scope),
    }


def count_decided(outcomes: Mapping[str, int]) -> int:
    """Return how many conversations were finished with or without an agent: all but ongoing ones and afterwords."""
    return sum(count for name, count in outcomes.items() if name in {OUTCOMES[code] for code in _DECIDED})


def find_outcomes(selection: Selection) -> Ints:
    """Return the outcome of every conversation (int8, an index of `OUTCOMES`).

    It is NO_OUTCOME if the customer never wrote.
    """
    rows = selection.facts.conversations
    table = rows.cells.table
    resolved, answered = table["ending"] == RESOLVED_END, table["answered"] == 1
    finished = np.select(
        [
            table["afterword"] == 1,
            table["needed_agent"] == 1,
            resolved & answered,
            resolved,
            table["customer_spoke_last"] == 1,
        ],
        [AFTERWORDS, NEEDED_AGENT, SOLVED_BY_BOT, CLOSED_UNANSWERED, GAVE_UP],
        ENDED_QUIETLY,
    )
    known = np.where(table["customer_wrote"] == 1, finished, NO_OUTCOME).astype(np.int8)
    outcome = known[rows.cells.code]
    outcome[mark_open_now(selection) & np.isin(outcome, (GAVE_UP, ENDED_QUIETLY))] = ONGOING
    return outcome


def mark_open_now(selection: Selection) -> Mask:
    """Return which of all conversations are neither resolved nor silent as of now."""
    rows, rules = selection.facts.conversations, selection.facts.rules
    unfinished = (rows.cells.table["ending"] == OPEN).to_numpy()[rows.cells.code]
    patient = (rows.cells.table["patient"] == 1).to_numpy()[rows.cells.code]
    limits = (rules.silence, max(rules.silence, rules.never_answered))
    short, long = (limit // timedelta(microseconds=1) for limit in limits)
    silent_for = selection.as_of - selection.facts.events.time[rows.last]
    still_open: Mask = unfinished & (silent_for < np.where(patient, long, short))
    return still_open


def _read_assisted_share(result: Result) -> Reading:
    by_agent = sum(result[MODES[AGENT]].values())
    total = by_agent + sum(result["bot"].values())
    return Reading(divide(by_agent, total), by_agent, total)


def _read_finished_share(result: Result) -> Reading:
    counts = result["outcomes"]
    finished = counts["solved_by_bot"] + counts["ended_quietly"]
    return Reading(counts["finished_without_agent"], finished, count_decided(counts))


def _tally_conversations(selection: Selection) -> Tally:
    found = find_outcomes(selection)[selection.conversations]
    return {
        "events": int(selection.events.sum()),
        "counted": int(np.isin(found, _DECIDED).sum()),
        "without": int((found == NO_OUTCOME).sum()),
        "ongoing": int((found == ONGOING).sum()),
        "afterwords": int((found == AFTERWORDS).sum()),
    }


@conclude_from(_tally_conversations)
def _explain_gap(tally: Tally, _: Scope) -> Sentences:
    """Return what each of the two readings counts: they count different things."""
    events, counted = tally["events"], tally["counted"]
    raw = f"The raw event count says who handled each of {events:,} events."
    ended = "conversation" if counted == 1 else "conversations"
    return [f"{raw} Per message says how {counted:,} {ended} ended."]


@conclude_from(_tally_conversations)
def _explain_left_out(tally: Tally, _: Scope) -> Sentences:
    return [
        *state_count(
            tally["ongoing"],
            "conversation is ongoing, and is not counted yet",
            "conversations are ongoing, and are not counted yet",
        ),
        *state_count(
            tally["afterwords"],
            "conversation is only a message after closing, such as a “thanks”, and is not counted",
            "conversations are only messages after closing, such as a “thanks”, and are not counted",
        ),
        *state_count(
            tally["without"],
            "conversation has no message from the customer, and is not counted",
            "conversations have no message from the customer, and are not counted",
        ),
    ]


def _mark_in_conversations(selection: Selection) -> Mask:
    """Return which events belong to conversations that are counted."""
    counting = selection.conversations & np.isin(find_outcomes(selection), _DECIDED)
    return np.append(counting, False)[selection.facts.events.conversation]


SERVICE_MODES = Metric(
    key="service_modes",
    label="Self-serve vs assisted",
    definition="What the bot handles alone and what needs a person: the share of events handled by agents, "
    "beside the share of conversations finished without one, and of those solved for good.",
    formula="Events grouped by serviceMode (bot/agent)",
    per_message="Conversations finished without an agent ÷ all except ongoing ones and messages after closing",
    unit="share",
    better="neither",
    tally=tally_service_modes,
    conclude=conclude_service_modes,
    guide=_read_assisted_share,
    ledger=_read_finished_share,
    account=Account(_explain_gap, _explain_left_out, lambda selection: selection.events, _mark_in_conversations),
)
