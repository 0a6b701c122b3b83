"""Laws for any traffic: no order, no cut and no split changes a number; parts add up to the whole."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.events.append import append
from analytics.events.contract import Assumptions
from analytics.events.customers import find_links
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.facts.concat import concat
from analytics.facts.facts import build_facts
from analytics.facts.refresh import refresh
from analytics.facts.rules import Rules
from analytics.metrics.comparison import Comparison
from analytics.metrics.filters import NOBODY, UNKNOWN, Filter
from analytics.metrics.report import report
from analytics.metrics.selection import Selection
from tests.events_of import MUCH_LATER, facts_of, frame_of, ndjson, owners, received, sent
from tests.metrics.traffic import filters, traffic

FEW = settings(max_examples=20)
COMPARISONS = st.sampled_from([None, *Comparison.__args__])


@FEW
@given(traffic(), filters, COMPARISONS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_number(events, chosen, comparison, random):
    shuffled = random.sample(events, len(events))
    expected = report(facts_of(*events), chosen, comparison=comparison)
    assert report(facts_of(*shuffled), chosen, comparison=comparison) == expected


@FEW
@given(traffic(), filters, st.lists(st.integers(0, 90), max_size=3))
def test_cutting_the_lines_into_blocks_changes_no_number(events, chosen, cuts):
    ends = sorted({0, len(events), *(cut for cut in cuts if cut < len(events))})
    blocks = [RawLines.from_text(ndjson(events[begin:end]), begin + 1) for begin, end in pairwise(ends)]
    in_blocks = validate(blocks, Assumptions(now=MUCH_LATER)).events
    assert report(build_facts(in_blocks), chosen) == report(facts_of(*events), chosen)


@FEW
@given(traffic(), filters, COMPARISONS, st.booleans())
def test_facts_made_customer_by_customer_and_put_together_give_the_same_numbers(
    events, chosen, comparison, include_test
):
    frame = frame_of(events)
    whole = build_facts(frame, Rules(include_test=include_test))
    rules = replace(whole.rules, start_mode=whole.start_mode)  # found of all, and asked first
    owner, links = owners(frame, whole.customer), find_links(frame)
    slices = [frame[owner == customer] for customer in range(len(whole.customer))] or [frame]
    together = concat([build_facts(part, rules, links) for part in slices])
    assert together.evidence == whole.evidence
    assert report(together, chosen, comparison=comparison) == report(whole, chosen, comparison=comparison)
    assert_points_at(together, pd.concat(slices))


@FEW
@given(traffic(), filters, COMPARISONS, st.lists(st.integers(0, 90), max_size=3), st.booleans())
def test_facts_refreshed_with_newer_events_are_those_made_of_all(events, chosen, comparison, cuts, include_test):
    frame, rules = frame_of(events), Rules(include_test=include_test)
    ends = sorted({0, len(frame), *(cut for cut in cuts if cut < len(frame))})
    arrivals = [with_its_own_names(frame.iloc[begin:end]) for begin, end in pairwise(ends)] or [frame]
    known = arrivals[0]
    facts = build_facts(known, rules)
    for newer in arrivals[1:]:
        known = append(known, newer)
        facts = refresh(facts, known, find_links(known))
    whole = build_facts(frame, rules)
    assert (facts.start_mode, facts.evidence) == (whole.start_mode, whole.evidence)
    assert (facts.oldest, facts.newest) == (whole.oldest, whole.newest)
    assert report(facts, chosen, comparison=comparison) == report(whole, chosen, comparison=comparison)
    assert_points_at(facts, known)


def with_its_own_names(frame):
    """Events as they arrive: their columns know no value that does not occur."""
    names = frame.select_dtypes("category").columns.drop("event")
    unused = {name: frame[name].cat.remove_unused_categories() for name in names}
    return frame.assign(**unused).reset_index(drop=True)


def assert_points_at(facts, frame):
    """Facts that were put together hang together, and their rows are those of the stacked frames."""
    events = facts.events
    kinds = events.cells.table["kind"].to_numpy()[events.cells.code]
    assert (frame["event"].cat.codes.to_numpy()[events.row] == kinds).all()
    assert (frame["timestamp"].array.asi8[events.row] == events.time).all()
    assert (owners(frame, facts.customer)[events.row] == facts.chat_owner[events.chat]).all()
    for rows, places in (
        (facts.waits, facts.waits.begin),
        (facts.messages, facts.messages.place),
        (facts.conversations, facts.conversations.first),
        (facts.handoffs, facts.handoffs.place),
    ):
        assert (events.quarter[places] == rows.quarter).all()
    numbers = np.arange(len(facts.conversations))
    for ends in (facts.conversations.first, facts.conversations.last):
        assert (events.conversation[ends] == numbers).all()
    assert facts.size == len(frame)


def test_facts_of_frames_with_other_names_are_not_put_together():
    parts = [facts_of(sent("06:30", agent=agent)) for agent in ("amina", "brian")]
    with pytest.raises(ValueError, match="their agents differ"):
        concat(parts)


def test_facts_made_under_other_rules_are_not_put_together():
    parts = [facts_of(received("06:30"), start_mode=mode) for mode in ("bot", "agent")]
    with pytest.raises(ValueError, match="different rules"):
        concat(parts)


def test_there_must_be_facts_to_put_together():
    with pytest.raises(ValueError, match="no facts"):
        concat([])


@FEW
@given(traffic(), filters)
def test_shares_lie_between_nothing_and_all_and_no_funnel_widens(events, chosen):
    metrics = report(facts_of(*events), chosen)["metrics"]
    funnel = list(metrics["message_funnel"]["ledger"].values())
    assert funnel == sorted(funnel, reverse=True)
    within = [
        waits["within_seconds"][target]
        for waits in (metrics["response_time"], metrics["response_time"]["human"])
        for target in ("60", "300", "900", "3600")
    ]
    shares = [
        *(metrics[rate]["ledger"]["value"] for rate in ("read_rate", "delivery_rate", "reply_rate")),
        *within,
        *(agent["read_rate"] for agent in metrics["agent_performance"].values()),
        metrics["service_modes"]["outcomes"]["finished_without_agent"],
    ]
    assert all(share is None or 0 <= share <= 1 for share in shares)
    for longer in (within[:4], within[4:]):
        answered = [share for share in longer if share is not None]
        assert answered == sorted(answered)


@FEW
@given(traffic(), filters)
def test_parts_of_a_breakdown_add_up_to_the_whole(events, chosen):
    found = report(facts_of(*events), chosen)
    metrics, by_type = found["metrics"], found["events"]["by_type"]
    assert sum(by_type.values()) == found["events"]["total"]

    agents = metrics["agent_performance"].values()
    assert sum((Counter(agent["events"]) for agent in agents), Counter()) == by_type
    assert sum(agent["messages_sent"] for agent in agents) == by_type.get("message.sent", 0)
    assert sum(agent["resolved"] for agent in agents) == by_type.get("chat.resolved", 0)
    assert sum(agent["replies"] for agent in agents) == metrics["response_time"]["human"]["answered"]

    modes = metrics["service_modes"]
    assert Counter(modes["bot"]) + Counter(modes["agent"]) == by_type

    received = by_type.get("message.received", 0)
    assert sum(metrics["traffic_by_country"].values()) == received
    assert sum(metrics["peak_hours"]["by_hour"]) == received
    assert np.sum(metrics["peak_hours"]["by_weekday_hour"], axis=0).tolist() == metrics["peak_hours"]["by_hour"]

    contacts = metrics["daily_new_contacts"]
    assert all(sum(part["by_day"].values()) == part["total"] for part in contacts.values())
    assert contacts["guide"]["total"] == by_type.get("contact.created", 0)
    assert contacts["unique"]["total"] <= contacts["guide"]["total"]
    assert contacts["first_time_writers"]["total"] <= received


@FEW
@given(traffic())
def test_the_days_of_a_period_add_up_to_the_period(events):
    facts = facts_of(*events)
    days = pd.date_range("2026-03-27", "2026-04-02").date
    whole = Selection(facts, Filter(first_day=days[0], last_day=days[-1], timezone="Europe/Berlin"))
    each = [Selection(facts, Filter(first_day=day, last_day=day, timezone="Europe/Berlin")) for day in days]
    for table in ("events", "waits", "messages", "conversations", "handoffs"):
        parts = [getattr(selection, table) for selection in each]
        assert np.array_equal(np.sum(parts, axis=0), getattr(whole, table))


@FEW
@given(traffic())
def test_the_filters_of_each_agent_and_of_each_country_part_the_events(events):
    facts = facts_of(*events)
    assert_parted(facts, "agents", [NOBODY, *facts.agents])
    assert_parted(facts, "countries", [UNKNOWN, *facts.countries])


def assert_parted(facts, part, names):
    each = [Selection(facts, Filter(**{part: (name,)})) for name in names]
    for table in ("events", "waits", "messages"):
        assert (np.sum([getattr(selection, table) for selection in each], axis=0) == 1).all()
    everyone = Selection(facts, Filter(**{part: tuple(names)}))
    assert everyone.events.all()
    assert everyone.conversations.all()
