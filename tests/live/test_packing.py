"""Dataclasses of arrays and frames, packed and unpacked."""

import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal

from analytics.events.append import append
from analytics.events.customers import find_links
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.facts.facts import Facts, build_facts
from analytics.facts.refresh import refresh
from analytics.live.packing import pack, unpack
from analytics.live.snapshots import Snapshot
from analytics.simulation import simulate
from tests.events_of import frame_of, received


def again(thing):
    """A thing that was packed, and its description written and read."""
    described, arrays = pack(thing)
    return unpack(type(thing), json.loads(json.dumps(described)), arrays)


def same(found, thing):
    assert type(found) is type(thing)
    if is_dataclass(thing):
        for field in fields(thing):
            same(getattr(found, field.name), getattr(thing, field.name))
    elif isinstance(thing, pd.DataFrame):
        assert_frame_equal(found, thing)
    elif isinstance(thing, pd.Index):
        assert_index_equal(found, thing)
    elif isinstance(thing, np.ndarray):
        assert found.dtype == thing.dtype
        np.testing.assert_array_equal(found, thing)
    else:
        assert found == thing


@pytest.mark.parametrize("events", [[], [received("06:30")]], ids=["nothing", "one event"])
def test_little_is_packed_too(events):
    frame = frame_of(events)
    thing = Snapshot("0@1", frame, find_links(frame), build_facts(frame))
    same(again(thing), thing)


def test_events_and_facts_are_the_same_again_and_can_be_added_to():
    lines = b"".join(simulate(1_000, seed=1)).splitlines(keepends=True)
    parts = lines[:600], lines[600:800], lines[800:]
    first, later, latest = (validate([RawLines.from_text(b"".join(part))]).events for part in parts)
    thing = Snapshot("1@2", first, find_links(first), build_facts(first))
    same(again(thing), thing)
    events = append(first, later)
    thing = Snapshot("", events, find_links(events), refresh(thing.facts, events, find_links(events)))
    found = again(thing)
    same(found, thing)
    events = append(found.events, latest)
    assert_frame_equal(events, append(thing.events, latest))
    same(refresh(found.facts, events, find_links(events)), refresh(thing.facts, events, find_links(events)))


def test_nothing_is_copied():
    frame = validate([RawLines.from_text(b"".join(simulate(300, seed=1)))]).events
    facts = build_facts(frame)
    assert np.shares_memory(again(facts).events.time, facts.events.time)
    found = again(Snapshot("", frame, find_links(frame), facts)).events
    for name in ("key_high", "test"):
        assert np.shares_memory(found[name].to_numpy(), frame[name].to_numpy()), name
    assert np.shares_memory(found["timestamp"].array.asi8, frame["timestamp"].array.asi8)
    assert np.shares_memory(found["user_id"].array.codes, frame["user_id"].array.codes)


@dataclass
class Part:
    """What a test packs."""

    value: object


@pytest.mark.parametrize("value", [1.5, {"a": 1}, [1], np.array(["a"], object), pd.Series([1]), pd.Timestamp(0)])
def test_what_has_no_form_is_refused(value):
    with pytest.raises(TypeError, match="cannot be packed"):
        pack(Part(value))


@pytest.mark.parametrize("value", [None, True, 5, "text", timedelta(hours=24)])
def test_plain_values_are_packed(value):
    assert again(Part(value)) == Part(value)


def test_every_part_of_the_facts_has_a_form():
    described, _ = pack(build_facts(frame_of([received("06:30")])))
    assert list(described) == [field.name for field in fields(Facts)]
