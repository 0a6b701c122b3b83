"""The arrays agree with plain loops over each chat's events, rule by rule and number by number."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.events.timestamps import to_microseconds
from analytics.facts.attribution import MODES
from analytics.facts.facts import Rules, build_facts
from analytics.facts.timeline import NONE
from analytics.metrics.filters import Filter
from analytics.metrics.modes import NO_OUTCOME, OUTCOMES, find_outcomes
from analytics.metrics.report import report
from analytics.metrics.selection import Selection
from tests.events_of import frame_of
from tests.metrics import reference
from tests.metrics.traffic import filters, traffic

SECOND = timedelta(seconds=1)
LATER = st.sampled_from([timedelta(), 30 * SECOND, timedelta(minutes=10), timedelta(hours=5), timedelta(days=2)])
RULES = st.sampled_from(
    [
        {},
        {},
        {"start_mode": "agent"},
        {"silence": timedelta(hours=2), "reply_window": timedelta(minutes=15)},
        {"include_test": True},
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
    assert waits(facts) == {
        (w.kind, w.begin.place): (w.state, w.duration, w.mode, w.agent, w.begin.country) for w in story.waits
    }
    assert ledger(facts) == {
        e.place: (e.delivered, e.read, e.replied, e.agent, e.mode, e.country)
        for e in story.events
        if e.kind == "message.sent"
    }
    assert handoffs(facts) == {
        e.place for e in story.events if e.kind == "agent.handoff" and e.said["toMode"] == "agent"
    }
    for chosen, later in views:
        now = story.now and story.now + later
        as_of = now and to_microseconds(now)
        silence = facts.rules.silence
        assert conversations(facts, as_of) == {
            c.first.place: (
                c.last.place,
                c.first.country,
                c.agents,
                c.needed_agent,
                c.handoff and c.handoff.place,
                c.outcome(now, silence),
            )
            for c in story.conversations
        }
        found = report(facts, chosen, as_of=as_of)["metrics"]
        assert found == close(reference.metrics(story, chosen, now, silence))


def attribution(facts):
    cells = facts.events.cells
    return {
        row: (
            reference.NATURAL_ORDER[cell.kind],
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
    found = {}
    for begin, duration, wait in zip(
        facts.events.row[facts.waits.begin].tolist(),
        facts.waits.duration.tolist(),
        rows(facts.waits.cells),
        strict=True,
    ):
        state = ("answered", "closed", "waiting")[wait.state]
        found[["customer", "human", "every_message", "assignment"][wait.kind], begin] = (
            state,
            timedelta(microseconds=duration) if state == "answered" else None,
            MODES[wait.mode],
            name(facts.agents, wait.agent),
            name(facts.countries, wait.country),
        )
    assert len(found) == len(facts.waits)
    return found


def ledger(facts):
    return {
        row: (
            cell.delivered == 1,
            cell.read == 1,
            cell.replied == 1,
            name(facts.agents, cell.agent),
            MODES[cell.mode],
            name(facts.countries, cell.country),
        )
        for row, cell in zip(facts.events.row[facts.messages.place].tolist(), rows(facts.messages.cells), strict=True)
    }


def handoffs(facts):
    return set(facts.events.row[facts.handoffs.place].tolist())


def conversations(facts, as_of):
    table, row = facts.conversations, facts.events.row.tolist()
    outcome = find_outcomes(Selection(facts, Filter(), as_of)).tolist()
    agents = [set() for _ in range(len(table))]
    for number, agent in zip(table.pair_conversation.tolist(), table.pair_agent.tolist(), strict=True):
        agents[number].add(name(facts.agents, agent))
    return {
        row[first]: (
            row[last],
            name(facts.countries, cell.country),
            agents[number],
            cell.needed_agent == 1,
            None if handoff == NONE else row[handoff],
            None if outcome[number] == NO_OUTCOME else OUTCOMES[outcome[number]],
        )
        for number, (first, last, handoff, cell) in enumerate(
            zip(
                table.first.tolist(),
                table.last.tolist(),
                table.handoff.tolist(),
                rows(table.cells),
                strict=True,
            )
        )
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
