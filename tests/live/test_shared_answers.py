"""An answer is computed once, for all who ask for it, also at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from analytics.live import shared_answers
from analytics.live.shared_answers import SharedAnswers


def test_who_asks_again_gets_the_same():
    known, computed = SharedAnswers(), []
    assert [known.ask("a", lambda: computed.append(1) or "answer") for _ in range(3)] == ["answer"] * 3
    assert computed == [1]
    assert known.ask("b", lambda: "another") == "another"


def test_who_asks_meanwhile_waits_for_it():
    known, computed, go = SharedAnswers(), [], threading.Event()

    def compute():
        computed.append(1)
        go.wait()
        return "answer"

    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(known.ask, "a", compute) for _ in range(4)]
        while not computed:
            pass
        go.set()
        assert [one.result() for one in asked] == ["answer"] * 4
    assert computed == [1]


def test_an_error_is_for_who_computes_and_the_next_try_again():
    known, go, began = SharedAnswers(), threading.Event(), threading.Event()

    def fail():
        began.set()
        go.wait()
        raise MemoryError

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(known.ask, "a", fail)
        began.wait()
        second = threads.submit(known.ask, "a", lambda: "answer")
        go.set()
        with pytest.raises(MemoryError):
            first.result()
        assert second.result() == "answer"


def test_the_answers_asked_for_last_are_kept(monkeypatch):
    monkeypatch.setattr(shared_answers, "_MOST", 2)
    known, computed = SharedAnswers(), []
    for question in ("a", "b", "a", "c", "a", "b"):
        known.ask(question, lambda question=question: computed.append(question))
    assert computed == ["a", "b", "c", "b"]
