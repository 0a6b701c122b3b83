"""The arrays agree with plain loops over each chat's events, rule by rule and number by number."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.events.frame import EVENT_NAMES
from analytics.events.timestamps import to_microseconds
from analytics.facts.facts import build_facts
from analytics.facts.rules import Rules
from analytics.facts.stated import MODES
from analytics.facts.timeline import NONE
from analytics.facts.waits import ANSWERED
from analytics.metrics.filters import Filter
from analytics.metrics.modes import NO_OUTCOME, OUTCOMES, find_outcomes, mark_open_now
from analytics.metrics.report import report
from analytics.metrics.selection import Selection
from analytics.metrics.stayed_solved import BECAME, NOT_SOLVED, find_what_became
from tests.events_of import frame_of
from tests.metrics import reference
from tests.metrics.traffic import filters, traffic

SECOND = timedelta(seconds=1)
LATER = st.sampled_from([timedelta(), 30 * SECOND, timedelta(minutes=10), timedelta(hours=5), timedelta(days=2)])
KINDS = ("customer", "human", "every_message", "assignment")
STATES = ("answered", "closed", "waiting", "never", "afterword")
RULES = st.sampled_from(
    [
        {},
        {},
        {"start_mode": "bot"},
        {"start_mode": "agent"},
        {"silence": timedelta(hours=2), "reply_window": timedelta(minutes=15), "stay": timedelta(days=1)},
        {"silence": timedelta(hours=30), "never_answered": timedelta(hours=25)},
        {"never_answered": timedelta(hours=1)},
        {"assignments_route": True, "include_test": True},
        {"bots": ("brian",)},
    ]
)


@settings(max_examples=60)
@given(traffic(), RULES, st.lists(st.tuples(filters, LATER), min_size=2, max_size=3))
def test_all_facts_and_numbers_are_those_of_the_reference(events, rules, views):
    story = reference.told(events, **rules)
    facts = build_facts(frame_of(events), Rules(**rules))

    assert attribution(facts) == {e.place: (e.kind, e.mode, e.agent, e.country, e.first_of_user) for e in story.events}
    assert same_parts(chats(facts)) == same_parts({e.place: e.chat for e in story.events})
    assert conversation_of(facts) == {e.place: e.conversation and e.conversation.first.place for e in story.events}
    assert facts.start_mode == story.start_mode
    assert waits(facts) == Counter(
        (
            w.kind,
            w.begin.place,
            w.end and w.end.place,
            w.duration,
            w.mode,
            w.agent,
            w.begin.country,
            w.had_last_word,
        )
        for w in story.waits
    )
    assert ledger(facts) == {
        e.place: (
            e.delivered,
            e.read,
            e.failed,
            e.failure.said.get("errorCode") if e.failed else None,
            e.replied,
            e.agent,
            e.mode,
            e.country,
        )
        for e in story.events
        if e.kind == "message.sent"
    }
    assert handoffs(facts) == {
        e.place for e in story.events if e.kind == "agent.handoff" and e.said["toMode"] == "agent"
    }
    for chosen, later in views:
        now = story.now and story.now + later
        as_of = now and to_microseconds(now)
        selection = Selection(facts, Filter(), as_of)
        assert wait_states(selection) == Counter(
            (w.kind, w.begin.place, w.end and w.end.place, w.state_at(now, story.never)) for w in story.waits
        )
        assert conversations(selection) == {
            c.first.place: (
                c.last.place,
                c.first.country,
                c.agents,
                c.needed_agent,
                c.handoffs[0].place if c.handoffs else None,
                c.handoffs[-1].place if c.handoffs else None,
                c.outcome(now, story.silence, story.never),
                c.is_open(now, story.silence, story.never),
                c.stay(now, story.stay) if c.may_stay_solved() else None,
            )
            for c in story.conversations
        }
        found = report(facts, chosen, as_of=as_of)["metrics"]
        assert found == close(reference.metrics(story, chosen, now))


def attribution(facts):
    cells = facts.events.cells
    return {
        row: (
            EVENT_NAMES[cell.kind],
            MODES[cell.mode],
            name(facts.agents, cell.agent),
            name(facts.countries, cell.country),
            cell.first == 1,
        )
        for row, cell in zip(facts.events.row.tolist(), rows(cells), strict=True)
    }


def chats(facts):
    return dict(zip(facts.events.row.tolist(), facts.events.chat.tolist(), strict=True))


def same_parts(labels):
    parts = {}
    for place, label in labels.items():
        parts.setdefault(label, set()).add(place)
    return sorted(parts.values(), key=min)


def conversation_of(facts):
    starts = facts.events.row[facts.conversations.first].tolist()
    return {
        row: None if number == NONE else starts[number]
        for row, number in zip(facts.events.row.tolist(), facts.events.conversation.tolist(), strict=True)
    }


def waits(facts):
    found, row, table = Counter(), facts.events.row.tolist(), facts.waits
    for begin, end, duration, wait in zip(
        table.begin.tolist(), table.end.tolist(), table.duration.tolist(), rows(table.cells), strict=True
    ):
        found[
            KINDS[wait.kind],
            row[begin],
            None if end == NONE else row[end],
            timedelta(microseconds=duration) if wait.state == ANSWERED else None,
            MODES[wait.mode],
            name(facts.agents, wait.agent),
            name(facts.countries, wait.country),
            wait.answered_before == 1,
        ] += 1
    return found


def wait_states(selection):
    facts = selection.facts
    row, table = facts.events.row.tolist(), facts.waits
    return Counter(
        (KINDS[wait.kind], row[begin], None if end == NONE else row[end], STATES[state])
        for begin, end, state, wait in zip(
            table.begin.tolist(),
            table.end.tolist(),
            selection.wait_states.tolist(),
            rows(table.cells),
            strict=True,
        )
    )


def ledger(facts):
    return {
        row: (
            cell.delivered == 1,
            cell.read == 1,
            cell.failed == 1,
            name(facts.errors, cell.error),
            cell.replied == 1,
            name(facts.agents, cell.agent),
            MODES[cell.mode],
            name(facts.countries, cell.country),
        )
        for row, cell in zip(facts.events.row[facts.messages.place].tolist(), rows(facts.messages.cells), strict=True)
    }


def handoffs(facts):
    return set(facts.events.row[facts.handoffs.place].tolist())


def conversations(selection):
    facts = selection.facts
    table, row = facts.conversations, facts.events.row.tolist()
    outcome, became = find_outcomes(selection).tolist(), find_what_became(selection).tolist()
    is_open = mark_open_now(selection).tolist()
    agents = [set() for _ in range(len(table))]
    for number, agent in zip(table.pair_conversation.tolist(), table.pair_agent.tolist(), strict=True):
        agents[number].add(name(facts.agents, agent))
    return {
        row[first]: (
            row[table.last[number]],
            name(facts.countries, cell.country),
            agents[number],
            cell.needed_agent == 1,
            None if table.handoff[number] == NONE else row[table.handoff[number]],
            None if table.last_handoff[number] == NONE else row[table.last_handoff[number]],
            None if outcome[number] == NO_OUTCOME else OUTCOMES[outcome[number]],
            is_open[number],
            None if became[number] == NOT_SOLVED else BECAME[became[number]],
        )
        for number, (first, cell) in enumerate(zip(table.first.tolist(), rows(table.cells), strict=True))
    }


def rows(cells):
    table = list(cells.table.itertuples())
    return [table[code] for code in cells.code]


def name(names, code):
    return None if code == NONE else names[code]


def close(value):
    """The same numbers, floats nearly so."""
    if isinstance(value, dict):
        return {key: close(inner) for key, inner in value.items()}
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value
