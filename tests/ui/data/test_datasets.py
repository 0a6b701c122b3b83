"""Explored data are known by the hash of their bytes and kept until memory is needed."""

import io

import pytest

from analytics import DumpError, Rules
from analytics.ui.data import datasets as module
from analytics.ui.data.datasets import Datasets, load

EVENT = (
    b'{"event": "contact.created", "userId": "+254712345678", "timestamp": "2026-01-20T06:30:00Z", '
    b'"context": {"channel": "whatsapp"}, "properties": {"chatId": "chat_%d"}}\n'
)


def loaded(*chats, name="events.ndjson"):
    return load([(name, io.BytesIO(EVENT % chat)) for chat in chats], lambda *_: None)


def test_the_same_bytes_are_the_same_data():
    assert loaded(1, name="one.ndjson") is loaded(1, name="other.ndjson")
    assert loaded(1).token != loaded(2).token


def test_several_files_are_one_set_of_data_and_an_event_in_two_counts_once():
    dataset = loaded(1, 2, 2)
    assert (dataset.name, len(dataset.events), dataset.found.duplicates) == ("3 files", 2, 1)


def test_data_not_looked_at_for_longest_make_room(monkeypatch):
    monkeypatch.setattr(module, "MAX_EVENTS", 2)
    kept = Datasets()
    first, second, third = (kept.add(loaded(chat)) for chat in (1, 2, 3))
    assert kept.get(first.token) is None
    assert kept.get(second.token) is second
    kept.add(first)
    assert kept.get(third.token) is None


def test_progress_is_heard_and_names_the_file():
    heard = []
    load([("big.ndjson", io.BytesIO(EVENT % 77))], lambda share, text: heard.append((share, text)))
    assert heard[-1] == (1.0, "Computing the numbers")
    assert (1.0, "Reading big.ndjson") in heard


def test_a_file_that_cannot_be_used_is_named():
    with pytest.raises(DumpError, match=r"empty\.json: The file is empty\."):
        load([("events.ndjson", io.BytesIO(EVENT % 5)), ("empty.json", io.BytesIO(b""))], lambda *_: None)


def test_other_rules_make_the_facts_of_a_dataset_anew_and_once():
    kept, rules = Datasets(), Rules(start_mode="agent")
    dataset = kept.add(loaded(1))
    assert kept.get(dataset.token, Rules()) is dataset
    anew = kept.get(dataset.token, rules)
    assert (anew.facts.rules, len(anew.events)) == (rules, 1)
    assert kept.get(dataset.token, rules) is anew
